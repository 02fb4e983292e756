"""The box that is searched as one types: its line, what is wrong with it, and how many it found."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from memex.core.mixing import SavedSearch
from memex.core.query import parse_query
from memex.window.choices import ChoicesPopup
from memex.window.clock import Clock, local_now
from memex.window.commands import tip
from memex.window.completion import Completion
from memex.window.controls import make_label
from memex.window.elided_label import ElidedLabel
from memex.window.icons import icon
from memex.window.query_line import QueryLine
from memex.window.recent_searches import RecentSearches
from memex.window.theme import Palette

PAUSE_MS = 120
PROBLEMS_PAUSE_MS = 700
"""An unfinished condition is no error yet."""
INVITATION = "Find sessions by words, error, file, tool or code"


class SearchBox(QWidget):
    search_wanted = Signal(str, bool)
    """The text, and whether its last word may be unfinished."""
    moved = Signal(int)  # rows, down is positive
    accepted = Signal()  # Enter on a text that has been searched already

    def __init__(self, palette: Palette, clock: Clock = local_now, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchBox")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._clock = clock
        self._searched = ""
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._problems_pause = QTimer(self, interval=PROBLEMS_PAUSE_MS, singleShot=True)
        self._line = QueryLine(palette)
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
        self._problem = ElidedLabel("problem")
        self._problem.hide()
        self.choices = ChoicesPopup(self._line, palette)
        self.completion = Completion(self._line, self.choices, clock)
        self.recent = RecentSearches()
        self.saved: tuple[SavedSearch, ...] = ()
        self._lay_out()
        self.setFocusProxy(self._line)
        self._connect()

    @property
    def text(self) -> str:
        return self._line.text().strip()

    @property
    def is_pending(self) -> bool:
        """Whether what is typed has not been asked for yet."""
        return self.text != self._searched

    @property
    def problem(self) -> str:
        return self._problem.whole if not self._problem.isHidden() else ""

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
        self._line.set_palette(palette)
        self.choices.set_palette(palette)

    @Slot()
    def remember(self) -> None:
        """What was searched for led somewhere."""
        self.recent.add(self.text)

    @Slot()
    def show_recent(self) -> None:
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.clear()
        self.completion.show_recent(self.recent.searches, self.saved)

    @Slot()
    def clear(self) -> None:
        self.set_text("")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._line, 1)
        row.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._problem)

    def _connect(self) -> None:
        self._line.textChanged.connect(self._on_text_changed)
        self._line.returnPressed.connect(self._on_return_pressed)
        self._line.moved.connect(self._on_moved)
        self._clear.triggered.connect(self.clear)
        self._pause.timeout.connect(self._on_pause_ended)
        self._problems_pause.timeout.connect(self._show_problems)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._line.show_query(parse_query(text, self._clock()))
        self._line.show_problems(())
        self._pause.start()
        self._problems_pause.start()

    @Slot(int)
    def _on_moved(self, rows: int) -> None:
        if rows == 1 and not self._line.text() and (self.recent.searches or self.saved):
            self.completion.show_recent(self.recent.searches, self.saved)
        else:
            self.moved.emit(rows)

    @Slot()
    def _on_return_pressed(self) -> None:
        self._show_problems()
        self.remember()
        if self.is_pending:
            self._search()
        else:
            self.accepted.emit()

    @Slot()
    def _on_pause_ended(self) -> None:
        self._search(is_typing=not self._line.text().endswith(" "))

    @Slot()
    def _show_problems(self) -> None:
        """Said below the box as well: an underline alone tells neither why, nor a screen reader."""
        self._problems_pause.stop()
        problems = parse_query(self._line.text(), self._clock()).problems
        self._line.show_problems(problems)
        self._problem.set_text(" ".join(problem.message for problem in problems))
        self._problem.setVisible(bool(problems))

    def _search(self, *, is_typing: bool = False) -> None:
        self._pause.stop()
        if self.is_pending:
            self._searched = self.text
            self.search_wanted.emit(self.text, is_typing)
