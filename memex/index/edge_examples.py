"""Examples given by id: the server looks their vectors up, for Edge it is done here, from JSON to JSON."""

from collections.abc import Callable, Mapping, Sequence

from memex.index.plan_reader import plan_list, plan_object, plan_text
from memex.index.points import JSON

VectorsOf = Callable[[str, Sequence[str]], Mapping[str, JSON]]
"""(slot, ids) → the vectors of these points; raises IndexingError for a point that has none there."""
Rewrite = Callable[[JSON], JSON]


def without_ids(plan: JSON, vectors_of: VectorsOf) -> JSON:
    """Every id's vector in its place. Like the server, the answer leaves those points out."""
    if not isinstance(plan, dict):
        return plan
    plan = _prefetches_without_ids(plan, vectors_of)
    ids: list[str] = []
    query = _each_example(plan.get("query"), lambda example: _noted(example, ids))
    if not ids:
        return plan
    vectors = vectors_of(plan_text(plan.get("using"), "using"), ids)
    query = _each_example(query, lambda example: vectors[example] if isinstance(example, str) else example)
    others: dict[str, JSON] = {"must_not": [{"has_id": [*ids]}]}
    if plan.get("filter"):
        others["must"] = [plan["filter"]]
    return plan | {"query": query, "filter": others}


def _prefetches_without_ids(plan: dict[str, JSON], vectors_of: VectorsOf) -> dict[str, JSON]:
    match plan.get("prefetch"):
        case list() as several:
            return plan | {"prefetch": [without_ids(one, vectors_of) for one in several]}
        case dict() as single:
            return plan | {"prefetch": without_ids(single, vectors_of)}
    return plan


def _each_example(query: JSON, rewrite: Rewrite) -> JSON:
    """The query with each of its examples rewritten."""
    if not isinstance(query, dict):
        return query if query is None else rewrite(query)
    return query | {kind: _EXAMPLES[kind](query[kind], rewrite) for kind in query.keys() & _EXAMPLES.keys()}


def _in_lists(given: JSON, rewrite: Rewrite) -> JSON:
    recommend = plan_object(given, None, "recommend")
    sides: dict[str, JSON] = {
        side: [rewrite(example) for example in plan_list(recommend[side], side)]
        for side in ("positive", "negative")
        if side in recommend
    }
    return recommend | sides


def _in_pairs(given: JSON, rewrite: Rewrite) -> JSON:
    """REST allows a single pair in place of a list of one."""
    pairs = [given] if isinstance(given, dict) else plan_list(given, "context")
    return [
        {side: rewrite(example) for side, example in plan_object(pair, None, "pair").items()}
        for pair in pairs
    ]


def _in_discovery(given: JSON, rewrite: Rewrite) -> JSON:
    discover = plan_object(given, None, "discover")
    rewritten: dict[str, JSON] = {}
    if "target" in discover:
        rewritten["target"] = rewrite(discover["target"])
    if "context" in discover:
        rewritten["context"] = _in_pairs(discover["context"], rewrite)
    return discover | rewritten


def _in_feedback(given: JSON, rewrite: Rewrite) -> JSON:
    feedback = plan_object(given, None, "relevance_feedback")
    rewritten: dict[str, JSON] = {"target": rewrite(feedback["target"])} if "target" in feedback else {}
    judged = [
        plan_object(item, None, "feedback item") for item in plan_list(feedback.get("feedback"), "feedback")
    ]
    rewritten["feedback"] = [item | {"example": rewrite(item.get("example"))} for item in judged]
    return feedback | rewritten


_EXAMPLES: dict[str, Callable[[JSON, Rewrite], JSON]] = {
    "nearest": lambda example, rewrite: rewrite(example),
    "recommend": _in_lists,
    "discover": _in_discovery,
    "context": _in_pairs,
    "relevance_feedback": _in_feedback,
}


def _noted(example: JSON, ids: list[str]) -> JSON:
    if isinstance(example, str):
        ids.append(example)
    return example
