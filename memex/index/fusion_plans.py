"""Search in one round trip, for a server that is far away: the engine fuses the lanes itself.

What the lens table does better (trust per query, a background per lane) needs every lane's scores, and so two
round trips. Here the lanes are fused by rank, by the distribution of their scores, or by a formula.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from memex.core.lenses import SPARSE_LANES, Lane, Recency
from memex.index.plans import ALL, EXACT, Filter, Plan, candidates
from memex.index.points import JSON
from memex.index.query_vectors import QueryVector
from memex.index.sparse import SparseVector

RRF_K = 60
"""Cormack, Clarke and Büttcher, SIGIR 2009; Qdrant's own default is 2."""
SPARSE_HALF = 10.0
"""A sparse score of so much, about one rare word that matches, counts half."""
SECONDS_A_DAY = 86_400.0
LONG_AGO = "1970-01-01T00:00:00Z"
"""Of a session whose time is not known: a formula fails over a point that lacks one of its fields."""

Queries = Mapping[Lane, QueryVector]


def fused_by_rank(
    queries: Queries,
    limit: int,
    *,
    candidates_a_lane: int,
    weights: Mapping[Lane, float] | None = None,
    where: Filter = ALL,
) -> Plan:
    """Reciprocal rank fusion, as Qdrant weighs it: Σ 1 / (k − 1 + rank / wᵢ), rank from 1.

    A lane without weight counts 1; one of weight 0 proposes sessions but adds nothing.
    """
    rrf: Plan = {"k": RRF_K}
    if weights is not None:
        rrf["weights"] = [weights.get(lane, 1.0) for lane in queries]
    return _fused({"rrf": rrf}, candidates(queries, candidates_a_lane, where), limit)


def fused_by_distribution(
    queries: Queries, limit: int, *, candidates_a_lane: int, where: Filter = ALL
) -> Plan:
    """DBSF: each lane's scores brought to mean ± 3 standard deviations, then summed."""
    return _fused({"fusion": "dbsf"}, candidates(queries, candidates_a_lane, where), limit)


def fused_by_weight(
    queries: Queries,
    weights: Mapping[Lane, float],
    limit: int,
    *,
    candidates_a_lane: int,
    now: datetime,
    recency: Recency,
    error_boost: float = 0.0,
    where: Filter = ALL,
) -> Plan:
    """Σ wᵢsᵢ / Σ wᵢ over the lanes that a session is in, plus recency, plus `error_boost` if it has errors.

    The lanes' candidates are united, and every lane scores the whole union exactly: a lane that did not
    propose a session itself would otherwise count as 0. `sᵢ` is a cosine, s / (s + SPARSE_HALF) in a sparse
    lane, and the mean of the query's vectors in the late one. A lane without weight counts 1.
    """
    among = candidates(queries, candidates_a_lane, where)
    union: JSON = [*among]
    size = candidates_a_lane * len(among)
    lanes: list[Plan] = [_exact(plan, union, size) for plan in among]
    shares = {lane: weights.get(lane, 1.0) for lane in queries}
    blend: Plan = {
        "div": {
            "left": {
                "sum": [_weighed(i, lane, queries[lane], shares[lane]) for i, lane in enumerate(queries)]
            },
            "right": {
                "sum": [{"mult": [share, {"has_vector": str(lane)}]} for lane, share in shares.items()]
            },
            "by_zero_default": 0.0,
        }
    }
    terms: list[JSON] = [blend, {"mult": [recency.weight, _decay(now, recency)]}]
    if error_boost:
        terms.append({"mult": [error_boost, {"key": "has_errors", "match": {"value": True}}]})
    formula: Plan = {"formula": {"sum": terms}, "defaults": {"start_ts_dt": LONG_AGO}}
    return _fused(formula, lanes, limit)


def _weighed(prefetch: int, lane: Lane, query: QueryVector, weight: float) -> JSON:
    score: JSON = f"$score[{prefetch}]"
    if lane in SPARSE_LANES:
        above_half: JSON = {"sum": [score, SPARSE_HALF]}
        score = {"div": {"left": score, "right": above_half, "by_zero_default": 0.0}}
    elif lane is Lane.CONTENT_LATE and not isinstance(query, SparseVector):
        weight /= len(query)
    return {"mult": [weight, score]}


def _decay(now: datetime, recency: Recency) -> JSON:
    return {
        "exp_decay": {
            "x": {"datetime_key": "start_ts_dt"},
            "target": {"datetime": now.isoformat()},
            "midpoint": 0.5,
            "scale": recency.half_life_days * SECONDS_A_DAY,
        }
    }


def _exact(plan: Plan, union: JSON, size: int) -> Plan:
    """The plan's query again, over all that any lane proposed."""
    rescoring: Plan = {"prefetch": union, "query": plan["query"], "using": plan["using"], "limit": size}
    return rescoring | ({"params": EXACT} if "params" in plan else {})


def _fused(query: Plan, prefetch: Iterable[Plan], limit: int) -> Plan:
    return {"prefetch": [*prefetch], "query": query, "limit": limit}
