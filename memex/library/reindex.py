"""Making again what the library makes of its sessions: the texts by today's rules, then the index of them."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from memex.core.errors import CatalogError, IndexingError, SessionNotFoundError, TranscriptError
from memex.core.indexes import ReindexFailure, ReindexReport
from memex.core.library import Progress, Stage
from memex.core.search import SessionCard
from memex.core.session import COPY_MARK
from memex.library.embedders import VectorsAlone
from memex.library.generation_build import GenerationBuild
from memex.library.library import Library
from memex.library.parsing import ReadingRules, as_it_is, store_session
from memex.library.progress import Pace
from memex.library.replay.reading import bytes_as_read
from memex.transcripts.readers import read_transcripts
from memex.transcripts.redaction import redact_session

log = logging.getLogger(__name__)


class Reindex:
    """A job: iterate `steps`; not asking for the next one is how it is cancelled."""

    def __init__(self, library: Library) -> None:
        settings = library.settings
        self._library = library
        self._rules = ReadingRules(redact_session if settings.redact else as_it_is, settings.budgets)
        self._started = time.perf_counter()
        self._reread = 0
        self._changed = 0
        self._failed: list[ReindexFailure] = []
        self._generation: int | None = None
        self._index_failure: str | None = None
        self._finished = False

    def steps(self) -> Iterator[Progress]:
        yield from self._read_again()
        try:
            yield from self._build()
        except IndexingError as error:
            self._index_failure = str(error)
        self._finished = True

    def report(self) -> ReindexReport:
        """Of what has been done so far."""
        catalog = self._library.writer
        model, generation = catalog.vectors.wanted(), catalog.generations.current()
        return ReindexReport(
            sessions=catalog.sessions.count(),
            reread=self._reread,
            changed=self._changed,
            failed=tuple(self._failed),
            waiting=tuple(catalog.vectors.sessions_missing(model)) if model else (),
            generation=self._generation,
            indexed=catalog.generations.count(generation) if generation else 0,
            index_failure=self._index_failure,
            seconds=round(time.perf_counter() - self._started, 3),
            cancelled=not self._finished,
        )

    def _read_again(self) -> Iterator[Progress]:
        """Each transcript once, whichever and however many of the library's sessions are from it."""
        sessions = self._library.writer.sessions
        transcripts = sessions.by_transcript()
        pace = Pace(Stage.REREAD, sum(map(len, transcripts.values())), "sessions")
        done = 0
        yield pace.at(done)
        for (path, content_hash), keys in transcripts.items():
            cards = list(sessions.cards(keys).values())
            try:
                self._take_in(Path(path), content_hash, cards)
            except CatalogError:
                raise
            except (SessionNotFoundError, TranscriptError) as error:
                self._fail(cards, str(error))
            except OSError as error:
                self._fail(cards, f"{path} cannot be read: {error.strerror}.")
            except Exception as bug:
                log.exception("%s could not be read again", path)
                self._fail(cards, f"{path} could not be read again ({bug!r}): the details are in memex.log.")
            done += len(keys)
            yield pace.at(done)

    def _take_in(self, path: Path, content_hash: bytes, cards: Sequence[SessionCard]) -> None:
        """All that came of the transcript is replaced together, or nothing."""
        catalog = self._library.writer
        left = {(card.agent, card.id.split(COPY_MARK)[0]): card for card in cards}
        reread = changed = 0
        with (
            catalog.errors(),
            closing(bytes_as_read(catalog, path, content_hash)) as stream,
            catalog.transaction(),
        ):
            for session in read_transcripts(stream, path):
                if card := left.pop((session.agent, session.id), None):
                    before = catalog.sessions.indexable(card.key).version
                    store_session(catalog, replace(session, id=card.id), path, content_hash, self._rules)
                    reread += not session.is_helper
                    changed += catalog.sessions.indexable(card.key).version != before
        self._changed += changed
        self._reread += reread
        if left:
            self._fail(list(left.values()), f"{path} is no longer read as holding this session.")

    def _fail(self, cards: Sequence[SessionCard], reason: str) -> None:
        for card in cards:
            log.warning("session %s stays as it was: %s", card.id, reason)
            self._failed.append(ReindexFailure(card.id, reason))

    def _build(self) -> Iterator[Progress]:
        """No model is run, nor need there be one."""
        library = self._library
        model = library.writer.vectors.wanted()
        if model is None or not library.writer.lens_texts.exist():
            return
        side = library.vectors
        embedder = side.embedder if side else VectorsAlone(model)
        yield from GenerationBuild(library, embedder, to_search=side is not None).steps()
        current = library.writer.generations.current()
        self._generation = current.id if current else None
