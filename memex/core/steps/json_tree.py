"""A JSON value as a tree whose branches are named when they are opened."""

from typing import Any

import msgspec

from memex.core.safe_text import one_line

CHILDREN = 200
"""Of one branch shown at a time."""
LONGEST_PARSED = 2_000_000
LONGEST_VALUE = 300


def parsed_json(text: str) -> Any:
    """The object or list that a text is; None for any other text."""
    if text.lstrip()[:1] not in ("{", "[") or len(text) > LONGEST_PARSED:
        return None
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return value if is_branch(value) else None


def is_branch(value: Any) -> bool:
    """Whether it has anything to be opened."""
    return isinstance(value, dict | list) and bool(value)


def children_of(value: Any, first: int = 0) -> list[tuple[str, Any]]:
    """At most `CHILDREN` names and values from `first` on."""
    if isinstance(value, dict):
        names = list(value)[first : first + CHILDREN]
        return [(str(name), value[name]) for name in names]
    if isinstance(value, list):
        return [(str(first + n), item) for n, item in enumerate(value[first : first + CHILDREN])]
    return []


def is_long_text(value: Any) -> bool:
    """Whether it is better shown as lines than behind its name."""
    return isinstance(value, str) and (len(value) > LONGEST_VALUE or "\n" in value)


def preview(value: Any) -> str:
    """The value on one line; of a branch, how much it holds."""
    match value:
        case dict():
            return f"{{{len(value):,}}}" if value else "{}"
        case list():
            return f"[{len(value):,}]" if value else "[]"
        case str():
            return one_line(value, LONGEST_VALUE) or '""'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)[:LONGEST_VALUE]
