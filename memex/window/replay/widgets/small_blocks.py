"""Checklists, questions, addresses, notes and links: blocks of a few lines of words."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from memex.core.safe_text import one_line, visible
from memex.core.steps.blocks import (
    CheckItem,
    Checklist,
    CheckState,
    Note,
    Question,
    Questions,
    TurnLink,
    WebLink,
    WebLinks,
)
from memex.window.controls import make_label
from memex.window.replay.glyphs import Glyph, glyph_pixmap
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.elided_label import ElidedLabel

GAP = 8
_STATE_GLYPH = {
    CheckState.OPEN: Glyph.BOX,
    CheckState.ACTIVE: Glyph.ACTIVE,
    CheckState.DONE: Glyph.DONE,
    CheckState.DROPPED: Glyph.BOX,
}


class ChecklistView(QWidget):
    def __init__(self, checklist: Checklist, context: BlockContext) -> None:
        super().__init__()
        self._context = context
        column = _column(self, 4)
        for item in checklist.items:
            row = QHBoxLayout()
            row.setSpacing(GAP)
            row.addWidget(self._box(item.state), 0, Qt.AlignmentFlag.AlignTop)
            is_over = item.is_gone or item.state is CheckState.DROPPED
            label = plain_label(item.text, "checkItem", "gone" if is_over else str(item.state))
            row.addWidget(label, 1)
            if change := change_in_words(item):
                row.addWidget(make_label(change, "checkChange"), 0, Qt.AlignmentFlag.AlignTop)
            column.addLayout(row)

    def _box(self, state: CheckState) -> QLabel:
        palette = self._context.palette
        colour = palette.accent if state is CheckState.ACTIVE else palette.muted
        label = QLabel()
        label.setAccessibleName(state.value)
        label.setPixmap(glyph_pixmap(_STATE_GLYPH[state], colour, 16, self.devicePixelRatioF()))
        return label


def change_in_words(item: CheckItem) -> str:
    if item.is_gone:
        return "removed"
    if item.is_new:
        return "new"
    words = {
        CheckState.ACTIVE: "started",
        CheckState.DONE: "done now",
        CheckState.OPEN: "reopened",
        CheckState.DROPPED: "dropped",
    }
    return words[item.state] if item.was is not None else ""


class QuestionsView(QWidget):
    def __init__(self, questions: Questions, context: BlockContext) -> None:
        super().__init__()
        column = _column(self, 2 * GAP)
        for question in questions.items:
            column.addLayout(self._question(question, context))

    def _question(self, question: Question, context: BlockContext) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(plain_label(question.text, "question"))
        for option in question.options:
            row = QHBoxLayout()
            row.setSpacing(GAP)
            glyph = Glyph.DONE if option.is_chosen else Glyph.BOX
            colour = context.palette.accent if option.is_chosen else context.palette.muted
            mark = QLabel()
            mark.setAccessibleName("chosen" if option.is_chosen else "not chosen")
            mark.setPixmap(glyph_pixmap(glyph, colour, 16, self.devicePixelRatioF()))
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(plain_label(option.label, "option", "chosen" if option.is_chosen else "open"))
            if option.description:
                words.addWidget(plain_label(option.description, "note"))
            row.addLayout(words, 1)
            column.addLayout(row)
        if question.answer:
            column.addWidget(plain_label(f"Answer: {question.answer}", "option", "chosen"))
        return column


class WebLinksView(QWidget):
    """Addresses to be read and copied; a click opens none."""

    def __init__(self, links: WebLinks) -> None:
        super().__init__()
        column = _column(self, 4)
        for link in links.links:
            column.addWidget(_link_title(link))


def note_label(note: Note) -> QLabel:
    return plain_label(note.text, "note", str(note.tone))


def turn_link(link: TurnLink, context: BlockContext) -> QPushButton:
    button = link_button(f"{link.label} in turn {link.turn + 1:,}")
    button.setProperty("solution", link.is_solution)
    button.clicked.connect(partial(_go, context, link.turn))
    return button


def link_button(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName("linkButton")
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def plain_label(text: str, name: str, tone: str = "") -> QLabel:
    label = make_label(visible(text), name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("tone", tone)
    label.setMinimumWidth(1)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def rule() -> QFrame:
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def _link_title(link: WebLink) -> ElidedLabel:
    label = ElidedLabel("webLink")
    label.show_text(f"{one_line(link.title)}   {one_line(link.url)}" if link.title else one_line(link.url))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _go(context: BlockContext, turn: int) -> None:
    context.go_to_turn(turn)


def _column(widget: QWidget, spacing: int) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    return column
