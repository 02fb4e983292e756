"""The translator understands the plans' whole vocabulary and passes nothing over."""

from typing import Any

import pytest
import qdrant_edge

from memex.index.edge_filters import edge_filter
from memex.index.edge_translation import edge_requests
from memex.index.errors import PlanError
from tests.index.builders import number

NEAREST: dict[str, Any] = {"query": {"nearest": [1.0, 0.0]}, "using": "content", "limit": 5}


def translated(plan: Any) -> qdrant_edge.QueryRequest:
    [request] = edge_requests([plan])
    return request


def test_a_request_keeps_its_numbers() -> None:
    request = translated(
        NEAREST
        | {"offset": 3, "score_threshold": 0.5}
        | {"params": {"exact": True, "quantization": {"rescore": True, "oversampling": 2.0}}}
    )
    assert (request.limit, request.offset, request.score_threshold) == (5, 3, 0.5)
    assert request.params is not None
    assert request.params.exact
    assert request.params.quantization is not None
    assert (request.params.quantization.rescore, request.params.quantization.oversampling) == (True, 2.0)


def test_a_bare_vector_is_nearest() -> None:
    assert repr(translated(NEAREST | {"query": [1.0, 0.0]}).query) == repr(translated(NEAREST).query)


def test_the_server_s_defaults_hold() -> None:
    request = translated({"query": {"fusion": "rrf"}, "prefetch": NEAREST})
    assert request.limit == 10
    assert repr(request.query) == repr(qdrant_edge.Fusion.Rrf(k=2))
    assert len(request.prefetches) == 1


def test_plans_of_one_batch_keep_their_own_filters() -> None:
    errors = {"must": [{"key": "has_errors", "match": {"value": True}}]}
    among = {"must": [{"has_id": [str(number(1))]}]}
    requests = edge_requests([NEAREST | {"filter": where} for where in (errors, errors, among, None, errors)])
    kinds = [type(request.filter.must[0]).__name__ if request.filter else None for request in requests]
    assert kinds == ["FieldCondition", "FieldCondition", "HasIdCondition", None, "FieldCondition"]


def test_conditions_that_memex_uses() -> None:
    where = edge_filter(
        {
            "must": [
                {"key": "project_name", "match": {"any": ["memex"]}},
                {"key": "schema_version", "range": {"gte": 1, "lt": 3.5}},
                {"key": "start_ts_dt", "range": {"gte": "2026-01-01T00:00:00Z"}},
                {"has_vector": "error"},
                {
                    "should": [
                        {"is_empty": {"key": "git_branch"}},
                        {"key": "git_branch", "match": {"except": ["main"]}},
                    ]
                },
            ],
            "must_not": {"has_id": [str(number(1))]},
        }
    )
    names = [type(condition).__name__ for condition in where.must or ()]
    assert names == ["FieldCondition", "FieldCondition", "FieldCondition", "HasVectorCondition", "Filter"]
    assert len(where.must_not or ()) == 1


def test_what_the_server_assumes_is_assumed() -> None:
    """Diversity ½ among as many as are asked for; several examples are averaged."""
    mmr = translated(NEAREST | {"query": {"nearest": [1.0, 0.0], "mmr": {}}}).query
    assert isinstance(mmr, qdrant_edge.Mmr)
    assert (mmr.lambda_, mmr.candidates_limit) == (0.5, 5)
    averaged = translated(NEAREST | {"query": {"recommend": {"positive": [[1.0, 0.0], [0.0, 1.0]]}}}).query
    assert repr(averaged) == repr(translated(NEAREST | {"query": [0.5, 0.5]}).query)
    ordered = translated({"query": {"order_by": "start_ts_dt"}}).query
    assert isinstance(ordered, qdrant_edge.OrderBy)
    assert ordered.direction == qdrant_edge.Direction.Asc


@pytest.mark.parametrize(
    "plan",
    [
        "nearest",
        NEAREST | {"lookup_from": {"collection": "x"}},
        NEAREST | {"query": {"nearest": [1.0], "mmr": {"lambda": 0.5}}},
        NEAREST | {"query": {"nearest": [1.0], "mmr": {"diversity": "much"}}},
        NEAREST | {"query": {"recommend": {"negative": [[1.0]]}}},
        NEAREST | {"query": {"recommend": {"positive": [[1.0]], "strategy": "worst_score"}}},
        NEAREST | {"query": {"recommend": {"positive": [{"indices": [1], "values": []}]}}},
        NEAREST | {"query": {"discover": {"context": []}}},
        NEAREST | {"query": {"context": [{"positive": [1.0], "neutral": [1.0]}]}},
        NEAREST | {"query": {"relevance_feedback": {"target": [1.0], "feedback": []}}},
        NEAREST | {"query": {"order_by": {"key": "start_ts_dt", "direction": "up"}}},
        NEAREST | {"query": {"sample": "first"}},
        NEAREST | {"query": {"recommend": {"positive": [1]}}},
        NEAREST | {"query": "7f1e"},
        NEAREST | {"query": {"nearest": ["a"]}},
        NEAREST | {"query": {"nearest": [True]}},
        NEAREST | {"query": {"nearest": {"indices": [1, 2], "values": [1.0]}}},
        NEAREST | {"query": {"nearest": {"indices": [1.5], "values": [1.0]}}},
        NEAREST | {"query": {"fusion": "mean"}},
        NEAREST | {"query": {"rrf": {"k": 0}}},
        NEAREST | {"query": {"formula": {"median": [1, 2]}}},
        NEAREST | {"query": {"formula": {"div": {"left": 1, "right": 2, "otherwise": 3}}}},
        NEAREST | {"limit": "5"},
        NEAREST | {"limit": True},
        NEAREST | {"params": {"acorn": {"enable": True}}},
        NEAREST | {"params": {"quantization": {"rescore": "yes"}}},
        NEAREST | {"prefetch": [NEAREST | {"offset": 3}]},
        NEAREST | {"with_payload": ["ai_title"]},
        NEAREST | {"filter": {"must_nut": []}},
        NEAREST | {"filter": {"must": [{"key": "a", "match": {"value": 1.5}}]}},
        NEAREST | {"filter": {"must": [{"key": "a", "match": {"any": [True]}}]}},
        NEAREST | {"filter": {"must": [{"key": "a", "match": {"any": ["x", 1]}}]}},
        NEAREST | {"filter": {"must": [{"key": "a", "match": {"value": 1, "any": [2]}}]}},
        NEAREST | {"filter": {"must": [{"key": "a", "match": {"value": 1}, "range": {"gt": 2}}]}},
        NEAREST | {"filter": {"must": [{"key": "a", "geo_radius": {}}]}},
        NEAREST | {"filter": {"must": [{"match": {"value": 1}}]}},
        NEAREST | {"filter": {"must": [{"key": "a", "range": {"after": 1}}]}},
        NEAREST | {"filter": {"must": [{"key": "a", "range": {"gte": "2026-01-01T00:00:00Z", "lt": 3}}]}},
        NEAREST | {"filter": {"must": [{"has_id": ["x"], "has_vector": "a"}]}},
        NEAREST | {"filter": {"must": [{}]}},
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(plan: Any) -> None:
    with pytest.raises(PlanError, match="The search plan"):
        edge_requests([plan])
