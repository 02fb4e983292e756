"""Reads REST JSON strictly: what is not understood is an error, for a filter passed over finds too much."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from memex.index.errors import PlanError
from memex.index.points import JSON

T = TypeVar("T")


def plan_object(spec: JSON, known: frozenset[str] | None, what: str) -> dict[str, JSON]:
    """`spec` without its nulls, if it is an object with no other than the `known` keys (None: any)."""
    if not isinstance(spec, dict):
        raise PlanError(f"The search plan's {what} must be an object, not {spec!r:.60}.")
    unknown = spec.keys() - known if known is not None else set()
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise PlanError(f"The search plan's {what} has {names}, which the embedded index cannot do.")
    return {key: value for key, value in spec.items() if value is not None}


def plan_list(spec: JSON, what: str) -> list[JSON]:
    if not isinstance(spec, list):
        raise PlanError(f"The search plan's {what} must be a list, not {spec!r:.60}.")
    return spec


def plan_text(spec: JSON, what: str) -> str:
    if not isinstance(spec, str):
        raise PlanError(f"The search plan's {what} must be a text, not {spec!r:.60}.")
    return spec


def plan_number(spec: JSON, what: str) -> float:
    if isinstance(spec, bool) or not isinstance(spec, int | float):
        raise PlanError(f"The search plan's {what} must be a number, not {spec!r:.60}.")
    return spec


def plan_int(spec: JSON, what: str) -> int:
    if isinstance(spec, bool) or not isinstance(spec, int):
        raise PlanError(f"The search plan's {what} must be a whole number, not {spec!r:.60}.")
    return spec


def plan_bool(spec: JSON, what: str) -> bool:
    if not isinstance(spec, bool):
        raise PlanError(f"The search plan's {what} must be true or false, not {spec!r:.60}.")
    return spec


def plan_choice(spec: JSON, readers: Mapping[str, Callable[[JSON], T]], what: str) -> T:
    """An object with one key, which says how its value is read."""
    given = plan_object(spec, frozenset(readers), what)
    if len(given) != 1:
        raise PlanError(f"The search plan's {what} must have one of {', '.join(readers)}, not {list(given)}.")
    [(key, value)] = given.items()
    return readers[key](value)
