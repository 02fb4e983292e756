"""The embedded index: one Qdrant Edge shard in a directory of its own.

The engine holds the GIL for the whole of each call, and everything else in the process waits for it. Hence
small pieces, and a lock held for one call, not for a batch: queries come between two pieces.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Self
from uuid import UUID

import numpy as np
import qdrant_edge as edge
from numpy.typing import NDArray

from memex.core.errors import IndexingError
from memex.core.lenses import Lane
from memex.index.edge_errors import engine_errors
from memex.index.edge_examples import without_ids
from memex.index.edge_filters import edge_filter
from memex.index.edge_points import edge_point, point_uuid, vector_in
from memex.index.edge_shape import edge_config, field_index
from memex.index.edge_translation import edge_requests
from memex.index.errors import BrokenIndexError
from memex.index.generation import check_stamp, write_stamp
from memex.index.matrix import MatrixPair, check_matrix_lane, nearest_pairs
from memex.index.plans import ALL, EVERYTHING, Filter, Plan, filter_json
from memex.index.points import JSON, IndexPoint, in_pieces, validate
from memex.index.protocol import ScoredPoint
from memex.index.shape import CollectionShape

ENGINE = f"qdrant-edge-py {version('qdrant-edge-py')}"

SHARD_FOLDER = "shard"
VECTORS_A_CALL = 256
"""Most vectors that one upsert call writes: about 3 ms of the engine, and larger pieces are no faster."""
IDS_A_CALL = 1000


class EdgeIndex:
    """A `VectorIndex`. After a crash of the engine it refuses every call with BrokenIndexError."""

    def __init__(self, shard: edge.EdgeShard, shape: CollectionShape) -> None:
        """For `create` and `open`."""
        self._shape = shape
        self._shard: edge.EdgeShard | None = shard
        self._broken: str | None = None
        self._lock = Lock()

    @classmethod
    def create(cls, directory: Path, shape: CollectionShape) -> Self:
        """A new, empty generation; the directory is made and must not hold one already."""
        folder = directory / SHARD_FOLDER
        with engine_errors("be created"):
            folder.mkdir(parents=True, exist_ok=True)
            shard = edge.EdgeShard.create(str(folder), edge_config(shape))
            for field in shape.payload:
                shard.update(field_index(field))
            shard.flush()
        write_stamp(directory, shape, ENGINE)
        return cls(shard, shape)

    @classmethod
    def open(cls, directory: Path, shape: CollectionShape) -> Self:
        """StaleGenerationError if another shape or engine wrote it, or if its creation was cut short."""
        check_stamp(directory, shape, ENGINE)
        with engine_errors("be opened"):
            return cls(edge.EdgeShard.load(str(directory / SHARD_FOLDER), edge_config(shape)), shape)

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        for point in points:
            validate(point, self._shape)
        for piece in in_pieces(points, VECTORS_A_CALL):
            with engine_errors("read a session's vectors"):
                prepared = [edge_point(point, self._shape) for point in piece]
            with self._engine("store sessions") as shard:
                shard.update(edge.UpdateOperation.upsert_points(prepared))

    def delete(self, ids: Iterable[UUID]) -> None:
        gone = list(ids)
        for start in range(0, len(gone), IDS_A_CALL):
            with self._engine("remove sessions") as shard:
                shard.update(edge.UpdateOperation.delete_points([*gone[start : start + IDS_A_CALL]]))

    def query_batch(self, plans: Sequence[Plan]) -> list[list[ScoredPoint]]:
        with engine_errors("understand a search"):
            translated = edge_requests(without_ids(plan, self._vectors) for plan in plans)
            request = edge.QueryBatchRequest(translated)
        with self._engine("answer a search") as shard:
            answers = shard.query_batch(request)
        # thousands a search, and every id is a UUID, as the validator lets no other in
        return [[ScoredPoint(point.id, point.score) for point in answer] for answer in answers]  # type: ignore[arg-type]

    def _vectors(self, slot: str, ids: Sequence[str]) -> dict[str, JSON]:
        """Of examples: all must have something in the slot."""
        with self._engine("look up sessions") as shard:
            records = shard.retrieve([*ids], False, [slot])
        found = {str(record.id): vector_in(record, slot) for record in records}
        for example in ids:
            if found.get(example) is None:
                raise IndexingError(f"Session {example} has nothing for {slot} in the vector index.")
        return found

    def vectors(self, lane: Lane, ids: Iterable[UUID]) -> dict[UUID, NDArray[np.float32]]:
        check_matrix_lane(lane)
        slot = str(lane)
        with self._engine("look up sessions") as shard:
            records = shard.retrieve([*ids], False, [slot])
        found = ((point_uuid(record.id), vector_in(record, slot)) for record in records)
        return {point: np.array(vector, np.float32) for point, vector in found if vector is not None}

    def count(self) -> int:
        with self._engine("count its sessions") as shard:
            return shard.count(edge.CountRequest(exact=True))

    def ids(self) -> set[UUID]:
        return {point_uuid(record.id) for page in self._scroll(None, False) for record in page}

    def matrix_pairs(self, lane: Lane, neighbours: int, where: Filter = ALL) -> list[MatrixPair]:
        check_matrix_lane(lane)
        slot = str(lane)
        among: JSON = {"must": [{"has_vector": slot}, filter_json(where) or EVERYTHING]}
        ids: list[UUID] = []
        pages = [np.zeros((0, self._shape.dimension), np.float32)]
        for page in self._scroll(edge_filter(among), [slot]):
            ids += [point_uuid(record.id) for record in page]
            pages.append(np.array([vector_in(record, slot) for record in page], np.float32))
        return nearest_pairs(ids, np.concatenate(pages), neighbours)

    def _scroll(self, among: edge.Filter | None, vectors: bool | list[str]) -> Iterator[list[edge.Record]]:
        offset: edge.PointId | None = None
        while True:
            page = edge.ScrollRequest(
                offset=offset, limit=IDS_A_CALL, with_payload=False, with_vector=vectors, filter=among
            )
            with self._engine("list its sessions") as shard:
                records, offset = shard.scroll(page)
            if records:
                yield records
            if offset is None:
                return

    def flush(self) -> None:
        with self._engine("be saved") as shard:
            shard.flush()

    def close(self) -> None:
        with self._lock:
            shard, self._shard = self._shard, None
            if shard is not None:
                with engine_errors("be closed"):
                    shard.close()

    @contextmanager
    def _engine(self, doing: str) -> Iterator[edge.EdgeShard]:
        """The shard, for one call to it."""
        with self._lock:
            if self._broken is not None:
                raise BrokenIndexError(self._broken)
            if self._shard is None:
                raise IndexingError("The vector index is closed: open the library again.")
            try:
                with engine_errors(doing):
                    yield self._shard
            except BrokenIndexError as error:
                self._broken = str(error)
                raise
