"""What is looked for in one session: asked of the engine, and where it was found."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from PySide6.QtCore import QObject, Signal

from memex.core.replay import FindRequest, Found, FoundPlace, Place
from memex.core.session import ToolCall, Turn
from memex.engine.protocol import Failed, Reply
from memex.engine.replay_messages import FindInSession, FoundInSession
from memex.window.replay.asking import Ask, ask_nobody

MAX_TEXTS = 60
"""Different texts that an expression matched in one turn and that are marked there."""
NOTHING = FindRequest("")


class Finding(QObject):
    """The newest request counts; of an older one nothing is shown."""

    found = Signal(object)  # Found
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ask: Ask = ask_nobody
        self.request = NOTHING
        self._key = 0
        self._found = Found(0, NOTHING, (), 0, ())
        self._issue = 0

    @property
    def turns(self) -> tuple[int, ...]:
        return self._found.turns

    @property
    def result(self) -> Found:
        return self._found

    def open(self, key: int) -> None:
        """Another session: nothing is looked for in it yet."""
        self._issue += 1
        self._key, self.request = key, NOTHING
        self._found = Found(key, NOTHING, (), 0, ())

    def find(self, request: FindRequest) -> None:
        self._issue += 1
        self.request = request
        if request.pattern:
            self.ask(FindInSession(self._key, request), partial(self._take, self._issue))
        else:
            self._show(Found(self._key, request, (), 0, ()))

    def repeat(self) -> None:
        """The session has grown."""
        if self.request.pattern:
            self.find(self.request)

    def pattern(self, turn: Turn) -> re.Pattern[str] | None:
        """Marks the matches in this turn.

        No expression is run here, where one that backtracks without end would stop the window: the texts that
        the engine found are looked for word by word.
        """
        request = self._found.request
        if not request.pattern or turn.index not in self._found.turns:
            return None
        texts = [request.pattern]
        if request.is_regex:
            texts = list(islice(dict.fromkeys(_texts(turn, self._found.places)), MAX_TEXTS))
        if not texts:
            return None
        body = "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
        if request.whole_word:
            body = rf"\b(?:{body})\b"
        return re.compile(body, re.NOFLAG if request.match_case or request.is_regex else re.IGNORECASE)

    def _take(self, issue: int, reply: Reply) -> None:
        if issue != self._issue:
            return
        if isinstance(reply, Failed):
            self._show(Found(self._key, self.request, (), 0, ()))
            self.failed.emit(reply.message)
        elif isinstance(reply, FoundInSession):
            self._show(reply.found)

    def _show(self, found: Found) -> None:
        self._found = found
        self.found.emit(found)


def _texts(turn: Turn, places: tuple[FoundPlace, ...]) -> Iterator[str]:
    """The matches themselves, one line of each: rows are marked one by one."""
    for place in places:
        if place.turn == turn.index:
            whole = _text_of(turn, place)
            for start, end in place.spans:
                line = whole[start:end].split("\n", 1)[0]
                if line.strip():
                    yield line


def _text_of(turn: Turn, place: FoundPlace) -> str:
    if place.place is Place.THINKING:
        return turn.thinking
    if place.call is None:
        return turn.text
    return _text_of_call(turn.tool_calls[place.call], place) if place.call < len(turn.tool_calls) else ""


def _text_of_call(call: ToolCall, place: FoundPlace) -> str:
    if place.place is Place.OUTPUT:
        return call.result or ""
    if place.place is Place.PATH:
        return ""  # which of several paths is not told
    if place.field == "name":
        return call.name
    value: Any = call.input
    for key in filter(None, place.field.split(".")):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
    return value if isinstance(value, str) else ""
