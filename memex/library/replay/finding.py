"""Find in a session: every text of every turn, tool output too, by words or by a regular expression.

The engine answers one request after another, so a search has a time that it may take: `regex` (unlike `re`)
stops an expression that backtracks without end.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from memex.core.errors import QueryError
from memex.core.replay import FindRequest, Found, FoundPlace, Place
from memex.core.session import Role, Session, ToolCall, Turn

SECONDS = 2.0
"""For the whole session."""
SPANS = 100
"""Told of one place."""
PLACES = 2_000
"""Told of a session; what is past them is counted."""
LONGEST_PATTERN = 1_000
DEEPEST_INPUT = 60


@dataclass(frozen=True, slots=True)
class SearchedText:
    text: str
    place: Place
    call: int | None = None
    field: str = ""


def find_in_session(key: int, session: Session, request: FindRequest) -> Found:
    if not request.pattern:
        return Found(key, request, (), 0, ())
    pattern = _compiled(request)
    deadline = time.monotonic() + SECONDS
    places: list[FoundPlace] = []
    turns: dict[int, None] = {}
    total = 0
    for turn in session.turns:
        for searched in texts_of(turn):
            spans, count = _spans(pattern, searched.text, deadline)
            if not count:
                continue
            total += count
            turns[turn.index] = None
            if len(places) < PLACES:
                places.append(
                    FoundPlace(turn.index, searched.place, spans, count, searched.call, searched.field)
                )
    return Found(key, request, tuple(places), total, tuple(turns))


def texts_of(turn: Turn) -> Iterator[SearchedText]:
    """In the order in which they are shown."""
    if turn.thinking:
        yield SearchedText(turn.thinking, Place.THINKING)
    if turn.text:
        yield SearchedText(turn.text, Place.PROSE if turn.role is Role.ASSISTANT else Place.PROMPT)
    for index, call in enumerate(turn.tool_calls):
        yield from _texts_of_call(index, call)


def _texts_of_call(index: int, call: ToolCall) -> Iterator[SearchedText]:
    yield SearchedText(call.name, Place.INPUT, index, "name")
    paths = {touch.path for touch in call.files}
    for path in dict.fromkeys(touch.path for touch in call.files):
        yield SearchedText(path, Place.PATH, index)
    for field, text in _strings(call.input, (), DEEPEST_INPUT):
        if text not in paths:
            yield SearchedText(text, Place.INPUT, index, field)
    if call.result:
        yield SearchedText(call.result, Place.OUTPUT, index)


def _strings(value: Any, keys: tuple[str, ...], depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield ".".join(keys), value
    elif depth and isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, (*keys, str(key)), depth - 1)
    elif depth and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, (*keys, str(number)), depth - 1)


def _compiled(request: FindRequest) -> "regex.Pattern[str]":
    if len(request.pattern) > LONGEST_PATTERN:
        raise QueryError(f"That is too long to look for: {LONGEST_PATTERN:,} characters are the most.")
    source = request.pattern if request.is_regex else regex.escape(request.pattern)
    if request.whole_word:
        source = rf"\b(?:{source})\b"
    flags = regex.MULTILINE if request.match_case else regex.MULTILINE | regex.IGNORECASE
    try:
        return regex.compile(source, flags)
    except (regex.error, RecursionError, OverflowError) as refusal:
        raise QueryError(f"This regular expression cannot be read: {refusal}.") from refusal


def _spans(
    pattern: "regex.Pattern[str]", text: str, deadline: float
) -> tuple[tuple[tuple[int, int], ...], int]:
    """The first matches and how many there are; a match of nothing is none."""
    spans: list[tuple[int, int]] = []
    count = 0
    try:
        for found in pattern.finditer(text, timeout=max(deadline - time.monotonic(), 1e-3), concurrent=True):
            if found.end() == found.start():
                continue
            count += 1
            if count <= SPANS:
                spans.append(found.span())
    except TimeoutError as cause:
        raise QueryError(
            "This expression takes too long in this session: make it simpler, or look for plain words."
        ) from cause
    return tuple(spans), count
