"""The passages of the sessions nearest to a query: how near, which one, and what they are together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.core.lenses import Lane, Lens
from memex.core.models import ModelSignature
from memex.library.lane_scores import LaneScores
from memex.library.lens_documents import TITLE
from memex.library.points import content_vectors

COUNTED = 3
"""Passages whose mean nearness a session scores: one alone may be near by accident."""


@dataclass(frozen=True, slots=True)
class NearPassages:
    """An entry of each per session; one without content is in none."""

    keys: NDArray[np.int64]
    score: NDArray[np.float32]
    """The mean cosine of its nearest passages."""
    nearest: NDArray[np.int64]
    """The ordinal of the nearest one; the title only where there is no other."""
    content: NDArray[np.float32]
    """Its content vector, a row each."""


def near_passages(
    catalog: Catalog, model: ModelSignature, query: NDArray[np.float32], keys: Iterable[int]
) -> NearPassages | None:
    """None if none of the sessions has any content."""
    rows = catalog.vectors.of_sessions(model, keys, Lens.CONTENT)
    if not len(rows.sessions):
        return None
    starts = np.flatnonzero(np.diff(rows.sessions, prepend=-1))
    # Not BLAS, which wakes its other threads for this, and they spin for longer than it takes.
    nearness = np.einsum("ij,j->i", rows.vectors, query)
    is_title = rows.ordinals == TITLE
    return NearPassages(
        rows.sessions[starts],
        _mean_of_best(nearness, starts),
        rows.ordinals[_best_first(nearness - np.float32(2) * is_title, starts)[starts]],
        content_vectors(rows.vectors, is_title, starts),
    )


def _best_first(values: NDArray[np.float32], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Places of the values, those of a session still side by side from its start on, its greatest first."""
    session = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(values)))
    return np.lexsort((-values, session))


def _mean_of_best(values: NDArray[np.float32], starts: NDArray[np.intp]) -> NDArray[np.float32]:
    counts = np.diff(starts, append=len(values))
    place = np.arange(len(values)) - np.repeat(starts, counts)
    best = np.where(place < COUNTED, values[_best_first(values, starts)], np.float32(0))
    return np.divide(np.add.reduceat(best, starts), np.minimum(counts, COUNTED), dtype=np.float32)


def with_refined(scores: LaneScores, near: NearPassages) -> LaneScores:
    """Late scores as means of the nearest passages; who was not looked at is not above those who were."""
    late = np.minimum(scores.of[Lane.CONTENT_LATE], near.score.min())
    late[scores.rows_of(near.keys)] = near.score
    return scores.with_lane(Lane.CONTENT_LATE, late)


def as_bytes(of: Sequence[int], vectors: NDArray[np.float32], keys: Sequence[int]) -> bytes:
    """What a `LensTable` carries: a row of int8 for each key, zeros for those that have no vector.

    `vectors` has a row for each session in `of`.
    """
    most = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), np.float32(1e-9))
    rows = np.zeros((len(keys), vectors.shape[1]), np.int8)
    row_of = {key: row for row, key in enumerate(keys)}
    has_card = [key in row_of for key in of]
    known = [row_of[key] for key in of if key in row_of]
    rows[known] = np.round(vectors / most * 127)[has_card]
    return rows.tobytes()
