"""The kinds of query in REST JSON as qdrant_edge objects; `edge_examples` has replaced ids by then."""

from collections.abc import Callable
from typing import TypeAlias

import qdrant_edge as edge

from memex.index.average_vector import average_vector
from memex.index.edge_formula import edge_formula
from memex.index.errors import PlanError
from memex.index.plan_reader import plan_choice, plan_int, plan_list, plan_number, plan_object, plan_text
from memex.index.points import JSON

ScoringQuery: TypeAlias = edge.Query | edge.Fusion | edge.Formula | edge.Mmr | edge.OrderBy | edge.Sample
NamedVector: TypeAlias = list[float] | list[list[float]] | edge.SparseVector
Reader: TypeAlias = Callable[[JSON], ScoringQuery]

_RRF_K = 2
_DIVERSITY = 0.5
"""The server's defaults."""
_DIRECTIONS = {"asc": edge.Direction.Asc, "desc": edge.Direction.Desc}


def edge_query(query: JSON, using: str | None, limit: int) -> ScoringQuery:
    """`limit` is the request's own: so many candidates MMR has where it is not told."""
    if isinstance(query, dict) and "formula" in query:
        return edge_formula(query)
    if isinstance(query, dict) and query.get("mmr") is not None:
        return _mmr(query, using, limit)
    readers: dict[str, Reader] = {
        "nearest": lambda vector: edge.Query.Nearest(_vector(vector), using=using),
        "recommend": lambda spec: _recommend(spec, using),
        "discover": lambda spec: _discover(spec, using),
        "context": lambda spec: edge.Query.Context(edge.ContextQuery(_pairs(spec)), using=using),
        "relevance_feedback": lambda spec: _feedback(spec, using),
        "order_by": _order_by,
        "sample": _sample,
        "fusion": _fusion,
        "rrf": _rrf,
    }
    return plan_choice(query if isinstance(query, dict) else {"nearest": query}, readers, "query")


def _vector(spec: JSON) -> NamedVector:
    """Dense, sparse or several."""
    if isinstance(spec, dict):
        return _sparse(spec)
    rows = plan_list(spec, "vector")
    if rows and isinstance(rows[0], list):
        return [_numbers(row) for row in rows]
    return _numbers(rows)


def _vectors(spec: JSON, what: str) -> list[NamedVector]:
    return [_vector(item) for item in plan_list(spec, what)]


def _sparse(spec: JSON) -> edge.SparseVector:
    parts = plan_object(spec, frozenset({"indices", "values"}), "sparse vector")
    indices = [plan_int(index, "index") for index in plan_list(parts.get("indices"), "indices")]
    values = _numbers(parts.get("values"))
    if len(indices) != len(values):
        raise PlanError("The search plan's sparse vector must have as many indices as values.")
    return edge.SparseVector(indices=indices, values=values)


def _numbers(spec: JSON) -> list[float]:
    """The list itself where all are floats, as in any vector of numpy's: there is one per lane and query."""
    numbers = plan_list(spec, "vector")
    if set(map(type, numbers)) == {float}:
        return numbers  # type: ignore[return-value]
    return [plan_number(number, "vector") for number in numbers]


def _mmr(query: dict[str, JSON], using: str | None, limit: int) -> edge.Mmr:
    given = plan_object(query, frozenset({"nearest", "mmr"}), "query")
    mmr = plan_object(given["mmr"], frozenset({"diversity", "candidates_limit"}), "mmr")
    diversity = plan_number(mmr.get("diversity", _DIVERSITY), "diversity")
    among = plan_int(mmr.get("candidates_limit", limit), "candidates_limit")
    return edge.Mmr(_vector(given.get("nearest")), 1.0 - diversity, among, using)


