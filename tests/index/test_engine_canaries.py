"""What qdrant-edge 0.9.0 gets wrong and Memex works around. One fails: an upgrade mended it, so simplify.

Each names what depends on it.
"""

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import qdrant_edge as edge

from memex.index.edge_errors import engine_errors, is_panic
from memex.index.edge_shape import edge_config, field_index
from memex.index.errors import BrokenIndexError
from tests.index.builders import DIMENSION, SHAPE, number

VECTOR = [1.0] * DIMENSION


@pytest.fixture
def shard(tmp_path: Path) -> edge.EdgeShard:
    shard = edge.EdgeShard.create(str(tmp_path), edge_config(SHAPE))
    for field in SHAPE.payload:
        shard.update(field_index(field))
    point = edge.Point(number(1), {"content": VECTOR}, {"has_errors": True})
    shard.update(edge.UpdateOperation.upsert_points([point]))
    return shard


def found(shard: edge.EdgeShard, match: edge.MatchValue) -> int:
    where = edge.Filter(must=[edge.FieldCondition("has_errors", match=match)])
    return shard.count(edge.CountRequest(exact=True, filter=where))


def store(shard: edge.EdgeShard, vectors: dict[str, Any]) -> None:
    shard.update(edge.UpdateOperation.upsert_points([edge.Point(number(2), vectors, {})]))


def test_a_python_bool_matches_no_flag(shard: edge.EdgeShard) -> None:
    """edge_filters._match_value"""
    assert found(shard, edge.MatchValue(True)) == 0


def test_nan_is_stored(shard: edge.EdgeShard) -> None:
    """points.check_vector"""
    store(shard, {"content": [math.nan] * DIMENSION})
    assert shard.count(edge.CountRequest(exact=True)) == 2


def test_a_query_of_nan_is_answered_by_nothing(shard: edge.EdgeShard) -> None:
    """plans._vector_json"""
    query = edge.Query.Nearest([math.nan] * DIMENSION, using="content")
    assert shard.query(edge.QueryRequest(limit=1, query=query)) == []


def test_a_short_vector_is_stored_unnormalised(shard: edge.EdgeShard) -> None:
    """points.SHORTEST_NORM"""
    store(shard, {"content": [1e-4 / math.sqrt(DIMENSION)] * DIMENSION})
    [record] = shard.retrieve([number(2)], False, ["content"])
    assert isinstance(record.vector, dict)
    assert math.dist(record.vector["content"], [0.0] * DIMENSION) == pytest.approx(1e-4)


def test_unequal_sparse_lengths_panic_past_except_exception(shard: edge.EdgeShard) -> None:
    """edge_errors.engine_errors; points.check_sparse"""
    poison = {"path_sparse": edge.SparseVector(indices=[1, 2], values=[1.0])}
    with pytest.raises(BaseException, match="index out of bounds") as panic:
        store(shard, poison)
    assert not isinstance(panic.value, Exception)
    assert is_panic(panic.value)
    with pytest.raises(BrokenIndexError), engine_errors("be tested"):
        raise panic.value


RAGGED = """
import sys
import qdrant_edge as edge
from memex.index.edge_shape import edge_config
from tests.index.builders import DIMENSION, SHAPE, number
shard = edge.EdgeShard.create(sys.argv[1], edge_config(SHAPE))
try:
    rows = [[1.0] * DIMENSION, [1.0]]
    shard.update(edge.UpdateOperation.upsert_points([edge.Point(number(1), {"content_late": rows}, {})]))
except BaseException as error:
    print(type(error).__name__)
"""


def test_a_ragged_multivector_panics(tmp_path: Path) -> None:
    """points.check_multivector; in a process of its own, for the panic may not end with the call"""
    command = [sys.executable, "-c", RAGGED, str(tmp_path)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "PanicException"
