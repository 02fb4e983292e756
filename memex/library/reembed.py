"""Changing a library's embedding model: vectors beside the old ones, then an index of them, then the switch.

Nothing of it is remembered but the vectors themselves: what has none is what is left to do.
"""

import math
import time
from collections.abc import Iterator

import msgspec
import numpy as np

from memex.catalog.lens_texts import TextCounts
from memex.core.errors import IndexingError, MemexError, ModelError, SessionNotFoundError
from memex.core.indexes import ReembedReport, ReembedState, SkippedText
from memex.core.library import Progress, Stage
from memex.core.models import ModelSignature
from memex.embedding.protocol import Embedder
from memex.library.embedders import OnDownload, is_default, is_model_of, open_model
from memex.library.embedding import MAX_TEXT_BYTES, TEXTS_A_SLICE, TextEmbedding
from memex.library.generation_build import GenerationBuild
from memex.library.library import Library
from memex.library.progress import Pace

PROBE_TEXTS = 32
BYTES_A_ROW = 150
"""Of a vector's row besides the vector: keys, its entry in their index, and what pages leave empty."""
NO_BODY = "a snapshot brought its vector without its words, which a new vector would need"


class Reembed:
    """A job: iterate `steps`; not asking for the next one is how it is cancelled."""

    def __init__(
        self,
        library: Library,
        model: str | None = None,
        *,
        project: str | None = None,
        batch: int = 0,
        dry_run: bool = False,
        on_download: OnDownload | None = None,
    ) -> None:
        """`model`: a name or folder, else what the settings name; `batch`: 0 is as the settings have it."""
        settings = library.settings
        named = model or settings.model
        self._library = library
        self._named = named
        self._location = None if named is None or is_default(named) else named
        self._project = project
        self._batch = batch or settings.embed_batch or TEXTS_A_SLICE
        self._dry_run = dry_run
        self._on_download = on_download
        self._started = time.perf_counter()
        self._work: TextEmbedding | None = None
        self._report = ReembedReport(
            ReembedState.INCOMPLETE, "It was stopped: run it again to go on from there.", batch=self._batch
        )

    def report(self) -> ReembedReport:
        """Of what has been done so far."""
        seconds = round(time.perf_counter() - self._started, 3)
        embedded = self._work.embedded if self._work else 0
        return msgspec.structs.replace(self._report, embedded=embedded, seconds=seconds)

    def steps(self) -> Iterator[Progress]:
        current = self._library.writer.vectors.wanted()
        self._say(current=current)
        if self._named is None:
            self._end(ReembedState.NO_MODEL, "No embedding model is named: give one with --model.")
        elif current and is_model_of(self._location, current):
            self._say(target=current)
            self._end(ReembedState.UNCHANGED, f"The library is embedded with {self._named} already.")
        elif embedder := self._opened():
            try:
                yield from self._with(embedder)
            finally:
                side = self._library.vectors
                if side is None or side.embedder is not embedder:
                    embedder.close()

    def _opened(self) -> Embedder | None:
        library = self._library
        try:
            return open_model(self._location, library.paths, library.settings, None, self._on_download)
        except ModelError as error:
            self._end(ReembedState.NOT_LOADED, str(error))
            return None

    def _with(self, embedder: Embedder) -> Iterator[Progress]:
        catalog, target = self._library.writer, embedder.signature
        counts = catalog.vectors.counts(target, self._project)
        if self._project is not None and not counts.texts:
            raise SessionNotFoundError(f"Nothing is of a project “{self._project}”: check its name.")
        self._say(
            target=target,
            texts=counts.texts,
            with_vectors=counts.with_vectors,
            without_vectors=counts.texts - counts.with_vectors,
            batches=math.ceil(counts.to_embed / self._batch),
            disk_bytes=self._disk_bytes(target, counts),
        )
        if self._dry_run:
            self._probe(embedder, counts)
            self._end(ReembedState.PLANNED)
            return
        try:
            yield from self._embed(embedder)
            yield from self._finish(embedder)
        except (ModelError, IndexingError) as error:
            self._end(ReembedState.INCOMPLETE, str(error))

    def _embed(self, embedder: Embedder) -> Iterator[Progress]:
        """Until nothing is missing: refreshes may bring texts meanwhile."""
        catalog, target = self._library.writer, embedder.signature
        with catalog.transaction():
            catalog.vectors.begin(target, self._location)
        work = self._work = TextEmbedding(catalog, embedder, self._batch)
        while missing := self._left(work, target):
            pace = Pace(Stage.REEMBED, len(missing), "texts")
            yield pace.at(0)
            for done in work.steps(missing):
                yield pace.at(done)

    def _left(self, work: TextEmbedding, target: ModelSignature) -> list[bytes]:
        missing = self._library.writer.vectors.missing(target, self._project)
        return [each for each in missing if each not in work.failed and each not in work.too_large]

    def _finish(self, embedder: Embedder) -> Iterator[Progress]:
        """The switch, unless searches would then miss what they could find before."""
        assert self._work is not None
        vectors, target = self._library.writer.vectors, embedder.signature
        skipped = self._skipped(target)
        self._say(skipped=skipped)
        passed_over = len(self._work.failed) + len(self._work.too_large)
        if self._project is not None and (others := vectors.count_missing(target) - passed_over) > 0:
            self._end(ReembedState.INCOMPLETE, _others_must_follow(self._named, others))
            return
        if self._work.failed:
            self._end(
                ReembedState.INCOMPLETE,
                f"{len(self._work.failed):,} texts could not be embedded, so the old model stays in use: "
                "run it again, or let `memex forget` remove their sessions.",
            )
            return
        yield from GenerationBuild(self._library, embedder).steps()
        assert self._library.vectors is not None
        self._say(switched_to=self._library.vectors.generation.id)
        if skipped:
            self._end(
                ReembedState.INCOMPLETE,
                f"The new model is in use, without {len(skipped):,} texts that it could not be given: "
                "their sessions are found by their words alone.",
            )
        else:
            self._end(ReembedState.DONE)

    def _skipped(self, target: ModelSignature) -> tuple[SkippedText, ...]:
        assert self._work is not None
        reasons = dict(self._work.failed)
        for text_hash, size in self._work.too_large.items():
            reasons[text_hash] = f"it has {size:,} bytes, and {MAX_TEXT_BYTES:,} are the most"
        without = self._library.writer.vectors.without_body(target, self._project)
        reasons |= dict.fromkeys(without, NO_BODY)
        sessions = self._library.writer.lens_texts.sessions_with(reasons)
        return tuple(
            SkippedText(sessions[text_hash], reason)
            for text_hash, reason in reasons.items()
            if text_hash in sessions
        )

    def _probe(self, embedder: Embedder, counts: TextCounts) -> None:
        """On texts from all over what is to be embedded, once the model has warmed up."""
        catalog = self._library.writer
        missing = catalog.vectors.missing(embedder.signature, self._project)
        places = np.linspace(0, len(missing) - 1, min(PROBE_TEXTS, len(missing))).astype(int)
        texts = list(catalog.lens_texts.bodies([missing[place] for place in places]).values())
        if not texts:
            self._say(seconds_estimated=0.0)
            return
        embedder.encode(texts[:1])
        started = time.perf_counter()
        embedder.encode(texts)
        rate = len(texts) / max(time.perf_counter() - started, 1e-6)
        self._say(
            probe_texts=len(texts),
            probe_texts_per_second=round(rate, 1),
            seconds_estimated=round(counts.to_embed / rate, 1),
        )

    def _disk_bytes(self, target: ModelSignature, counts: TextCounts) -> int:
        """Of the vectors that are to come, and of the index that is built of all of them."""
        catalog = self._library.writer
        vectors = counts.to_embed * (4 * target.dimension + BYTES_A_ROW)
        current = catalog.generations.current()
        if current is None:
            return vectors
        try:
            size = self._library.store.size(current.id)
        except MemexError:
            size = None
        if size is None:
            return vectors
        return vectors + size * target.dimension // catalog.vectors.signature(current.model).dimension

    def _say(self, **values: object) -> None:
        self._report = msgspec.structs.replace(self._report, **values)

    def _end(self, state: ReembedState, reason: str | None = None) -> None:
        self._say(state=state, reason=reason)


def _others_must_follow(model: str | None, texts: int) -> str:
    return (
        f"An index is of one model, and {texts:,} texts of other projects have no vectors of this one yet: "
        f"the old one stays in use until they follow (`memex reembed --model {model}`)."
    )
