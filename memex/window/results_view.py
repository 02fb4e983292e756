"""The list of cards: selection that stays on its session, and cards that glide to their new places.

A table of one column, not a QListView: that asks the model for every row at every layout (2,600 calls into
Python for a slider step over 1,000 rows), where a table asks for those on screen.
"""

from functools import partial

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
    QContextMenuEvent,
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
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from memex.window.arrangement import Header
from memex.window.result_card import HEADER_HEIGHT, CardDelegate, Spot
from memex.window.results_model import ResultRow, ResultsModel, Row, Verdict
from memex.window.theme import Palette

GLIDE_MS = 140
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ResultsView(QTableView):
    selected = Signal(object)  # ResultRow, or None
    opened = Signal(object)  # ResultRow
    judged = Signal(int, object)  # session key, Verdict
    marked = Signal(object, int)  # SessionCard, 1 or -1
    glide_finished = Signal()

    def __init__(
        self, model: ResultsModel, palette: Palette, parent: QWidget | None = None, *, judges: bool = True
    ) -> None:
        """`judges`: found sessions have thumbs."""
        super().__init__(parent)
        self.setObjectName("results")
        self.setAccessibleName("Results")
        self._model = model
        self._palette = palette
        self._cards = CardDelegate(palette, self, has_thumbs=judges)
        self._chosen = False  # by the user, as against the first row by default
        self._anchor: tuple[int | str, int] | None = None
        """What was chosen, by key or by the header's name, and where it was on the screen."""
        self._from: dict[int | str, int] = {}
        self._glide = QVariantAnimation(self, duration=GLIDE_MS, startValue=0.0, endValue=1.0)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glides = True
        self._set_up()
        self._connect()

    @property
    def current_row(self) -> ResultRow | None:
        """The session that is chosen; None on a group's header."""
        row = self._current
        return row if isinstance(row, ResultRow) else None

    @property
    def _current(self) -> Row | None:
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
        elif self.currentIndex().isValid():
            self.toggle_current()

    def toggle_current(self, wanted: bool | None = None) -> None:
        """Unfold, or fold, what is under the current card or header."""
        if self.currentIndex().isValid():
            self._chosen = True
            self._model.toggle(self.currentIndex().row(), wanted)

    def judge_current(self, verdict: Verdict) -> None:
        """The same verdict again takes it back."""
        row = self.current_row
        if row and row.score is not None:
            self.judged.emit(row.card.key, Verdict.NONE if row.verdict is verdict else verdict)

    def choose(self, key: int) -> None:
        """The session, or what it is folded under, if it is here."""
        index = self._model.find(key)
        if index.isValid():
            self._chosen = True
            self._select(index.row())

    def mark_current(self, sign: int) -> None:
        if row := self.current_row:
            self.marked.emit(row.card, sign)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self.current_row
        if row is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open Replay", self.open_current)
        menu.addSeparator()
        for sign, name in ((1, "Mark +, Like This"), (-1, "Mark −, Not Like This")):
            action = menu.addAction(name, partial(self.mark_current, sign))
            action.setCheckable(True)
            action.setChecked(row.mark == sign)
        menu.addSeparator()
        menu.addAction("Copy Session Id", self.copy_id)
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        card = self.visualRect(self.currentIndex()).center()
        menu.popup(event.globalPos() if by_mouse else self.viewport().mapToGlobal(card))

    def copy_id(self) -> None:
        if row := self.current_row:
            QGuiApplication.clipboard().setText(row.card.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.mark_current(1 if event.key() == Qt.Key.Key_Plus else -1)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.toggle_current(wanted=event.key() == Qt.Key.Key_Right)
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
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        place = event.position().toPoint()
        if self.indexAt(place).isValid() and self._spot_at(place) is Spot.CARD:
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
        row = self._current
        if row is not None and self._chosen:
            what = row.name if isinstance(row, Header) else row.card.key
            self._anchor = (what, self.visualRect(self.currentIndex()).top())

    @Slot()
    def _on_reset_ended(self) -> None:
        """The chosen session stays chosen and where it was on the screen; else the first is current."""
        self._fit_rows()
        anchor, self._anchor = self._anchor, None
        index = self._model.find(anchor[0]) if anchor else QModelIndex()
        self._chosen = index.isValid()
        if anchor is None or not index.isValid():
            self._select(self._model.first_session().row())
            return
        self._select(index.row())
        shift = self.visualRect(index).top() - anchor[1]
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + shift)

    def _fit_rows(self) -> None:
        """Found sessions need more room than listed ones; all cards of one list need the same."""
        row = self._model.row(self._model.first_session().row()) if self._model.rowCount() else None
        is_search = isinstance(row, ResultRow) and row.score is not None
        self.verticalHeader().setDefaultSectionSize(self._cards.height(is_search=is_search))
        self._fit_headers()

    def _fit_headers(self) -> None:
        for number in self._model.header_rows():
            self.verticalHeader().resizeSection(number, HEADER_HEIGHT)

    def _spot_at(self, place: QPoint) -> Spot:
        index = self.indexAt(place)
        return self._cards.spot_at(self._model.row(index.row()), self.visualRect(index), place)

    def _press(self, place: QPoint) -> None:
        """What on a card is a button of its own."""
        if not self.indexAt(place).isValid():
            return
        match self._spot_at(place):
            case Spot.FOLD:
                self.toggle_current()
            case Spot.LIKE:
                self.judge_current(Verdict.LIKED)
            case Spot.DISLIKE:
                self.judge_current(Verdict.DISLIKED)
            case Spot.CARD:
                pass

    def _select(self, row: int) -> None:
        index = self._model.index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if index.isValid():
            self.scrollTo(index)
        else:
            self.selected.emit(None)

    @Slot()
    def _on_reorder_begins(self) -> None:
        self._from = {what: rect.top() for what, rect in self._drawn()} if self._glides else {}

    @Slot()
    def _on_reorder_ended(self) -> None:
        self._fit_headers()
        self.selected.emit(self.current_row)
        if self._glides and self.isVisible() and self._from:
            self._glide.stop()
            self._glide.start()
        self.viewport().update()

    def _drawn(self) -> list[tuple[int | str, QRect]]:
        """The sessions on screen and where they are drawn now, amid a glide or not."""
        share = (
            float(self._glide.currentValue())
            if self._glide.state() == QVariantAnimation.State.Running
            else 1.0
        )
        below = self.viewport().height()
        drawn = []
        for number in self._visible_rows():
            row, rect = self._model.row(number), self.visualRect(self._model.index(number))
            what = row.name if isinstance(row, Header) else row.card.key
            start = self._from.get(what, below)
            rect.moveTop(round(start + (rect.top() - start) * share))
            drawn.append((what, rect))
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
