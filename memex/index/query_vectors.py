"""What a lane is asked with, as REST JSON: a vector, or a point of the collection as an example."""

from typing import TypeAlias
from uuid import UUID

from memex.core.lenses import Lane
from memex.index.errors import PlanError
from memex.index.points import JSON, Vector, check_multivector, check_sparse, check_vector
from memex.index.sparse import SparseVector

QueryVector: TypeAlias = Vector | SparseVector
"""(dimension,) for a dense lane, (vectors, dimension) for the late one, a bag for a sparse one."""
Example: TypeAlias = QueryVector | UUID
"""A point given as example stands for its vector in the lane, and is left out of the answer."""


def example_json(lane: Lane, example: Example) -> JSON:
    return str(example) if isinstance(example, UUID) else vector_json(lane, example)


def vector_json(lane: Lane, vector: QueryVector) -> JSON:
    """Checked here, for an engine answers a query with NaN by nothing at all."""
    name = f"the query for {lane}"
    try:
        if isinstance(vector, SparseVector):
            check_sparse(name, vector)
            return {"indices": list(vector.indices), "values": list(vector.values)}
        if lane is Lane.CONTENT_LATE:
            check_multivector(name, vector, vector.shape[-1])
        else:
            check_vector(name, vector, vector.shape[-1])
    except ValueError as reason:
        raise PlanError(f"This search cannot be asked of the vector index: {reason}.") from None
    numbers: JSON = vector.tolist()
    return numbers
