"""Formulas of REST JSON as qdrant_edge objects: arithmetic over the scores of prefetches and over payload.

Give a default for every payload variable: without one, a point that lacks it fails the whole query.
"""

from collections.abc import Callable

import qdrant_edge as edge

from memex.index.edge_filters import edge_condition
from memex.index.plan_reader import plan_choice, plan_list, plan_number, plan_object, plan_text
from memex.index.points import JSON

Expression = edge.Expression

_DECAY = frozenset({"x", "target", "scale", "midpoint"})
_DIV = frozenset({"left", "right", "by_zero_default"})
_MIDPOINT = 0.5
"""The server's default."""


def edge_formula(spec: JSON) -> edge.Formula:
    given = plan_object(spec, frozenset({"formula", "defaults"}), "query")
    defaults = plan_object(given.get("defaults", {}), None, "formula's defaults")
    return edge.Formula(_expression(given["formula"]), defaults)


def _expression(spec: JSON) -> edge.Expression:
    if isinstance(spec, str):
        return Expression.Variable(spec)
    if not isinstance(spec, dict):
        return Expression.Constant(plan_number(spec, "formula"))
    if len(spec) == 1 and spec.keys() <= _OPERATORS.keys():
        return plan_choice(spec, _OPERATORS, "formula")
    return Expression.Condition(edge_condition(spec))


def _expressions(spec: JSON) -> list[edge.Expression]:
    return [_expression(item) for item in plan_list(spec, "formula")]


def _div(spec: JSON) -> edge.Expression:
    given = plan_object(spec, _DIV, "div")
    by_zero = plan_number(given["by_zero_default"], "by_zero_default") if "by_zero_default" in given else None
    return Expression.Div(_expression(given.get("left")), _expression(given.get("right")), by_zero)


def _decay(kind: edge.DecayKind) -> Callable[[JSON], edge.Expression]:
    def read(spec: JSON) -> edge.Expression:
        given = plan_object(spec, _DECAY, "decay")
        return Expression.Decay(
            kind=kind,
            x=_expression(given.get("x")),
            target=_expression(given.get("target", 0.0)),
            midpoint=plan_number(given.get("midpoint", _MIDPOINT), "midpoint"),
            scale=plan_number(given.get("scale", 1.0), "scale"),
        )

    return read


_OPERATORS: dict[str, Callable[[JSON], edge.Expression]] = {
    "sum": lambda spec: Expression.Sum(_expressions(spec)),
    "mult": lambda spec: Expression.Mult(_expressions(spec)),
    "neg": lambda spec: Expression.Neg(_expression(spec)),
    "abs": lambda spec: Expression.Abs(_expression(spec)),
    "sqrt": lambda spec: Expression.Sqrt(_expression(spec)),
    "div": _div,
    "datetime": lambda spec: Expression.Datetime(plan_text(spec, "datetime")),
    "datetime_key": lambda spec: Expression.DatetimeKey(plan_text(spec, "datetime_key")),
    "lin_decay": _decay(edge.DecayKind.Lin),
    "exp_decay": _decay(edge.DecayKind.Exp),
    "gauss_decay": _decay(edge.DecayKind.Gauss),
}
