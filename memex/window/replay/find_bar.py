"""Find in the session: words or a regular expression, in tool output too; how many, and to the next."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from memex.core.replay import FindRequest, Found
from memex.window.commands import tip
from memex.window.controls import make_tool_button
from memex.window.replay.glyphs import Glyph, glyph_icon
from memex.window.replay.widgets.elided_label import ElidedLabel
from memex.window.theme import Palette
from memex.window.wording import count

PAUSE_MS = 150
"""After the last key, before the session is searched."""


class FindBar(QWidget):
    wanted = Signal(object)  # FindRequest; of an empty pattern when there is nothing to find
    step_wanted = Signal(int)  # 1: to the next match, -1: to the one before
    closed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._line = QLineEdit()
        self._line.setPlaceholderText("Find in this session")
        self._line.setAccessibleName("Find in this session")
        self._line.setClearButtonEnabled(True)
        self._case = _toggle("Aa", "Match case")
        self._whole = _toggle("“w”", "Whole words")
        self._regex = _toggle(".*", "Regular expression")
        self._said = ElidedLabel("findSaid")
        self._previous = _button("", tip("replay.previous_match"))
        self._next = _button("", tip("replay.next_match"))
        self._close = _button("", "Close (Esc)")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._want)
        self._line.textChanged.connect(self._on_text_changed)
        for toggle in (self._case, self._whole, self._regex):
            toggle.toggled.connect(self._want)
        self._previous.clicked.connect(partial(self._step, -1))
        self._next.clicked.connect(partial(self._step, 1))
        self._close.clicked.connect(self.close_bar)
        self._lay_out()
        self.set_palette(palette)
        self.hide()

    @property
    def request(self) -> FindRequest:
        return FindRequest(
            self._line.text(),
            is_regex=self._regex.isChecked(),
            match_case=self._case.isChecked(),
            whole_word=self._whole.isChecked(),
        )

    def set_palette(self, palette: Palette) -> None:
        for button, glyph in (
            (self._previous, Glyph.BACK),
            (self._next, Glyph.CLOSED),
            (self._close, Glyph.ERROR),
        ):
            button.setIcon(glyph_icon(glyph, palette.text, palette.hairline))

    def open_bar(self) -> None:
        self.show()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def look_for(self, request: FindRequest) -> None:
        self._line.setText(request.pattern)
        for toggle, is_on in (
            (self._case, request.match_case),
            (self._whole, request.whole_word),
            (self._regex, request.is_regex),
        ):
            toggle.setChecked(is_on)
        self._want()

    def reset(self) -> None:
        """Of another session: nothing is looked for yet."""
        self._line.blockSignals(True)
        self._line.clear()
        self._line.blockSignals(False)
        self._pause.stop()
        self._said.show_text("")
        self.hide()

    def close_bar(self) -> None:
        self._line.clear()
        self._want()
        self.hide()
        self.closed.emit()

    def show_found(self, found: Found, position: int) -> None:
        """`position`: the turn that is shown, which may be one with a match."""
        self._is_said_to_fail(False)
        if not found.request.pattern:
            self._said.show_text("")
        elif not found.turns:
            self._said.show_text("nothing found")
        else:
            self._said.show_text(_said(found, position))
        for button in (self._previous, self._next):
            button.setEnabled(bool(found.turns))

    def show_failure(self, sentence: str) -> None:
        self._said.show_text(sentence)
        self._is_said_to_fail(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Escape:
                self.close_bar()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self._pause.isActive():
                    self._want()
                else:
                    self._step(-1 if is_back else 1)
            case _:
                super().keyPressEvent(event)

    def _step(self, direction: int) -> None:
        self.step_wanted.emit(direction)

    def _on_text_changed(self) -> None:
        self._pause.start()

    def _want(self) -> None:
        self._pause.stop()
        self.wanted.emit(self.request)

    def _is_said_to_fail(self, is_failure: bool) -> None:
        self._said.setProperty("bad", is_failure)
        self._said.style().polish(self._said)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self._line, 3)
        for toggle in (self._case, self._whole, self._regex):
            row.addWidget(toggle)
        row.addWidget(self._said, 2)
        for button in (self._previous, self._next, self._close):
            row.addWidget(button)


def _said(found: Found, position: int) -> str:
    matches = count(found.count, "match", "matches")
    if position in found.turns:
        return f"turn {found.turns.index(position) + 1:,}/{len(found.turns):,} · {matches}"
    return f"{matches} in {count(len(found.turns), 'turn')}"


def _toggle(text: str, name: str) -> QToolButton:
    button = _button(text, name)
    button.setCheckable(True)
    return button


def _button(text: str, name: str) -> QToolButton:
    button = make_tool_button(name, name)
    button.setText(text)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
