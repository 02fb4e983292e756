"""The line that is searched as one types, and how many it found."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from memex.window.commands import tip
from memex.window.controls import make_label
from memex.window.icons import icon
from memex.window.theme import Palette

PAUSE_MS = 120
INVITATION = "Find sessions by words, error, file, tool or code"


class SearchBox(QWidget):
    search_wanted = Signal(str, bool)
    """The text, and whether its last word may be unfinished."""
    moved = Signal(int)  # rows, down is positive
    accepted = Signal()  # Enter on a text that has been searched already

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchBox")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._searched = ""
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._line = _Line()
        self._line.setObjectName("searchLine")
        self._line.setPlaceholderText(INVITATION)
        self._line.setAccessibleName("Search")
        self._line.setToolTip(tip("search.focus"))
        self._glass = self._line.addAction(
            icon("search", palette.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._clear = QAction(icon("clear", palette.muted), "Clear", self._line)
        self._line.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self._count = make_label(name="count")
        self._count.setAccessibleName("Number of results")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(16)
        row.addWidget(self._line, 1)
        row.addWidget(self._count)
        self.setFocusProxy(self._line)
        self._connect()

    @property
    def text(self) -> str:
        return self._line.text().strip()

    @property
    def is_pending(self) -> bool:
        """Whether what is typed has not been asked for yet."""
        return self.text != self._searched

    def set_text(self, text: str) -> None:
        """Write and search at once."""
        self._line.setText(text)
        self._search()

    def focus_all(self) -> None:
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def show_count(self, text: str) -> None:
        self._count.setText(text)

    def set_palette(self, palette: Palette) -> None:
        self._glass.setIcon(icon("search", palette.muted))
        self._clear.setIcon(icon("clear", palette.muted))

    @Slot()
    def clear(self) -> None:
        self.set_text("")

    def _connect(self) -> None:
        self._line.textChanged.connect(self._on_text_changed)
        self._line.returnPressed.connect(self._on_return_pressed)
        self._line.moved.connect(self.moved)
        self._clear.triggered.connect(self.clear)
        self._pause.timeout.connect(self._on_pause_ended)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._pause.start()

    @Slot()
    def _on_return_pressed(self) -> None:
        if self.is_pending:
            self._search()
        else:
            self.accepted.emit()

    @Slot()
    def _on_pause_ended(self) -> None:
        self._search(is_typing=not self._line.text().endswith(" "))

    def _search(self, *, is_typing: bool = False) -> None:
        self._pause.stop()
        if self.is_pending:
            self._searched = self.text
            self.search_wanted.emit(self.text, is_typing)


class _Line(QLineEdit):
    """Leaves the vertical arrows to the results, so that hands stay where they are."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self.moved.emit(1)
            case Qt.Key.Key_Up:
                self.moved.emit(-1)
            case Qt.Key.Key_PageDown:
                self.moved.emit(8)
            case Qt.Key.Key_PageUp:
                self.moved.emit(-8)
            case _:
                super().keyPressEvent(event)
