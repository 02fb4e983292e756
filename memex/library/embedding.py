"""Steps two and three, *embed* and *upsert*: texts without a vector, sessions that the index has not got."""

import logging
from collections.abc import Callable, Iterator
from uuid import UUID

from memex.catalog.catalog import Catalog
from memex.index.errors import RefusedPointError
from memex.index.points import IndexPoint
from memex.library.points import point_of
from memex.library.vector_side import VectorSide

log = logging.getLogger(__name__)

TEXTS_A_WINDOW = 256
"""Sorted by length within a window, so that a batch pads little."""
TEXTS_A_SLICE = 64
"""Committed together; pause, cancel and a kill cost at most this."""
SESSIONS_A_BATCH = 32
OnRefusal = Callable[[str], None]
"""Told the sentence about a session that the index does not take."""


def embed_missing(catalog: Catalog, side: VectorSide, missing: list[bytes]) -> Iterator[int]:
    """Yields how many of the texts are done, after each committed slice."""
    done = 0
    for first in range(0, len(missing), TEXTS_A_WINDOW):
        window = missing[first : first + TEXTS_A_WINDOW]
        bodies = catalog.lens_texts.bodies(window)
        by_length = sorted(bodies, key=lambda text_hash: len(bodies[text_hash]))
        for start in range(0, len(by_length), TEXTS_A_SLICE):
            hashes = by_length[start : start + TEXTS_A_SLICE]
            vectors = side.embedder.encode([bodies[text_hash] for text_hash in hashes])
            with catalog.errors(), catalog.transaction():
                catalog.vectors.write(side.model, hashes, vectors)
            done += len(hashes)
            yield done


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
