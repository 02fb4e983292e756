"""Points as qdrant_edge objects, and back."""

from uuid import UUID

import qdrant_edge as edge

from memex.index.points import JSON, IndexPoint
from memex.index.shape import CollectionShape


def edge_point(point: IndexPoint, shape: CollectionShape) -> edge.Point:
    """Lists, as the engine reads them four times as fast as arrays."""
    vectors: dict[str, edge.NamedVector] = {
        str(lane): vector.tolist() for lane, vector in point.dense.items()
    }
    for lane, bag in point.sparse.items():
        vectors[str(lane)] = edge.SparseVector(indices=list(bag.indices), values=list(bag.values))
    if point.late is not None:
        vectors[str(shape.late.lane)] = point.late.tolist()
    return edge.Point(point.id, vectors, dict(point.payload))


def point_uuid(point: "edge.PointId") -> UUID:
    return point if isinstance(point, UUID) else UUID(str(point))


def vector_in(record: edge.Record, slot: str) -> JSON:
    """None if the point has nothing in the slot."""
    vectors = record.vector
    found: object = vectors.get(slot) if isinstance(vectors, dict) else None
    if isinstance(found, edge.SparseVector):
        return {"indices": [*found.indices], "values": [*found.values]}
    return found  # type: ignore[return-value]  # numbers in lists are JSON
