"""Query plans as REST JSON: pure data that Edge runs through a translator and a server as it stands.

https://api.qdrant.tech/api-reference/search/query-points
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from memex.core.lenses import SPARSE_LANES, Lane
from memex.index.points import JSON
from memex.index.query_vectors import QueryVector as QueryVector
from memex.index.query_vectors import vector_json

Plan: TypeAlias = dict[str, JSON]
OVERSAMPLING = 2.0
APPROXIMATE: Plan = {"quantization": {"rescore": True, "oversampling": OVERSAMPLING}}
"""Search parameters: quantized codes propose twice the points, whose vectors then decide."""
EXACT: Plan = {"exact": True}

EVERYTHING: Plan = {"must_not": [{"has_id": []}]}
"""A filter that every point passes."""


class Filter(Struct, frozen=True):
    """Empty means all. Several values of one field widen, several fields narrow."""

    projects: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    has_errors: bool | None = None
    since: datetime | None = None
    """The first moment included; with a time zone."""
    until: datetime | None = None
    """The first moment no longer included; with a time zone."""
    ids: tuple[UUID, ...] | None = None
    """Only these points; none at all where it is empty."""
    excluding: tuple["Filter", ...] = ()
    """What any one of these keeps is left out: `-project:x -branch:y` are two of them."""


ALL = Filter()


def candidates(vectors: Mapping[Lane, QueryVector], limit: int, where: Filter = ALL) -> list[Plan]:
    """The best `limit` points of each lane, in the order of `vectors`."""
    among = filter_json(where)
    return [_plan(lane, vector, limit, among, APPROXIMATE) for lane, vector in vectors.items()]


def exact_scores(vectors: Mapping[Lane, QueryVector], ids: Collection[UUID]) -> list[Plan]:
    """The exact score of every one of `ids` in each lane, in the order of `vectors`.

    A point that has no vector in a lane is missing from that lane's answer.
    """
    among = filter_json(Filter(ids=tuple(ids)))
    most = max(1, len(ids))  # a server refuses to be asked for none
    return [_plan(lane, vector, most, among, EXACT) for lane, vector in vectors.items()]


def rescored(plan: Plan, ids: Collection[UUID]) -> Plan:
    """What the plan asks, exactly and of these points alone."""
    asked: Plan = {
        "query": plan["query"],
        "using": plan["using"],
        "limit": max(1, len(ids)),
        "filter": filter_json(Filter(ids=tuple(ids))),
    }
    return asked | ({"params": EXACT} if "params" in plan else {})


def filter_json(where: Filter) -> Plan | None:
    """None when nothing is filtered."""
    must = _conditions(where)
    clauses: Plan = {"must": must} if must else {}
    if where.excluding:
        clauses["must_not"] = [_excluded(each) for each in where.excluding]
    return clauses or None


def _excluded(where: Filter) -> JSON:
    """One condition needs no filter of its own around it; without any, everything is excluded."""
    conditions = _conditions(where)
    if len(conditions) == 1 and not where.excluding:
        return conditions[0]
    return filter_json(where) or EVERYTHING


def _conditions(where: Filter) -> list[JSON]:
    conditions: list[JSON] = [
        {"key": key, "match": {"any": list(values)}}
        for key, values in (
            ("project_name", where.projects),
            ("source_agent", where.agents),
            ("git_branch", where.branches),
            ("intent", where.intents),
            ("outcome", where.outcomes),
        )
        if values
    ]
    if where.has_errors is not None:
        conditions.append({"key": "has_errors", "match": {"value": where.has_errors}})
    if where.since or where.until:
        conditions.append({"key": "start_ts_dt", "range": _period(where)})
    if where.ids is not None:
        conditions.append({"has_id": [str(point) for point in where.ids]})
    return conditions


def _period(where: Filter) -> dict[str, JSON]:
    bounds = {"gte": where.since, "lt": where.until}
    return {bound: moment.isoformat() for bound, moment in bounds.items() if moment}


def _plan(lane: Lane, vector: QueryVector, limit: int, where: Plan | None, params: Plan) -> Plan:
    plan: Plan = {
        "query": {"nearest": vector_json(lane, vector)},
        "using": str(lane),
        "limit": limit,
    }
    if where:
        plan["filter"] = where
    if lane not in SPARSE_LANES:
        plan["params"] = params
    return plan
