"""What others do, on the same sessions: plain FTS5 by session and by turn, one vector of a session's head."""

from collections.abc import Callable, Sequence

import numpy as np

from memex.catalog.catalog import Catalog
from memex.catalog.plain_full_text import PlainFullText
from memex.embedding.protocol import Embedder

HEAD_CHARS = 2_000
TEXTS_AT_ONCE = 64

Order = Callable[[str], Sequence[int]]
"""A query → session keys, best first."""


def by_session(catalog: Catalog) -> Order:
    """BM25 of all that a session's turns hold, as one document."""
    return PlainFullText(
        (key, "\n".join(bodies)) for key, bodies in catalog.full_text.bodies_by_session()
    ).search


def by_turn(catalog: Catalog) -> Order:
    """BM25 of single turns; the best turn is the session's."""
    return PlainFullText(
        (key, body) for key, bodies in catalog.full_text.bodies_by_session() for body in bodies
    ).search


def by_head_vector(catalog: Catalog, embedder: Embedder) -> Order:
    """The cosine of one vector of a session's first two kilobytes."""
    bodies = dict(catalog.full_text.bodies_by_session())
    keys = list(bodies)
    texts = ["\n".join(bodies[key])[:HEAD_CHARS] for key in keys]
    slices = range(0, len(texts), TEXTS_AT_ONCE)
    vectors = np.concatenate([embedder.encode(texts[first : first + TEXTS_AT_ONCE]) for first in slices])

    def order(text: str) -> list[int]:
        return [keys[row] for row in np.argsort(-(vectors @ embedder.encode([text])[0]), kind="stable")]

    return order
