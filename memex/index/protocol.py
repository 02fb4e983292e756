"""What a vector index does, whether it is embedded or a server."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memex.core.lenses import Lane
from memex.index.matrix import MatrixPair
from memex.index.plans import ALL, Filter, Plan
from memex.index.points import IndexPoint


class ScoredPoint(Struct, frozen=True, gc=False):
    id: UUID
    score: float


class VectorIndex(Protocol):
    """One generation of points. Every failure is an IndexingError; calls may come from several threads."""

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        """Replace or add whole points. All are validated before the first is written.

        Stored in pieces: a query from another thread is answered between two of them.
        """

    def delete(self, ids: Iterable[UUID]) -> None:
        """Ids that are not there are passed over."""

    def query_batch(self, plans: Sequence[Plan]) -> list[list[ScoredPoint]]:
        """One answer per plan, in their order, each best first."""

    def vectors(self, lane: Lane, ids: Iterable[UUID]) -> dict[UUID, NDArray[np.float32]]:
        """Of length 1, in a dense lane; points that have none there, or are not there, are left out."""

    def matrix_pairs(self, lane: Lane, neighbours: int, where: Filter = ALL) -> list[MatrixPair]:
        """The nearest others of every session that passes the filter and has a vector in this dense lane.

        Only sessions that pass are neighbours. A server may compare quantized codes, Edge compares vectors.
        """

    def count(self) -> int: ...

    def ids(self) -> set[UUID]: ...

    def flush(self) -> None:
        """Bring what was written to the disk itself: before that, only a power cut can lose it."""

    def close(self) -> None:
        """Release the index; a second time does nothing."""
