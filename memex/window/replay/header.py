"""The head of the pane: which session this is, and where it was read from."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from memex.core.replay import Origin, SessionOutline
from memex.core.safe_text import one_line
from memex.core.session import Outcome
from memex.window.replay.widgets.elided_label import ElidedLabel
from memex.window.wording import OUTCOME_NAMES, card_title, count, duration

_ORIGIN_NOTE = {
    Origin.GROWN: "The source has grown since it was indexed",
    Origin.ARCHIVE: "Archived copy: the source is gone or has changed",
    Origin.DIVERGED: "The source no longer agrees with the archived copy",
}


class ReplayHeader(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replayHeader")
        self._title = ElidedLabel("replayTitle")
        self._facts = ElidedLabel("replayFacts")
        self._note = ElidedLabel("replayNote")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 4)
        column.setSpacing(2)
        for label in (self._title, self._facts, self._note):
            column.addWidget(label)
        self._note.hide()

    def show_session(self, outline: SessionOutline) -> None:
        self._title.show_text(one_line(card_title(outline.card)))
        self._facts.show_text(facts_line(outline))
        note = note_line(outline)
        self._note.show_text(note)
        self._note.setVisible(bool(note))


def facts_line(outline: SessionOutline) -> str:
    card = outline.card
    facts = [count(len(outline.turns), "turn")]
    if card.branch:
        facts.append(one_line(card.branch, 60))
    if card.started_at and card.ended_at:
        facts.append(duration(card))
    if card.outcome is not Outcome.UNKNOWN:
        facts.append(OUTCOME_NAMES[card.outcome])
    if outline.files_touched:
        facts.append(count(len(outline.files_touched), "file"))
    return " · ".join(facts)


def note_line(outline: SessionOutline) -> str:
    notes = [_ORIGIN_NOTE[outline.origin]] if outline.origin in _ORIGIN_NOTE else []
    if outline.problem_count:
        notes.append(f"{count(outline.problem_count, 'line')} could not be read")
    return " · ".join(notes)
