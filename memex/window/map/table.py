"""The table beside the map: a tab a question; the keyboard's and the screen reader's way in."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QTabWidget, QWidget

from memex.window.map.map_data import MapData
from memex.window.map.rows import ListingModel, listings

ROW_HEIGHT = 24


class MapTable(QTabWidget):
    chosen = Signal(object)  # tuple[int, ...]: the places of the row
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapTable")
        self.setAccessibleName("What the map says")
        self.setDocumentMode(True)
        self._places: dict[str, Sequence[tuple[int, ...]]] = {}

    def show_map(self, data: MapData) -> None:
        """The tab that was open stays open."""
        before = self.currentIndex()
        with QSignalBlocker(self):
            while self.count():
                if (page := self.widget(0)) is not None:
                    self.removeTab(0)
                    page.deleteLater()
            for listing in listings(data):
                table = _Rows(ListingModel(listing), self)
                table.setAccessibleName(listing.title)
                table.chosen.connect(self.chosen)
                table.opened.connect(self.opened)
                self.addTab(table, f"{listing.title} {len(listing.places):,}")
            self.setCurrentIndex(max(before, 0))

    def show_selected(self, places: Sequence[int]) -> None:
        """The row of the tab in sight that is about these; of one session, where no row is, its own row."""
        table = self.currentWidget()
        if not isinstance(table, _Rows) or not places:
            return
        if not table.show_row_of(places) and len(places) == 1:
            sessions = self.widget(self.count() - 1)
            if isinstance(sessions, _Rows):
                with QSignalBlocker(self):
                    self.setCurrentWidget(sessions)
                sessions.show_row_of(places)


class _Rows(QTableView):
    chosen = Signal(object)
    opened = Signal(int)

    def __init__(self, model: ListingModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        model.setParent(self)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        widest = 0 if model.listing.title != "Duplicates" else 2
        for column in range(model.columnCount()):
            mode = QHeaderView.ResizeMode.Stretch if column == widest else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            header.resizeSection(column, 84)
        if model.columnCount() == 3 and widest == 0:
            header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.doubleClicked.connect(self._on_opened)

    def show_row_of(self, places: Sequence[int]) -> bool:
        """Without telling of it again."""
        wanted = frozenset(places)
        for row, own in enumerate(self._model.listing.places):
            if wanted <= frozenset(own):
                with QSignalBlocker(self.selectionModel()):
                    self.setCurrentIndex(self._model.index(row, 0))
                    self.selectionModel().select(
                        self._model.index(row, 0),
                        QItemSelectionModel.SelectionFlag.ClearAndSelect
                        | QItemSelectionModel.SelectionFlag.Rows,
                    )
                self.scrollTo(self._model.index(row, 0))
                self.viewport().update()
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_opened(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, selected: QItemSelection, _before: QItemSelection) -> None:
        if rows := selected.indexes():
            self.chosen.emit(self._model.listing.places[rows[0].row()])

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        if places := self._model.listing.places[index.row()]:
            self.opened.emit(places[0])
