"""What of the embedded index the contract does not show."""

import pytest

from memex.core.lenses import VECTOR_LANES
from memex.index.edge import EdgeIndex
from memex.index.errors import PlanError
from memex.index.plans import candidates
from tests.index.builders import question, session


def test_a_plan_that_is_not_understood_asks_nothing(edge_index: EdgeIndex) -> None:
    edge_index.upsert([session(seed) for seed in range(3)])
    good = candidates(question(1), 3)
    with pytest.raises(PlanError, match="acorn"):
        edge_index.query_batch([*good, good[0] | {"params": {"acorn": {"enable": True}}}])
    assert len(edge_index.query_batch(good)) == len(VECTOR_LANES)
