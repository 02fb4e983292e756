"""Plans are the REST API's own JSON: the client's models accept every one, and they say what was meant."""

from datetime import UTC, datetime

import numpy as np
import pytest
from qdrant_client import models

from memex.core.lenses import SPARSE_LANES, VECTOR_LANES, Lane
from memex.index.errors import PlanError
from memex.index.plans import Filter, candidates, exact_scores, filter_json
from memex.index.sparse import SparseVector
from tests.index.builders import DIMENSION, number, question

EVERY_FILTER = Filter(
    projects=("memex", "atlas"),
    agents=("codex",),
    branches=("main",),
    intents=("fix",),
    outcomes=("resolved",),
    has_errors=True,
    since=datetime(2026, 1, 1, tzinfo=UTC),
    until=datetime(2026, 2, 1, tzinfo=UTC),
    ids=(number(1), number(2)),
    excluding=(Filter(ids=(number(1),)), Filter(agents=("codex",), branches=("main",))),
)


def test_the_client_s_models_accept_every_plan() -> None:
    for plan in [*candidates(question(1), 100, EVERY_FILTER), *exact_scores(question(1), [number(1)])]:
        request = models.QueryRequest.model_validate(plan)
        assert request.model_dump(mode="json", exclude_unset=True, by_alias=True)["using"] == plan["using"]


def test_the_client_s_filter_says_the_same() -> None:
    parsed = models.Filter.model_validate(filter_json(EVERY_FILTER))
    conditions = {
        condition.key: condition for condition in parsed.must if isinstance(condition, models.FieldCondition)
    }
    assert conditions["project_name"].match == models.MatchAny(any=["memex", "atlas"])
    assert conditions["has_errors"].match == models.MatchValue(value=True)
    assert conditions["start_ts_dt"].range == models.DatetimeRange(
        gte=EVERY_FILTER.since, lt=EVERY_FILTER.until
    )
    assert parsed.must[-1] == models.HasIdCondition(has_id=[str(number(1)), str(number(2))])
    one, both = parsed.must_not
    assert one == models.HasIdCondition(has_id=[str(number(1))])
    assert [condition.key for condition in both.must] == ["source_agent", "git_branch"]


def test_no_filter_is_no_filter() -> None:
    assert filter_json(Filter()) is None
    assert all("filter" not in plan for plan in candidates(question(1), 10))


def test_sessions_without_errors_can_be_asked_for() -> None:
    assert filter_json(Filter(has_errors=False)) == {
        "must": [{"key": "has_errors", "match": {"value": False}}]
    }


def test_one_plan_a_lane_in_the_order_asked() -> None:
    assert [plan["using"] for plan in candidates(question(1), 10)] == list(VECTOR_LANES)


def test_candidates_oversample_and_exact_scores_do_not_approximate() -> None:
    for approximate, exact in zip(
        candidates(question(1), 10), exact_scores(question(1), [number(1)]), strict=True
    ):
        if approximate["using"] in SPARSE_LANES:
            continue
        assert approximate["params"] == {"quantization": {"rescore": True, "oversampling": 2.0}}
        assert exact["params"] == {"exact": True}


@pytest.mark.parametrize(
    ("lane", "vector", "reason"),
    [
        (Lane.CONTENT, np.full(DIMENSION, np.nan), "not finite"),
        (Lane.CONTENT, np.zeros(DIMENSION), "no direction"),
        (Lane.CONTENT, np.ones((2, DIMENSION)), "2 axes"),
        (Lane.CONTENT_LATE, np.ones(DIMENSION), "1 axes"),
        (Lane.CONTENT_LATE, np.ones((0, DIMENSION)), "0 vectors"),
        (Lane.TOOL_SPARSE, SparseVector((1, 2), (1.0,)), "2 indices"),
    ],
)
def test_a_query_that_no_engine_can_answer_is_refused(lane: Lane, vector: object, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        candidates({lane: vector}, 10)
