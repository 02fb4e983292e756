"""The validator: every input that harms an engine is refused with its session, slot and reason."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from memex.core.lenses import DENSE_LANES, Lane
from memex.index.edge import EdgeIndex
from memex.index.errors import RefusedPointError
from memex.index.plans import candidates
from memex.index.points import DEEPEST_PAYLOAD, MOST_ROWS, IndexPoint, validate
from memex.index.sparse import SparseVector
from tests.index.builders import DIMENSION, SHAPE, question, session

GOOD = session(1)
UNIT = np.eye(DIMENSION, dtype=np.float32)


def dense(vector: Any, lane: Any = Lane.CONTENT) -> IndexPoint:
    return replace(GOOD, dense={lane: vector})


def sparse(indices: tuple[Any, ...], values: tuple[Any, ...], lane: Any = Lane.PATH_SPARSE) -> IndexPoint:
    return replace(GOOD, sparse={lane: SparseVector(indices, values)})


def late(rows: Any) -> IndexPoint:
    return replace(GOOD, late=rows)


def payload(**fields: Any) -> IndexPoint:
    return replace(GOOD, payload=fields)


def with_number(value: float) -> Any:
    return np.where(np.arange(DIMENSION) == 3, value, 1.0)


def nested(levels: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.fixture(scope="module")
def any_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeIndex]:
    index = EdgeIndex.create(tmp_path_factory.mktemp("odd"), SHAPE)
    yield index
    index.close()


BAD: dict[str, tuple[IndexPoint, str]] = {
    "NaN": (dense(with_number(np.nan)), "slot content has a number that is not finite"),
    "infinity": (dense(with_number(np.inf)), "not finite"),
    "infinite as float32": (dense(with_number(1e39)), "not finite"),
    "too short": (dense(UNIT[0, :-1]), "31 numbers, not 32"),
    "empty": (dense(UNIT[0, :0]), "0 numbers"),
    "zero": (dense(UNIT[0] * 0), "no direction"),
    "nearly zero": (dense(UNIT[0] * 1e-4), "no direction"),
    "norm overflows": (dense(UNIT[0] * 1e20), "no direction"),
    "matrix in a dense slot": (dense(UNIT[:2]), "2 axes, not 1"),
    "list": (dense([1.0] * DIMENSION), "not an array of floats"),
    "integers": (dense(np.ones(DIMENSION, np.int64)), "not an array of floats"),
    "objects": (dense(np.array([None] * DIMENSION)), "not an array of floats"),
    "complex": (dense(np.ones(DIMENSION, np.complex64)), "not an array of floats"),
    "unknown slot": (dense(UNIT[0], "summary"), "no such slot: summary"),
    "words are no slot": (dense(UNIT[0], Lane.WORDS), "no such slot: words"),
    "dense in a sparse slot": (dense(UNIT[0], Lane.PATH_SPARSE), "no such slot: path_sparse"),
    "sparse in a dense slot": (sparse((1,), (1.0,), Lane.CONTENT), "no such slot: content"),
    "unequal lengths": (sparse((1, 2), (1.0,)), "slot path_sparse has 2 indices but 1 values"),
    "empty sparse": (sparse((), ()), "path_sparse is empty"),
    "index twice": (sparse((1, 1), (1.0, 2.0)), "twice"),
    "negative index": (sparse((-1,), (1.0,)), "32-bit"),
    "33-bit index": (sparse((2**32,), (1.0,)), "32-bit"),
    "fractional index": (sparse((1.5,), (1.0,)), "32-bit"),
    "NaN weight": (sparse((1,), (np.nan,)), "value that is not finite"),
    "infinite weight": (sparse((1,), (1e39,)), "value that is not finite"),
    "no passages": (late(UNIT[:0]), "slot content_late has 0 vectors"),
    "too many passages": (late(np.repeat(UNIT[:1], MOST_ROWS + 1, axis=0)), "1025 vectors"),
    "ragged passages": (late(np.array([[1.0], [1.0, 2.0]], dtype=object)), "not an array of floats"),
    "one passage, flat": (late(UNIT[0]), "1 axes, not 2"),
    "short passages": (late(UNIT[:2, :-1]), "31 numbers"),
    "NaN in a passage": (late(np.stack([UNIT[0], with_number(np.nan)])), "not finite"),
    "zero passage": (late(np.stack([UNIT[0], UNIT[0] * 0])), "no direction"),
    "no vectors": (replace(GOOD, dense={}, sparse={}, late=None), "no vector at all"),
    "deep lists": (payload(x=nested(DEEPEST_PAYLOAD, lambda inner: [inner])), "nested deeper than 16"),
    "very deep dicts": (payload(x=nested(5000, lambda inner: {"x": inner})), "nested deeper than 16"),
    "large": (payload(x="x" * 70_000), "more than 65536 characters"),
    "large list": (payload(x=[0] * 10_000), "more than 65536 characters"),
    "65-bit number": (payload(x=2**63), "cannot be stored"),
    "bytes": (payload(x=b"abc"), "bytes that cannot be stored"),
    "tuple": (payload(x=(1, 2)), "tuple that cannot be stored"),
    "set": (payload(x={1}), "set that cannot be stored"),
    "NaN in the payload": (payload(x=float("nan")), "cannot be stored"),
    "numpy number": (payload(x=np.float64(1)), "float64 that cannot be stored"),
    "key that is no text": (payload(x={1: 2}), "a key that is not a text"),
    "half a surrogate": (payload(x="\ud800"), "half a surrogate"),
    "half a surrogate in a key": (payload(x={"\ud800": 1}), "half a surrogate"),
    "no dict": (replace(GOOD, payload=[1]), "not a dict"),  # type: ignore[arg-type]
    "date in words": (payload(start_ts_dt="yesterday"), "start_ts_dt is no datetime"),
    "date without zone": (payload(start_ts_dt="2026-01-01T00:00:00"), "start_ts_dt is no datetime"),
    "thirteenth month": (payload(start_ts_dt="2026-13-01T00:00:00Z"), "start_ts_dt is no datetime"),
    "timestamp": (payload(start_ts_dt=1767225600), "start_ts_dt is no datetime"),
    "flag as number": (payload(has_errors=1), "has_errors is no bool"),
    "flag as version": (payload(schema_version=True), "schema_version is no integer"),
    "project as number": (payload(project_name=7), "project_name is no keyword"),
}


@pytest.mark.parametrize(("point", "reason"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_with_its_reason(point: IndexPoint, reason: str) -> None:
    with pytest.raises(RefusedPointError, match=reason) as refusal:
        validate(point, SHAPE)
    assert str(GOOD.id) in str(refusal.value)


def test_an_id_that_is_no_uuid_is_refused() -> None:
    with pytest.raises(RefusedPointError, match="is no UUID"):
        validate(replace(GOOD, id="7"), SHAPE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "point",
    [
        GOOD,
        replace(GOOD, dense={}, late=None),
        replace(GOOD, sparse={}, late=None, payload={}),
        dense(UNIT[0].astype(np.float64)),
        dense(UNIT[0].astype(np.float16)),
        late(np.repeat(UNIT[:1], MOST_ROWS, axis=0)),
        payload(project_name=None, start_ts_dt=None),
        payload(start_ts_dt="2026-01-01T00:00:00.123456789+02:00"),
        payload(x=nested(DEEPEST_PAYLOAD - 1, lambda inner: [inner])),
        payload(x=-(2**63), y="a\0b 😀", z=[None, True, 1.5, {}]),
    ],
    ids=range(10),
)
def test_odd_but_good_input_is_stored(any_index: EdgeIndex, point: IndexPoint) -> None:
    fresh = replace(point, id=uuid4())
    any_index.upsert([fresh])
    assert fresh.id in any_index.ids()


def test_refused_input_leaves_the_index_as_it_was(edge_index: EdgeIndex, tmp_path: Any) -> None:
    """One bad point in a batch: nothing of the batch is written, now or once opened again."""
    edge_index.upsert([session(100)])
    for bad, _reason in BAD.values():
        with pytest.raises(RefusedPointError):
            edge_index.upsert([session(101), bad])
    edge_index.close()
    reopened = EdgeIndex.open(tmp_path / "generation", SHAPE)
    assert reopened.ids() == {session(100).id}
    answers = reopened.query_batch(candidates(question(1), 10))
    assert [len(answer) for answer in answers[: len(DENSE_LANES)]] == [1] * len(DENSE_LANES)
    reopened.close()
