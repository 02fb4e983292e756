"""Opening a session in the replay: asked for now, shown at its turn when the outline comes."""

import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from memex.core.errors import MemexError, SessionNotFoundError, TranscriptError
from memex.core.replay import SessionOutline
from memex.window.replay.pane import ReplayPane
from memex.window.results_model import ResultRow

WORD = re.compile(r"\w[\w./-]*")


@dataclass(frozen=True, slots=True)
class Opening:
    session: str
    turn: int = 0
    words: tuple[str, ...] = ()
    takes_keyboard: bool = True


class Opener(QObject):
    session_wanted = Signal(str)  # id
    shown = Signal(bool)  # whether the keyboard goes to the replay

    def __init__(self, replay: ReplayPane) -> None:
        super().__init__()
        self._replay = replay
        self._opening: Opening | None = None

    def open_row(self, row: ResultRow, query: str) -> None:
        """A hit opens at the turn that earned it, with its matches marked."""
        marked = [text for text, is_match in row.text.snippet if is_match]
        words = tuple(dict.fromkeys([*marked, *WORD.findall(query)]))
        self.open(Opening(row.card.id, row.text.turn or 0, words))

    @Slot(str)
    def open_id(self, session: str) -> None:
        self.open(Opening(session))

    def open(self, opening: Opening) -> None:
        self._opening = opening
        self.session_wanted.emit(opening.session)

    @Slot(object)
    def take_outline(self, outline: SessionOutline) -> None:
        opening = self._opening
        if opening is None or outline.card.id != opening.session:
            return
        self._opening = None
        self._replay.show_session(outline, opening.turn)
        self._replay.set_matches(opening.words)
        self.shown.emit(opening.takes_keyboard)

    def take_failure(self, error: MemexError) -> bool:
        """Whether the failure was of the session being opened, and so is shown in its place."""
        if self._opening is None or not isinstance(error, SessionNotFoundError | TranscriptError):
            return False
        self._opening = None
        self._replay.show_failure(str(error))
        return True
