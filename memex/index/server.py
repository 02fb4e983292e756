"""A Qdrant server as the index: one collection a generation, the current one behind an alias."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models

from memex.core.errors import IndexingError
from memex.core.lenses import Lane
from memex.core.settings import QdrantServer
from memex.index.errors import PlanError, StaleGenerationError
from memex.index.matrix import MatrixPair, check_matrix_lane
from memex.index.plans import ALL, Filter, Plan, filter_json
from memex.index.points import IndexPoint, in_pieces, validate
from memex.index.protocol import ScoredPoint
from memex.index.server_connection import connect
from memex.index.server_errors import server_errors
from memex.index.server_shape import VECTORS_A_CALL, collection_config, field_schema
from memex.index.shape import CollectionShape, shape_hash

ENGINE = "qdrant server"
"""Without its version: a server upgrades its collections itself."""

PLANS_A_CALL = 50
IDS_A_CALL = 1000


class ServerIndex:
    """A `VectorIndex`. Failures of the network are IndexUnreachableError; the next call may succeed."""

    def __init__(self, client: QdrantClient, collection: str, shape: CollectionShape) -> None:
        """For `create` and `open`."""
        self._client: QdrantClient | None = client
        self._collection = collection
        self._shape = shape

    @classmethod
    def create(
        cls,
        server: QdrantServer,
        generation: int,
        shape: CollectionShape,
        client: QdrantClient | None = None,
    ) -> Self:
        """A new, empty collection, in place of one that an earlier attempt left behind.

        `client`: in place of a connection of its own, which is closed with the index.
        """
        name = collection_name(server, generation)
        with _connection(server, client) as connection, server_errors("create a collection"):
            connection.delete_collection(name)
            connection.create_collection(name, **collection_config(shape, server))
            for field in shape.payload:
                connection.create_payload_index(name, field.name, field_schema(field), wait=True)
            connection.update_collection(name, metadata={"shape": shape_hash(shape, ENGINE)})
            return cls(connection, name, shape)

    @classmethod
    def open(
        cls,
        server: QdrantServer,
        generation: int,
        shape: CollectionShape,
        client: QdrantClient | None = None,
    ) -> Self:
        """StaleGenerationError if the collection is gone, of another shape, or its creation was cut short."""
        name = collection_name(server, generation)
        with _connection(server, client) as connection, server_errors("open a collection"):
            if not connection.collection_exists(name):
                raise StaleGenerationError(f"The Qdrant server has no collection {name}: it must be rebuilt.")
            metadata = connection.get_collection(name).config.metadata or {}
            if metadata.get("shape") != shape_hash(shape, ENGINE):
                raise StaleGenerationError(
                    f"The collection {name} was made for another model or Memex: it must be rebuilt."
                )
            return cls(connection, name, shape)

    def upsert(self, points: Sequence[IndexPoint]) -> None:
        for point in points:
            validate(point, self._shape)
        for piece in in_pieces(points, VECTORS_A_CALL):
            with self._server("store sessions") as client:
                client.upsert(self._collection, [_point(point, self._shape) for point in piece], wait=True)

    def delete(self, ids: Iterable[UUID]) -> None:
        remaining = iter(ids)
        while gone := [str(point) for point in islice(remaining, IDS_A_CALL)]:
            with self._server("remove sessions") as client:
                client.delete(self._collection, models.PointIdsList(points=[*gone]), wait=True)

    def query_batch(self, plans: Sequence[Plan]) -> list[list[ScoredPoint]]:
        requests = [_request(plan) for plan in plans]
        answers: list[list[ScoredPoint]] = []
        for start in range(0, len(requests), PLANS_A_CALL):
            with self._server("answer a search") as client:
                some = client.query_batch_points(self._collection, requests[start : start + PLANS_A_CALL])
                answers += [[_scored(point) for point in answer.points] for answer in some]
        return answers

    def matrix_pairs(self, lane: Lane, neighbours: int, where: Filter = ALL) -> list[MatrixPair]:
        check_matrix_lane(lane)
        among = filter_json(where)
        with self._server("compare sessions") as client:
            found = client.search_matrix_pairs(
                self._collection,
                query_filter=models.Filter.model_validate(among) if among else None,
                limit=neighbours,
                sample=max(client.count(self._collection, exact=True).count, 2),
                using=str(lane),
            )
            return [MatrixPair(UUID(str(pair.a)), UUID(str(pair.b)), pair.score) for pair in found.pairs]

    def vectors(self, lane: Lane, ids: Iterable[UUID]) -> dict[UUID, NDArray[np.float32]]:
        check_matrix_lane(lane)
        slot = str(lane)
        with self._server("look up sessions") as client:
            records = client.retrieve(
                self._collection, [str(point) for point in ids], with_payload=False, with_vectors=[slot]
            )
        found = ((UUID(str(record.id)), record.vector) for record in records)
        return {
            point: np.array(vectors[slot], np.float32)
            for point, vectors in found
            if isinstance(vectors, dict) and slot in vectors
        }

    def count(self) -> int:
        with self._server("count its sessions") as client:
            return client.count(self._collection, exact=True).count

    def ids(self) -> set[UUID]:
        found: set[UUID] = set()
        offset = None
        while True:
            with self._server("list its sessions") as client:
                records, offset = client.scroll(
                    self._collection, limit=IDS_A_CALL, offset=offset, with_payload=False, with_vectors=False
                )
                found.update(UUID(str(record.id)) for record in records)
            if offset is None:
                return found

    def flush(self) -> None:
        """Nothing: a server has written what it has acknowledged to its log."""

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with server_errors("be left"):
                client.close()

    @contextmanager
    def _server(self, doing: str) -> Iterator[QdrantClient]:
        if self._client is None:
            raise IndexingError("The vector index is closed: open the library again.")
        with server_errors(doing):
            yield self._client


def collection_name(server: QdrantServer, generation: int) -> str:
    return f"{server.collection}-{generation}"


@contextmanager
def _connection(server: QdrantServer, client: QdrantClient | None) -> Iterator[QdrantClient]:
    """The client given or else one of its own, which an error closes."""
    if client is not None:
        yield client
        return
    own = connect(server)
    try:
        yield own
    except BaseException:
        own.close()
        raise


def _request(plan: Plan) -> models.QueryRequest:
    try:
        return models.QueryRequest.model_validate(plan)
    except ValueError as cause:
        raise PlanError(f"The search plan is not one of Qdrant's REST API ({str(cause)[:200]}).") from cause


def _point(point: IndexPoint, shape: CollectionShape) -> models.PointStruct:
    vectors: dict[str, models.Vector] = {str(lane): vector.tolist() for lane, vector in point.dense.items()}
    for lane, bag in point.sparse.items():
        vectors[str(lane)] = models.SparseVector(indices=list(bag.indices), values=list(bag.values))
    if point.late is not None:
        vectors[str(shape.late.lane)] = point.late.tolist()
    return models.PointStruct(id=str(point.id), vector=vectors, payload=dict(point.payload))


def _scored(point: models.ScoredPoint) -> ScoredPoint:
    return ScoredPoint(UUID(str(point.id)), point.score)
