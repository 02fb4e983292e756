"""The list of cards: selection that stays on its session, and cards that glide to their new places.

A table of one column, not a QListView: that asks the model for every row at every layout (2,600 calls into
Python for a slider step over 1,000 rows), where a table asks for those on screen.
"""

from PySide6.QtCore import (
    QEasingCurve,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    QVariantAnimation,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from memex.window.result_card import CardDelegate
from memex.window.results_model import ResultRow, ResultsModel
from memex.window.theme import Palette

GLIDE_MS = 140
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ResultsView(QTableView):
    selected = Signal(object)  # ResultRow, or None
    opened = Signal(object)  # ResultRow
    glide_finished = Signal()

    def __init__(self, model: ResultsModel, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("results")
        self.setAccessibleName("Results")
        self._model = model
        self._palette = palette
        self._cards = CardDelegate(palette, self)
        self._chosen = False  # by the user, as against the first row by default
        self._anchor: tuple[int, int] | None = None
        self._from: dict[int, int] = {}
        self._glide = QVariantAnimation(self, duration=GLIDE_MS, startValue=0.0, endValue=1.0)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glides = True
        self._set_up()
        self._connect()

    @property
    def current_row(self) -> ResultRow | None:
        index = self.currentIndex()
        return self._model.row(index.row()) if index.isValid() else None

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._cards.set_palette(palette)
        self.viewport().update()

    def set_glides(self, glides: bool) -> None:
        self._glides = glides

    def move(self, rows: int) -> None:  # type: ignore[override]
        """Choose the session so many rows below (above, if negative) the current one."""
        if self._model.rowCount():
            last = self._model.rowCount() - 1
            self._chosen = True
            self._select(min(last, max(0, self.currentIndex().row() + rows)))

    def open_current(self) -> None:
        if row := self.current_row:
            self.opened.emit(row)

    def copy_id(self) -> None:
        if row := self.current_row:
            QGuiApplication.clipboard().setText(row.card.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif event.key() == Qt.Key.Key_Home:
            self.move(-self._model.rowCount())
        elif event.key() == Qt.Key.Key_End:
            self.move(self._model.rowCount())
        else:
            self._chosen = self._chosen or event.key() in MOVES
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._chosen = True
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if self.indexAt(event.position().toPoint()).isValid():
            self.open_current()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._glide.state() == QVariantAnimation.State.Running:
            self._paint_gliding()
        else:
            super().paintEvent(event)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]
        super().currentChanged(current, previous)
        self.selected.emit(self.current_row)

    def _set_up(self) -> None:
        self.setItemDelegate(self._cards)
        self.setModel(self._model)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTableView.Shape.NoFrame)

    def _connect(self) -> None:
        self._model.modelAboutToBeReset.connect(self._on_reset_begins)
        self._model.modelReset.connect(self._on_reset_ended)
        self._model.layoutAboutToBeChanged.connect(self._on_reorder_begins)
        self._model.layoutChanged.connect(self._on_reorder_ended)
        self._glide.valueChanged.connect(self.viewport().update)
        self._glide.finished.connect(self.viewport().update)
        self._glide.finished.connect(self.glide_finished)

    @Slot()
    def _on_reset_begins(self) -> None:
        row = self.current_row
        if row is not None and self._chosen:
            self._anchor = (row.card.key, self.visualRect(self.currentIndex()).top())

    @Slot()
    def _on_reset_ended(self) -> None:
        """The chosen session stays chosen and where it was on the screen; else the first is current."""
        self._fit_rows()
        anchor, self._anchor = self._anchor, None
        index = self._model.find(anchor[0]) if anchor else QModelIndex()
        self._chosen = index.isValid()
        if anchor is None or not index.isValid():
            self._select(0)
            return
        self._select(index.row())
        shift = self.visualRect(index).top() - anchor[1]
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + shift)

    def _fit_rows(self) -> None:
        """Found sessions need more room than listed ones; all cards of one list need the same."""
        is_search = self._model.rowCount() > 0 and self._model.row(0).score is not None
        self.verticalHeader().setDefaultSectionSize(self._cards.height(is_search=is_search))

    def _select(self, row: int) -> None:
        index = self._model.index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if index.isValid():
            self.scrollTo(index)
        else:
            self.selected.emit(None)

    @Slot()
    def _on_reorder_begins(self) -> None:
        self._from = {key: rect.top() for key, rect in self._drawn()}

    @Slot()
    def _on_reorder_ended(self) -> None:
        self.selected.emit(self.current_row)
        if self._glides and self.isVisible() and self._from:
            self._glide.stop()
            self._glide.start()
        self.viewport().update()

    def _drawn(self) -> list[tuple[int, QRect]]:
        """The sessions on screen and where they are drawn now, amid a glide or not."""
        share = (
            float(self._glide.currentValue())
            if self._glide.state() == QVariantAnimation.State.Running
            else 1.0
        )
        below = self.viewport().height()
        drawn = []
        for number in self._visible_rows():
            key, rect = self._model.row(number).card.key, self.visualRect(self._model.index(number))
            start = self._from.get(key, below)
            rect.moveTop(round(start + (rect.top() - start) * share))
            drawn.append((key, rect))
        return drawn

    def _visible_rows(self) -> range:
        first = self.indexAt(QPoint(0, 0))
        if not first.isValid():
            return range(0)
        last = self.indexAt(QPoint(0, self.viewport().height() - 1))
        return range(first.row(), (last.row() if last.isValid() else self._model.rowCount() - 1) + 1)

    def _paint_gliding(self) -> None:
        """Every card on its way from its old place to its new one, the current one on top."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(self._palette.surface))
        rows = list(zip(self._visible_rows(), self._drawn(), strict=True))
        rows.sort(key=lambda row: row[0] == self.currentIndex().row())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state
        for number, (_, rect) in rows:
            index = self._model.index(number)
            option.rect = rect
            selected = self.selectionModel().isSelected(index)
            option.state = plain | QStyle.StateFlag.State_Selected if selected else plain
            self._cards.paint(painter, option, index)
        painter.end()
