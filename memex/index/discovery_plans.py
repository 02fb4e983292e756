"""Sessions like some and unlike others, in one lane: by example, by target and context, by feedback.

An example is a vector, or the id of a session in the index, which is then left out of the answer.
https://qdrant.tech/documentation/concepts/explore/
"""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from memex.core.lenses import DENSE_LANES, SPARSE_LANES, Lane
from memex.index.errors import PlanError
from memex.index.plans import ALL, Filter, Plan, filter_json
from memex.index.points import JSON
from memex.index.query_vectors import Example, example_json

ONE_LANE: Plan = {"quantization": {"rescore": True, "oversampling": 4.0}}
"""No other lane makes up for what codes of two bits miss: at 4, they find what exact search does."""


class Strategy(StrEnum):
    """How several examples become one score."""

    AVERAGE = "average_vector"
    """Nearest to 2 × the mean of the liked − the mean of the disliked; needs a liked one."""
    BEST = "best_score"
    """Each session is judged by the example it is most like; disliked ones alone give what is unlike them."""
    SUM = "sum_scores"
    """Every liked example adds its score, every disliked one takes its away."""


class ContextPair(Struct, frozen=True):
    """More like the one than like the other."""

    like: Example
    unlike: Example


class Judged(Struct, frozen=True):
    """An answer that the user judged: 1 for 👍, 0 for 👎, or any shade."""

    example: Example
    score: float


class Coefficients(Struct, frozen=True):
    """Score = a · s(target) + c · Σ dᵇ · (s(better) − s(worse)), over all pairs of judged examples.

    `s` is the similarity in the lane, `d` how much better the one was judged than the other.
    """

    a: float = 1.0
    b: float = 1.0
    c: float = 0.5


BALANCED = Coefficients()


def similar(lane: Lane, example: Example, limit: int, where: Filter = ALL) -> Plan:
    return _plan(lane, {"nearest": example_json(lane, example)}, limit, where)


def diverse(
    lane: Lane, example: Example, limit: int, *, diversity: float, among: int, where: Filter = ALL
) -> Plan:
    """MMR over the `among` nearest: `diversity` from 0 (nearest first) to 1 (unlike those before)."""
    if lane in SPARSE_LANES:
        raise PlanError(f"Sessions cannot be told apart in {lane}: choose a dense lane.")
    if not 0 <= diversity <= 1:
        raise PlanError(f"A search's diversity must be from 0 to 1, not {diversity}.")
    mmr: JSON = {"diversity": diversity, "candidates_limit": among}
    return _plan(lane, {"nearest": example_json(lane, example), "mmr": mmr}, limit, where)


def recommended(
    lane: Lane,
    liked: Sequence[Example],
    disliked: Sequence[Example],
    limit: int,
    strategy: Strategy = Strategy.BEST,
    where: Filter = ALL,
) -> Plan:
    if not liked and (strategy is Strategy.AVERAGE or not disliked):
        raise PlanError("A recommendation needs an example that is liked.")
    examples: Plan = {
        "positive": [example_json(lane, each) for each in liked],
        "negative": [example_json(lane, each) for each in disliked],
        "strategy": strategy.value,
    }
    return _plan(lane, {"recommend": examples}, limit, where)


def discovered(
    lane: Lane, target: Example, context: Sequence[ContextPair], limit: int, where: Filter = ALL
) -> Plan:
    """Nearest to the target among those on the right side of most pairs.

    A score's whole part is the number of pairs won less those lost.
    """
    discover: Plan = {"target": example_json(lane, target), "context": _pairs(lane, context)}
    return _plan(lane, {"discover": discover}, limit, where)


def in_context(lane: Lane, context: Sequence[ContextPair], limit: int, where: Filter = ALL) -> Plan:
    """On the right side of every pair; a score below 0 is how far beyond the border a session lies."""
    return _plan(lane, {"context": _pairs(lane, context)}, limit, where)


def with_feedback(
    lane: Lane,
    target: Example,
    judged: Sequence[Judged],
    limit: int,
    coefficients: Coefficients = BALANCED,
    where: Filter = ALL,
) -> Plan:
    """In a dense lane. Examples all judged alike change nothing: pairs of a better and a worse one count."""
    if lane not in DENSE_LANES:
        raise PlanError(f"There is no feedback in {lane}: choose a dense lane.")
    feedback: Plan = {
        "target": example_json(lane, target),
        "feedback": [{"example": example_json(lane, each.example), "score": each.score} for each in judged],
        "strategy": {"naive": {"a": coefficients.a, "b": coefficients.b, "c": coefficients.c}},
    }
    return _plan(lane, {"relevance_feedback": feedback}, limit, where)


def by_time(limit: int, *, newest_first: bool = True, where: Filter = ALL) -> Plan:
    """Sessions whose start is not known are left out; scores say nothing."""
    order: Plan = {"key": "start_ts_dt", "direction": "desc" if newest_first else "asc"}
    return _anywhere({"order_by": order}, limit, where)


def sampled(limit: int, where: Filter = ALL) -> Plan:
    """At random, another choice each time; scores say nothing."""
    return _anywhere({"sample": "random"}, limit, where)


def _pairs(lane: Lane, context: Sequence[ContextPair]) -> JSON:
    return [
        {"positive": example_json(lane, pair.like), "negative": example_json(lane, pair.unlike)}
        for pair in context
    ]


def _plan(lane: Lane, query: JSON, limit: int, where: Filter) -> Plan:
    plan = _anywhere(query, limit, where) | {"using": str(lane)}
    return plan if lane in SPARSE_LANES else plan | {"params": ONE_LANE}


def _anywhere(query: JSON, limit: int, where: Filter) -> Plan:
    plan: Plan = {"query": query, "limit": limit}
    among = filter_json(where)
    return plan | {"filter": among} if among else plan
