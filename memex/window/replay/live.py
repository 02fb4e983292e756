"""Whether a session is followed as it grows."""

from datetime import timedelta

from PySide6.QtCore import QObject, Signal

from memex.core.replay import Origin, SessionOutline
from memex.engine.protocol import Reply
from memex.engine.replay_messages import FollowSession, UnfollowSession
from memex.window.clock import local_now
from memex.window.replay.asking import Ask, ask_nobody

RECENT = timedelta(hours=1)
"""A session whose last turn is no older is followed unasked: it may well be going on."""


class Live(QObject):
    changed = Signal(bool, bool)  # whether it is followed, and whether it can be

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ask: Ask = ask_nobody
        self._key: int | None = None
        self._is_possible = False
        self._is_on = False

    @property
    def is_on(self) -> bool:
        return self._is_on

    def open(self, outline: SessionOutline) -> None:
        if self._key != outline.card.key:
            self.close()
        self._key = outline.card.key
        self._is_possible = outline.origin in (Origin.SOURCE, Origin.GROWN)
        ended = outline.ended_at
        is_recent = ended is not None and local_now() - ended <= RECENT
        self.set_on(self._is_possible and (self._is_on or is_recent))

    def set_on(self, is_on: bool) -> None:
        is_on = is_on and self._is_possible
        if is_on is not self._is_on and self._key is not None:
            self._is_on = is_on
            self.ask(FollowSession(self._key) if is_on else UnfollowSession(self._key), _take)
        self.changed.emit(self._is_on, self._is_possible)

    def renew(self) -> None:
        """An engine that has just started follows nothing."""
        if self._is_on and self._key is not None:
            self.ask(FollowSession(self._key), _take)

    def close(self) -> None:
        self.set_on(False)
        self._key = None


def _take(reply: Reply) -> None:
    """A session that cannot be followed is shown all the same."""
