"""Fields of records that may hold anything: the value when it has the type that is wanted, else nothing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from memex.transcripts.records import Record

MILLISECONDS_FROM = 1e11
"""Epoch numbers above this are milliseconds: as seconds they would lie past the year 5000."""
MAX_DEPTH = 64
NESTS = frozenset((dict, list))
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
COLOUR = re.compile(r"\x1b\[[\d;:]*m")
EMPTY: Record = {}


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def record_of(value: object) -> Record:
    return value if isinstance(value, dict) else EMPTY


def records_in(value: object) -> Iterator[Record]:
    """The objects of a list; other items are passed over."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield item


def count_of(value: object) -> int:
    """A whole number ≥ 0; 0 for anything else."""
    if type(value) is int:
        return value if 0 < value < 2**53 else 0
    if type(value) is float and 0 < value < 2**53:
        return int(value)
    return 0


def whole_number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else None


def time_of(value: object) -> datetime | None:
    """ISO 8601 or epoch seconds or milliseconds; always aware, UTC where none is said."""
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(value)
            return time if time.tzinfo else time.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def without_ansi(text: str) -> str:
    """A terminal's output as plain text."""
    return ANSI.sub("", text) if "\x1b" in text else text


def bounded(value: Any) -> Any:
    """The JSON value itself, or a short note when it nests so deep that encoding it could fail."""
    if type(value) not in NESTS or (type(value) is dict and NESTS.isdisjoint(map(type, value.values()))):
        return value
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for parent in level
            if isinstance(parent, dict | list)
            for item in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(item, dict | list)
        ]
        if not level:
            return value
    return "(nested too deep to show)"
