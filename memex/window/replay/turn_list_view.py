"""The list of turns: only what is visible is laid out, every row is as high as the next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from memex.core.replay import TurnOutline
from memex.window.replay.turn_list_delegate import TurnListDelegate
from memex.window.replay.turn_list_model import Index, TurnListModel
from memex.window.theme import Palette

_ARROW_OF = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}


class TurnListView(QListView):
    row_wanted = Signal(int)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("turnList")
        self.setAccessibleName("Turns")
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.SinglePass)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._model = TurnListModel(self)
        self._delegate = TurnListDelegate(palette)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self._is_following = False

    def show_turns(self, turns: tuple[TurnOutline, ...]) -> None:
        began = next((turn.time for turn in turns if turn.time is not None), None)
        self._delegate.set_count(len(turns))
        self.setMinimumWidth(self._delegate.rail_width + 2 * self.frameWidth())
        self._model.show(turns, began)

    def follow(self, row: int) -> None:
        """Show `row` as current without asking to go there.

        At an edge the list moves by half a page: what comes next is in sight, and most steps paint two rows.
        """
        self._is_following = True
        index = self._model.index(row)
        rect = self.visualRect(index)
        is_in_sight = rect.top() >= 0 and rect.bottom() < self.viewport().height()
        self.setAutoScroll(False)
        self.setCurrentIndex(index)
        self.setAutoScroll(True)
        if not is_in_sight:
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self._is_following = False

    def set_palette(self, palette: Palette) -> None:
        self._delegate.set_palette(palette)
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._is_following:
            self.row_wanted.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROW_OF.get(Qt.Key(event.key()))
        if step is None or event.modifiers():
            super().keyPressEvent(event)
            return
        row = min(max(self.currentIndex().row() + step, 0), self._model.rowCount() - 1)
        self.setCurrentIndex(self._model.index(row))

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search by first letter."""
