"""Typing to find sessions to mark: a line and the few that it found."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from memex.core.search import SessionCard
from memex.window.mix.marks import LIKE, UNLIKE, Marks, marked
from memex.window.wording import card_place, card_title

PAUSE_MS = 150
MOST = 6


class SessionFinder(QWidget):
    """Enter or + marks what is found as like, − or Shift+Enter as unlike."""

    wanted = Signal(str)  # text

    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self._marks = marks
        self._cards: tuple[SessionCard, ...] = ()
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._on_pause_ended)
        self.line = QLineEdit()
        self.line.setObjectName("searchLine")
        self.line.setPlaceholderText("Find a session to mark")
        self.line.setAccessibleName("Find a session to mark")
        self.line.setToolTip("Enter marks what is chosen with +, Shift+Enter with −")
        self.line.setClearButtonEnabled(True)
        self.line.installEventFilter(self)
        self.found = QListWidget()
        self.found.setObjectName("markList")
        self.found.setAccessibleName("Sessions found")
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.installEventFilter(self)
        self.found.itemDoubleClicked.connect(self._on_double_clicked)
        self.found.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.found)
        self.line.textChanged.connect(self._on_text_changed)

    @property
    def text(self) -> str:
        return self.line.text().strip()

    def show_found(self, text: str, cards: Sequence[SessionCard]) -> None:
        """An answer that typing has overtaken is dropped."""
        if text != self.text:
            return
        self._cards = tuple(cards[:MOST])
        self.found.clear()
        for card in self._cards:
            item = QListWidgetItem(card_title(card))
            item.setToolTip(f"{card_title(card)}\n{card_place(card)}")
            self.found.addItem(item)
        self.found.setCurrentRow(0)
        row = self.found.sizeHintForRow(0) if self._cards else 0
        self.found.setFixedHeight(len(self._cards) * row + 4)
        self.found.setVisible(bool(self._cards))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False  # Ctrl+Enter runs the mix
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_unlike = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return self._mark(UNLIKE if is_unlike else LIKE)
        if watched is self.line:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._cards:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = self.found.currentRow() + step
                self.found.setCurrentRow(max(0, min(len(self._cards) - 1, row)))
                return True
            return False
        signs: dict[int, int] = {Qt.Key.Key_Plus: LIKE, Qt.Key.Key_Minus: UNLIKE}
        return event.key() in signs and self._mark(signs[event.key()])

    @Slot(str)
    def _on_text_changed(self) -> None:
        if self.text:
            self._pause.start()
        else:
            self._pause.stop()
            self.show_found("", ())

    @Slot()
    def _on_pause_ended(self) -> None:
        self.wanted.emit(self.text)

    @Slot()
    def _on_double_clicked(self) -> None:
        self._mark(LIKE)

    def _mark(self, sign: int) -> bool:
        row = self.found.currentRow()
        if 0 <= row < len(self._cards):
            self._marks.put([marked(self._cards[row])], sign)
        return True
