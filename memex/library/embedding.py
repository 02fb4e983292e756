"""Steps two and three, *embed* and *upsert*: texts without a vector, sessions that the index has not got."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.core.errors import ModelError
from memex.embedding.protocol import Embedder
from memex.index.errors import RefusedPointError
from memex.index.points import IndexPoint
from memex.library.points import point_of
from memex.library.vector_side import VectorSide

log = logging.getLogger(__name__)

TEXTS_A_WINDOW = 256
"""Sorted by length within a window, so that a batch pads little."""
TEXTS_A_SLICE = 64
"""Committed together; pause, cancel and a kill cost at most this."""
MAX_TEXT_BYTES = 1 << 18
"""What a model reads of a text is a few thousand; a tokenizer takes in all of it before it cuts."""
MAX_FAILURES_IN_A_ROW = 100
SESSIONS_A_BATCH = 32
OnRefusal = Callable[[str], None]
"""Told the sentence about a session that the index does not take."""


class _TextRefusedError(Exception):
    """The model made nothing of these texts."""


class TextEmbedding:
    """Gives texts their vectors of one model, in committed batches.

    A batch that fails is tried text by text, and what still fails is passed over.
    """

    def __init__(self, catalog: Catalog, embedder: Embedder, batch: int) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._batch = batch
        self._failed_in_a_row = 0
        self.embedded = 0
        self.failed: dict[bytes, str] = {}
        """Hash of a text → what the model made of it, if not a vector."""
        self.too_large: dict[bytes, int] = {}
        """Hash of a text that is not given to the model → its bytes."""

    def steps(self, hashes: Sequence[bytes]) -> Iterator[int]:
        """Yields how many of the texts are done with, after each committed batch."""
        span = max(self._batch, TEXTS_A_WINDOW)
        for first in range(0, len(hashes), span):
            window = hashes[first : first + span]
            bodies = self._catalog.lens_texts.bodies(window)
            by_length = sorted(bodies, key=lambda text_hash: len(bodies[text_hash]))
            for start in range(0, len(by_length), self._batch):
                batch = by_length[start : start + self._batch]
                self._embed({each: bodies[each] for each in batch if self._fits(each, bodies[each])})
                yield first + start + len(batch)

    def _fits(self, text_hash: bytes, body: str) -> bool:
        size = len(body.encode(errors="replace"))
        if size > MAX_TEXT_BYTES:
            self.too_large[text_hash] = size
        return size <= MAX_TEXT_BYTES

    def _embed(self, bodies: Mapping[bytes, str]) -> None:
        try:
            vectors = self._encode(list(bodies.values()))
        except _TextRefusedError as refusal:
            if len(bodies) > 1:
                for text_hash, body in bodies.items():
                    self._embed({text_hash: body})
            else:
                self._pass_over(next(iter(bodies)), str(refusal))
            return
        self._failed_in_a_row = 0
        with self._catalog.errors(), self._catalog.transaction():
            self._catalog.vectors.write(self._embedder.signature, bodies, vectors)
        self.embedded += len(bodies)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        try:
            vectors = self._embedder.encode(texts)
        except Exception as error:  # every runtime raises its own
            raise _TextRefusedError(f"the model failed with it ({error})") from error
        if not np.isfinite(vectors).all():
            raise _TextRefusedError("the model made no numbers of it")
        return vectors

    def _pass_over(self, text_hash: bytes, reason: str) -> None:
        log.warning("a text is not embedded: %s", reason)
        self.failed[text_hash] = reason
        self._failed_in_a_row += 1
        if self._failed_in_a_row == MAX_FAILURES_IN_A_ROW:
            raise ModelError(
                f"The model {self._embedder.signature.name} fails with every text ({reason}): "
                "check its files, or choose another."
            )


def embed_missing(catalog: Catalog, side: VectorSide, missing: list[bytes]) -> Iterator[int]:
    """Yields how many of the texts are done with, after each committed batch."""
    return TextEmbedding(catalog, side.embedder, TEXTS_A_SLICE).steps(missing)


def upsert_missing(
    catalog: Catalog, side: VectorSide, keys: list[int], on_refusal: OnRefusal = lambda _: None
) -> Iterator[int]:
    """Yields how many of the sessions are in the index, after each batch; also drops what is gone."""
    _delete_orphans(catalog, side)
    for first in range(0, len(keys), SESSIONS_A_BATCH):
        batch = [catalog.sessions.indexable(key) for key in keys[first : first + SESSIONS_A_BATCH]]
        points = [point_of(catalog, session, side.model) for session in batch]
        stored = _upsert(side, points, on_refusal)
        # The index first, its record second: a kill between the two upserts again, which changes nothing.
        with catalog.errors(), catalog.transaction():
            for session, point in zip(batch, points, strict=True):
                if point.id in stored:
                    catalog.generations.record(side.generation, session.key, point.id, session.version)
        yield first + len(batch)


def _upsert(side: VectorSide, points: list[IndexPoint], on_refusal: OnRefusal) -> set[UUID]:
    """The ids of those that were stored: one that is refused costs itself only."""
    try:
        side.index.upsert(points)
    except RefusedPointError as refusal:
        if len(points) == 1:
            log.warning("%s", refusal)
            on_refusal(str(refusal))
            return set()
        return set().union(*(_upsert(side, [point], on_refusal) for point in points))
    # Flushing holds the interpreter for longer the more there is: 30 ms after 32 sessions, 130 after 1,000.
    side.index.flush()
    return {point.id for point in points}


def _delete_orphans(catalog: Catalog, side: VectorSide) -> None:
    orphans = catalog.generations.orphans(side.generation)
    if not orphans:
        return
    side.index.delete([point for _, point in orphans])
    with catalog.errors(), catalog.transaction():
        for key, _ in orphans:
            catalog.generations.forget(side.generation, key)
