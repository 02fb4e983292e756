"""An index that may be out of reach: whoever reads does not wait for it a second time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import Lane
from memex.index.breaker import Breaker
from memex.index.errors import IndexUnreachableError, StaleGenerationError
from memex.index.matrix import MatrixPair
from memex.index.plans import ALL, Filter, Plan
from memex.index.points import IndexPoint
from memex.index.protocol import ScoredPoint, VectorIndex


class GuardedIndex:
    """A `VectorIndex`. After a failure, reads fail at once until the breaker hears that a trial worked.

    Everything else is a trial: it goes through whatever failed before.
    """

    def __init__(self, index: VectorIndex | None, breaker: Breaker) -> None:
        """`index` None: it could not be opened."""
        self._index = index
        self._breaker = breaker

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        with self._noting() as index:
            index.upsert(points)

    def delete(self, ids: Iterable[UUID]) -> None:
        with self._noting() as index:
            index.delete(ids)

    def query_batch(self, plans: Sequence[Plan]) -> list[list[ScoredPoint]]:
        self._refuse_while_broken()
        with self._noting() as index:
            return index.query_batch(plans)

    def vectors(self, lane: Lane, ids: Iterable[UUID]) -> dict[UUID, NDArray[np.float32]]:
        self._refuse_while_broken()
        with self._noting() as index:
            return index.vectors(lane, ids)

    def matrix_pairs(self, lane: Lane, neighbours: int, where: Filter = ALL) -> list[MatrixPair]:
        self._refuse_while_broken()
        with self._noting() as index:
            return index.matrix_pairs(lane, neighbours, where)

    def count(self) -> int:
        with self._noting() as index:
            return index.count()

    def ids(self) -> set[UUID]:
        with self._noting() as index:
            return index.ids()

    def flush(self) -> None:
        with self._noting() as index:
            index.flush()

    def close(self) -> None:
        if self._index:
            self._index.close()

    def _refuse_while_broken(self) -> None:
        if self._breaker.failure:
            raise IndexUnreachableError(self._breaker.failure)

    @contextmanager
    def _noting(self) -> Iterator[VectorIndex]:
        if self._index is None:
            raise IndexUnreachableError(self._breaker.failure or "The vector index is being opened again.")
        try:
            yield self._index
        except (IndexUnreachableError, StaleGenerationError) as error:
            self._breaker.failed(str(error))
            raise
