"""Filters of REST JSON as qdrant_edge objects."""

from typing import TYPE_CHECKING

import numpy as np
import qdrant_edge as edge

from memex.index.errors import PlanError
from memex.index.plan_reader import plan_choice, plan_list, plan_number, plan_object, plan_text
from memex.index.points import JSON

if TYPE_CHECKING:
    from qdrant_edge import ConditionType as Condition  # the stub has it, the module not
    from qdrant_edge import MatchType as Match

_CLAUSES = frozenset({"must", "should", "must_not"})
_BOUNDS = frozenset({"gte", "gt", "lte", "lt"})


def edge_filter(spec: JSON) -> edge.Filter:
    clauses = plan_object(spec, _CLAUSES, "filter")
    return edge.Filter(
        must=_conditions(clauses, "must"),
        should=_conditions(clauses, "should"),
        must_not=_conditions(clauses, "must_not"),
    )


def edge_condition(spec: JSON) -> "Condition":
    """Told by its keys, as the REST API does."""
    if isinstance(spec, dict) and "key" in spec:
        return _field(spec)
    if isinstance(spec, dict) and _CLAUSES & spec.keys():
        return edge_filter(spec)
    return plan_choice(
        spec, {"has_id": _has_id, "has_vector": _has_vector, "is_empty": _is_empty}, "condition"
    )


def _conditions(clauses: dict[str, JSON], clause: str) -> "list[Condition] | None":
    """REST allows a single condition in place of a list of one."""
    if clause not in clauses:
        return None
    given = clauses[clause]
    return [
        edge_condition(item) for item in ([given] if isinstance(given, dict) else plan_list(given, clause))
    ]


def _has_id(spec: JSON) -> "Condition":
    points = plan_list(spec, "has_id")
    if not set(map(type, points)) <= {str}:
        raise PlanError("The search plan's has_id must be a list of texts.")
    return edge.HasIdCondition(set(points))  # type: ignore[arg-type]


def _has_vector(spec: JSON) -> "Condition":
    return edge.HasVectorCondition(plan_text(spec, "has_vector"))


def _is_empty(spec: JSON) -> "Condition":
    field = plan_object(spec, frozenset({"key"}), "is_empty")
    return edge.IsEmptyCondition(plan_text(field.get("key"), "is_empty"))


def _field(spec: JSON) -> "Condition":
    condition = plan_object(spec, frozenset({"key", "match", "range"}), "field condition")
    key = plan_text(condition.pop("key", None), "field condition's key")
    if len(condition) != 1:
        raise PlanError(f"The search plan's condition on {key} must have either a match or a range.")
    if "match" in condition:
        return edge.FieldCondition(key, match=plan_choice(condition["match"], _MATCHES, "match"))
    return edge.FieldCondition(key, range=_range(condition["range"]))


def _match_value(spec: JSON) -> "Match":
    """A Python bool becomes the integer 1 in qdrant-edge 0.9.0 and never matches; numpy's does not."""
    match spec:
        case bool():
            return edge.MatchValue(np.bool_(spec))  # type: ignore[arg-type]
        case str() | int():
            return edge.MatchValue(spec)
    raise PlanError(f"The search plan cannot match {spec!r:.60}.")


def _match_any(spec: JSON) -> "Match":
    return edge.MatchAny(_keywords(spec))


def _match_except(spec: JSON) -> "Match":
    return edge.MatchExcept(_keywords(spec))


def _match_text(spec: JSON) -> "Match":
    return edge.MatchText(plan_text(spec, "match"))


def _match_phrase(spec: JSON) -> "Match":
    return edge.MatchPhrase(plan_text(spec, "match"))


_MATCHES = {
    "value": _match_value,
    "any": _match_any,
    "except": _match_except,
    "text": _match_text,
    "phrase": _match_phrase,
}


def _keywords(spec: JSON) -> list[str] | list[int]:
    """Texts or integers, never mixed; bools are refused for the bug named at `_match_value`."""
    values = plan_list(spec, "match")
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if type(value) is int]
    if len(values) == len(texts):
        return texts
    if len(values) == len(numbers):
        return numbers
    raise PlanError(f"The search plan can match any of several texts or whole numbers, not {values!r:.60}.")


def _range(spec: JSON) -> edge.RangeFloat | edge.RangeDateTime:
    bounds = plan_object(spec, _BOUNDS, "range")
    if any(isinstance(bound, str) for bound in bounds.values()):
        return edge.RangeDateTime(**{side: plan_text(bound, "range") for side, bound in bounds.items()})
    return edge.RangeFloat(**{side: plan_number(bound, "range") for side, bound in bounds.items()})
