"""The shape is the design's, and its hash changes with whatever makes two directories incompatible."""

import msgspec
import pytest

from memex.core.lenses import VECTOR_LANES
from memex.index.shape import CollectionShape, shape_hash

ENGINE = "engine 1.0"


def test_every_vector_lane_has_its_slot() -> None:
    shape = CollectionShape(384)
    assert {*shape.dense_lanes, *shape.sparse, shape.late.lane} == set(VECTOR_LANES)


def test_the_design_s_ten_payload_indexes() -> None:
    fields = {field.name: field for field in CollectionShape(384).payload}
    assert len(fields) == 10
    assert [name for name, field in fields.items() if field.tenant] == ["project_name"]


def test_equal_shapes_hash_alike() -> None:
    assert shape_hash(CollectionShape(384), ENGINE) == shape_hash(CollectionShape(384), ENGINE)


@pytest.mark.parametrize(
    "change",
    [
        {"dimension": 768},
        {"version": 99},
        {"sparse_hash": "other"},
        {"quantization_bits": 4},
        {"payload": ()},
    ],
)
def test_any_change_of_shape_changes_the_hash(change: dict[str, object]) -> None:
    shape = CollectionShape(384)
    assert shape_hash(msgspec.structs.replace(shape, **change), ENGINE) != shape_hash(shape, ENGINE)


def test_another_engine_changes_the_hash() -> None:
    shape = CollectionShape(384)
    assert shape_hash(shape, "engine 1.1") != shape_hash(shape, ENGINE)
