"""One plan of every kind, for comparing backends."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from memex.core.lenses import DENSE_LANES, SPARSE_LANES, Lane, Recency
from memex.index.discovery_plans import (
    ContextPair,
    Judged,
    Strategy,
    by_time,
    discovered,
    diverse,
    in_context,
    recommended,
    sampled,
    similar,
    with_feedback,
)
from memex.index.fusion_plans import fused_by_distribution, fused_by_rank, fused_by_weight
from memex.index.plans import EXACT, Filter, Plan, candidates, exact_scores
from memex.index.points import JSON
from memex.index.query_vectors import QueryVector

Queries = Mapping[Lane, QueryVector]

LIMIT = 20
WHERE = Filter(until=datetime(2026, 11, 1, tzinfo=UTC), excluding=(Filter(has_errors=True),))
NOW = datetime(2026, 12, 20, tzinfo=UTC)


def every_plan(asked: Queries, more: Queries, less: Queries, ids: list[UUID]) -> dict[str, Plan]:
    """`more` and `less` are examples liked and disliked; so are the first two of `ids`."""
    plans = _fused(asked)
    for lane in asked:
        plans |= {f"{kind} in {lane}": plan for kind, plan in _in_lane(lane, asked, more, less, ids).items()}
    lanes = zip(asked, candidates(asked, LIMIT, WHERE), exact_scores(asked, ids), strict=True)
    for lane, proposed, scored in lanes:
        plans |= {f"candidates in {lane}": proposed, f"exact scores in {lane}": scored}
    return {name: exact(plan) for name, plan in plans.items()}


def exact(plan: Plan) -> Plan:
    """Without quantized codes, at every depth."""
    return {key: EXACT if key == "params" else _exact_inside(value) for key, value in plan.items()}


def _exact_inside(value: JSON) -> JSON:
    if isinstance(value, dict):
        return exact(value)
    return [_exact_inside(item) for item in value] if isinstance(value, list) else value


def _fused(asked: Queries) -> dict[str, Plan]:
    weights = {Lane.TOOL: 3.0, Lane.PATH: 0.1, Lane.CODE: 0.0}
    by_weight = fused_by_weight(
        asked,
        weights,
        LIMIT,
        candidates_a_lane=30,
        now=NOW,
        recency=Recency(0.2),
        error_boost=0.1,
        where=Filter(excluding=(Filter(projects=("atlas",)),)),
    )
    return {
        "rank": fused_by_rank(asked, LIMIT, candidates_a_lane=30),
        "weighted rank": fused_by_rank(asked, LIMIT, candidates_a_lane=30, weights=weights, where=WHERE),
        "distribution": fused_by_distribution(asked, LIMIT, candidates_a_lane=30, where=WHERE),
        "weight": by_weight,
        "newest": by_time(LIMIT, where=WHERE),
        "oldest": by_time(LIMIT, newest_first=False),
        "sample": sampled(1000, WHERE),
    }


def _in_lane(lane: Lane, asked: Queries, more: Queries, less: Queries, ids: list[UUID]) -> dict[str, Plan]:
    query, yes, no = asked[lane], more[lane], less[lane]
    liked, disliked = ids[:2]
    pairs = [ContextPair(yes, no), ContextPair(liked, disliked)]
    plans = {
        "similar": similar(lane, query, LIMIT, WHERE),
        "similar to one": similar(lane, liked, LIMIT),
        "average": recommended(lane, [yes, liked], [no, disliked], LIMIT, Strategy.AVERAGE),
        "average of liked": recommended(lane, [yes, liked], [], LIMIT, Strategy.AVERAGE, WHERE),
        "best": recommended(lane, [yes, liked], [no, disliked], LIMIT),
        "sum": recommended(lane, [yes, liked], [no, disliked], LIMIT, Strategy.SUM),
        "unlike by best": recommended(lane, [], [no, disliked], LIMIT),
        "unlike by sum": recommended(lane, [], [no, disliked], LIMIT, Strategy.SUM),
        "discovered": discovered(lane, query, pairs, LIMIT),
        "in context": in_context(lane, pairs, LIMIT, WHERE),
    }
    if lane not in SPARSE_LANES:
        plans["diverse"] = diverse(lane, query, 10, diversity=0.5, among=30)
        plans["diverse and like one"] = diverse(lane, liked, 10, diversity=0.8, among=30)
    if lane in DENSE_LANES:
        judged = [Judged(yes, 1.0), Judged(no, 0.0), Judged(liked, 0.7)]
        plans["feedback"] = with_feedback(lane, query, judged, LIMIT)
    return plans
