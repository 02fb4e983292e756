"""Who is near to whom: each session's nearest others, exactly, from the vectors of one lane."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memex.core.lenses import DENSE_LANES, Lane
from memex.index.errors import PlanError

CHUNK_BYTES = 64 * 2**20
"""Most memory that the similarities worked out at once may take."""


class MatrixPair(Struct, frozen=True):
    """`b` is one of the nearest to `a`; the other way round it need not be so."""

    a: UUID
    b: UUID
    score: float


def check_matrix_lane(lane: Lane) -> None:
    if lane not in DENSE_LANES:
        raise PlanError(f"Sessions cannot be compared with one another in {lane}: choose a dense lane.")


def nearest_pairs(ids: Sequence[UUID], vectors: NDArray[np.float32], neighbours: int) -> list[MatrixPair]:
    """The pairs of each point in turn, best first. `vectors` is (points, dimension), of length 1 each."""
    most = min(neighbours, len(ids) - 1)
    if most < 1:
        return []
    return [
        MatrixPair(ids[row], ids[column], float(score))
        for row, columns, scores in _nearest(vectors, most)
        for column, score in zip(columns, scores, strict=True)
    ]


def _nearest(
    vectors: NDArray[np.float32], most: int
) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.float32]]]:
    """(row, its nearest rows, their cosines) for every row."""
    rows = max(1, CHUNK_BYTES // (4 * len(vectors)))
    for start in range(0, len(vectors), rows):
        similar = vectors[start : start + rows] @ vectors.T
        chunk = np.arange(len(similar))
        similar[chunk, start + chunk] = -np.inf
        best = np.argpartition(similar, -most, axis=1)[:, -most:]
        scores = np.take_along_axis(similar, best, axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")
        best, scores = np.take_along_axis(best, order, axis=1), np.take_along_axis(scores, order, axis=1)
        yield from zip(range(start, start + len(similar)), best, scores, strict=True)
