"""The list of turns: only what is visible is laid out, every row is as high as the next."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from memex.core.replay import TurnOutline
from memex.window.replay.turn_list_delegate import TurnListDelegate
from memex.window.replay.turn_list_model import Index, TurnListModel
from memex.window.theme import Palette

_ARROW_OF = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}


class TurnListView(QListView):
    turn_wanted = Signal(int)
    menu_wanted = Signal(object)  # QPoint, global

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("turnList")
        self.setAccessibleName("Turns")
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setLayoutMode(QListView.LayoutMode.SinglePass)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._model = TurnListModel(self)
        self._delegate = TurnListDelegate(palette)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self._is_following = False

    def show_turns(self, turns: tuple[TurnOutline, ...], compactions: Sequence[int] = ()) -> None:
        self._make_room(len(turns))
        self._model.show(turns, compactions)

    def choose_turns(self, shown: Sequence[int] | None, current: int) -> None:
        """Rows for these turns alone, `current` among them; None: for all."""
        self._model.choose(shown)
        self.follow(current)

    def grow(
        self,
        turns: tuple[TurnOutline, ...],
        first: int,
        compactions: Sequence[int],
        shown: Sequence[int] | None,
    ) -> None:
        self._make_room(len(turns))
        self._is_following = True
        self._model.grow(turns, first, compactions, shown)
        self._is_following = False

    def show_matches(self, matches: Sequence[int]) -> None:
        self._model.set_matches(matches)

    @property
    def selected(self) -> tuple[int, int] | None:
        """First and last of the turns that are selected; None while it is one alone."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        if len(rows) < 2:
            return None
        return self._model.turn_of(rows[0]), self._model.turn_of(rows[-1])

    def follow(self, turn: int) -> None:
        """Show the turn as current without asking to go there.

        At an edge the list moves by half a page: what comes next is in sight, and most steps paint two rows.
        """
        index = self._model.index(self._model.row_of(turn))
        if index == self.currentIndex():
            return
        self._is_following = True
        rect = self.visualRect(index)
        is_in_sight = rect.top() >= 0 and rect.bottom() < self.viewport().height()
        self.setAutoScroll(False)
        # By itself the view would select up to there while Shift is held, as for Shift+E.
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flags)
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
            self.turn_wanted.emit(self._model.turn_of(current.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROW_OF.get(Qt.Key(event.key()))
        if step is None or event.modifiers():
            super().keyPressEvent(event)
            return
        row = min(max(self.currentIndex().row() + step, 0), self._model.rowCount() - 1)
        self.setCurrentIndex(self._model.index(row))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.currentIndex().isValid():
            self.menu_wanted.emit(event.globalPos())

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search by first letter."""

    def _make_room(self, count: int) -> None:
        self._delegate.set_count(count)
        self.setMinimumWidth(self._delegate.rail_width + 2 * self.frameWidth())
