"""The turns of one session by number: those at hand, and the rest asked for in pages around the reader."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from memex.core.session import Turn
from memex.core.steps.context import StepContext
from memex.engine.protocol import Failed, Reply
from memex.engine.replay_messages import GetTurns, Turns
from memex.window.replay.asking import Ask, ask_nobody
from memex.window.replay.turn_cache import TurnCache


class TurnSource(QObject):
    arrived = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ask: Ask = ask_nobody
        self.context = StepContext()
        self._key = 0
        self._cache = TurnCache()
        self._issue = 0
        """Of the session as it stands: an answer to an older question is dropped."""

    def __len__(self) -> int:
        """Turns at hand."""
        return len(self._cache)

    def open(self, key: int, count: int) -> None:
        self._issue += 1
        self._key = key
        self._cache = TurnCache(count)
        self.context = StepContext()

    def close(self) -> None:
        self.open(0, 0)

    def grow(self, first: int, count: int) -> None:
        """The turns from `first` on are new or have changed; there are `count` of them in all."""
        self._issue += 1
        self._cache.grow(first, count)

    def turn(self, number: int) -> Turn | None:
        return self._cache.get(number)

    def is_missing(self, number: int) -> bool:
        """Its page came without it."""
        return self._cache.has_page_of(number) and self._cache.get(number) is None

    def want(self, number: int, direction: int) -> None:
        """The turn, and those that lie next in that direction."""
        for first, count in self._cache.ask(number, direction):
            self.ask(GetTurns(self._key, first, count), partial(self._take, self._issue))

    def forget_asked(self) -> None:
        """What was asked for will not come."""
        self._issue += 1
        self._cache.forget_asked()

    def _take(self, issue: int, reply: Reply) -> None:
        if issue != self._issue:
            return
        if isinstance(reply, Failed):
            self._cache.forget_asked()
            self.failed.emit(reply.message)
        elif isinstance(reply, Turns):
            self._cache.put(reply.page.turns)
            self.context = self.context.joined(reply.page.context)
            self.arrived.emit()
