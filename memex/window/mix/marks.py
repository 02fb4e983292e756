"""Which sessions are marked + or −, in one window; lists, tray, dialog and map say and show it here."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from memex.core.mixing import MarkedSession, SavedMix
from memex.core.search import SessionCard
from memex.window.wording import card_title

LIKE, UNLIKE = 1, -1


class Marks(QObject):
    """A session is known by its id: its key may be another's after an import."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._marked: dict[str, tuple[MarkedSession, int]] = {}

    @property
    def signs(self) -> dict[str, int]:
        """Session id → `LIKE` or `UNLIKE`."""
        return {name: sign for name, (_, sign) in self._marked.items()}

    def of(self, *signs: int) -> tuple[MarkedSession, ...]:
        """Likes first, each kind in the order in which it was marked."""
        return tuple(session for wanted in signs for session, sign in self._marked.values() if sign == wanted)

    def toggle(self, session: MarkedSession, sign: int) -> None:
        """The same mark again takes it back."""
        if self.signs.get(session.id) == sign:
            self.remove(session.id)
        else:
            self.put([session], sign)

    def put(self, sessions: Iterable[MarkedSession], sign: int) -> None:
        for session in sessions:
            self._marked.pop(session.id, None)
            self._marked[session.id] = session, sign
        self.changed.emit()

    def remove(self, session_id: str) -> None:
        if self._marked.pop(session_id, None):
            self.changed.emit()

    def clear(self) -> None:
        self.show(SavedMix())

    def show(self, mix: SavedMix) -> None:
        """These and no others."""
        self._marked = {each.id: (each, UNLIKE) for each in mix.unlikes}
        self._marked |= {each.id: (each, LIKE) for each in mix.likes}
        self.changed.emit()


def marked(card: SessionCard) -> MarkedSession:
    return MarkedSession(card.id, card_title(card))
