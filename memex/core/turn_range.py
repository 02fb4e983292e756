"""Turns as a user names them: `7`, `3-9`, `5-`, `-4`; counted from 0, both ends included."""

import re

from memex.core.errors import QueryError

TurnRange = tuple[int | None, int | None]
"""First and last; None: from the beginning, to the end."""

_RANGE = re.compile(r"(?P<first>\d{1,9})?(?P<to>-)?(?P<last>\d{1,9})?", re.ASCII)


def turn_range(text: str) -> TurnRange:
    found = _RANGE.fullmatch(text.strip())
    if not found or not (found["first"] or found["last"]):
        raise QueryError(f"“{text}” names no turns: write 7, 3-9, 5- or -4, counting from 0.")
    first = int(found["first"]) if found["first"] else None
    last = int(found["last"]) if found["last"] else None
    if not found["to"]:
        return first, first
    if first is not None and last is not None and first > last:
        raise QueryError(f"“{text}” ends before it begins: write the lower turn first.")
    return first, last


def within(first: int | None, last: int | None, count: int) -> range:
    """The turns of a session that has `count`; one that it has not got is refused."""
    for named in (first, last):
        if named is not None and named >= count:
            raise QueryError(f"This session has {count} turns, counted from 0: it has no turn {named}.")
    return range(first or 0, count if last is None else last + 1)