def _recommend(spec: JSON, using: str | None) -> edge.Query:
    given = plan_object(spec, frozenset({"positive", "negative", "strategy"}), "recommend")
    liked = plan_list(given.get("positive", []), "positive")
    disliked = plan_list(given.get("negative", []), "negative")
    strategy = given.get("strategy", "average_vector")
    if strategy == "average_vector":
        return edge.Query.Nearest(_vector(average_vector(liked, disliked)), using=using)
    examples = edge.RecommendQuery(_vectors(liked, "positive"), _vectors(disliked, "negative"))
    match strategy:
        case "best_score":
            return edge.Query.RecommendBestScore(examples, using=using)
        case "sum_scores":
            return edge.Query.RecommendSumScores(examples, using=using)
    raise PlanError(f"The search plan's strategy is not known: {strategy!r:.60}.")


def _discover(spec: JSON, using: str | None) -> edge.Query:
    given = plan_object(spec, frozenset({"target", "context"}), "discover")
    query = edge.DiscoverQuery(_vector(given.get("target")), _pairs(given.get("context")))
    return edge.Query.Discover(query, using=using)


def _pairs(spec: JSON) -> list[edge.ContextPair]:
    """REST allows a single pair in place of a list of one."""
    items = [spec] if isinstance(spec, dict) else plan_list(spec, "context")
    pairs = [plan_object(item, frozenset({"positive", "negative"}), "pair") for item in items]
    return [edge.ContextPair(_vector(pair.get("positive")), _vector(pair.get("negative"))) for pair in pairs]


def _feedback(spec: JSON, using: str | None) -> edge.Query:
    given = plan_object(spec, frozenset({"target", "feedback", "strategy"}), "relevance_feedback")
    items = [
        plan_object(item, frozenset({"example", "score"}), "feedback item")
        for item in plan_list(given.get("feedback"), "feedback")
    ]
    judged = [
        edge.FeedbackItem(_vector(item.get("example")), plan_number(item.get("score"), "score"))
        for item in items
    ]
    naive = plan_choice(given.get("strategy"), {"naive": _coefficients}, "feedback strategy")
    query = edge.FeedbackNaiveQuery(_vector(given.get("target")), judged, naive)
    return edge.Query.FeedbackNaive(query, using=using)


def _coefficients(spec: JSON) -> edge.NaiveFeedbackStrategy:
    given = plan_object(spec, frozenset("abc"), "coefficients")
    return edge.NaiveFeedbackStrategy(*(plan_number(given.get(name), name) for name in "abc"))


def _order_by(spec: JSON) -> edge.OrderBy:
    given: JSON = {"key": spec} if isinstance(spec, str) else spec
    order = plan_object(given, frozenset({"key", "direction"}), "order_by")
    direction = plan_text(order.get("direction", "asc"), "direction")
    if direction not in _DIRECTIONS:
        raise PlanError(f"The search plan's direction must be asc or desc, not {direction!r:.60}.")
    return edge.OrderBy(plan_text(order.get("key"), "order_by"), _DIRECTIONS[direction])


def _sample(spec: JSON) -> edge.Sample:
    if spec != "random":
        raise PlanError(f"The search plan's sample must be random, not {spec!r:.60}.")
    return edge.Sample.Random


def _fusion(spec: JSON) -> edge.Fusion:
    match spec:
        case "rrf":
            return _rrf({})
        case "dbsf":
            return edge.Fusion.Dbsf()  # type: ignore[return-value]  # a subclass, though the stub hides it
    raise PlanError(f"The search plan's fusion must be rrf or dbsf, not {spec!r:.60}.")


def _rrf(spec: JSON) -> edge.Fusion:
    given = plan_object(spec, frozenset({"k", "weights"}), "rrf")
    k = plan_int(given.get("k", _RRF_K), "rrf k")
    if k < 1:
        raise PlanError("The search plan's rrf k must be at least 1.")  # with 0, the first score is infinite
    weights = _numbers(given["weights"]) if "weights" in given else None
    return edge.Fusion.Rrf(k=k, weights=weights)  # type: ignore[return-value]
