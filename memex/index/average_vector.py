"""The average of several examples in REST JSON, which a server works out itself and Edge does not."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from memex.index.errors import PlanError
from memex.index.plan_reader import plan_int, plan_list, plan_number, plan_object
from memex.index.points import JSON


def average_vector(liked: Sequence[JSON], disliked: Sequence[JSON]) -> JSON:
    """The vector that recommends by average: 2 × the mean of the liked − the mean of the disliked.

    Of several vectors a point, all liked rows and the negatives of all disliked ones.
    """
    if not liked:
        raise PlanError("The search plan's recommendation by average must have a positive example.")
    if isinstance(liked[0], dict):
        return _sparse_average(liked, disliked)
    if _is_matrix(liked[0]):
        rows: list[JSON] = [row for matrix in liked for row in plan_list(matrix, "vector")]
        return rows + [(-_array(row)).tolist() for matrix in disliked for row in plan_list(matrix, "vector")]
    mean = np.mean([_array(vector) for vector in liked], axis=0)
    if disliked:
        mean = 2 * mean - np.mean([_array(vector) for vector in disliked], axis=0)
    numbers: JSON = mean.tolist()
    return numbers


def _is_matrix(vector: JSON) -> bool:
    return isinstance(vector, list) and bool(vector) and isinstance(vector[0], list)


def _array(vector: JSON) -> NDArray[np.float64]:
    return np.array([plan_number(number, "vector") for number in plan_list(vector, "vector")])


def _sparse_average(liked: Sequence[JSON], disliked: Sequence[JSON]) -> JSON:
    total: defaultdict[int, float] = defaultdict(float)
    shares = [(vector, (2 if disliked else 1) / len(liked)) for vector in liked]
    shares += [(vector, -1 / len(disliked)) for vector in disliked]
    for vector, share in shares:
        for index, value in _entries(vector):
            total[index] += share * value
    indices = sorted(total)
    return {"indices": [*indices], "values": [total[index] for index in indices]}


def _entries(vector: JSON) -> Iterator[tuple[int, float]]:
    bag = plan_object(vector, frozenset({"indices", "values"}), "sparse vector")
    indices, values = plan_list(bag.get("indices"), "indices"), plan_list(bag.get("values"), "values")
    if len(indices) != len(values):
        raise PlanError("The search plan's sparse vector must have as many indices as values.")
    for index, value in zip(indices, values, strict=True):
        yield plan_int(index, "index"), plan_number(value, "value")
