"""Marked sessions as chips that wrap, or as rows: walked by arrows, dropped by key, by × or by drag."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from memex.core.mixing import MarkedSession
from memex.window import fonts
from memex.window.icons import icon
from memex.window.mix.marks import LIKE, UNLIKE, Marks
from memex.window.pen import Pen
from memex.window.results_model import Index
from memex.window.theme import Palette

MIME = "application/x-memex-marked-session"
PAD, GAP, GLYPH = 6, 4, 14
WIDEST_CHIP = 220
MOST_LINES = 3
"""Of chips; more are scrolled to."""
SIGN_NAMES = {LIKE: "like this", UNLIKE: "not like this"}


class MarkModel(QAbstractListModel):
    def __init__(self, marks: Marks, signs: Sequence[int]) -> None:
        super().__init__()
        self._marks = marks
        self._signs = tuple(signs)
        self.sessions: tuple[MarkedSession, ...] = ()
        marks.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        sessions = self._marks.of(*self._signs)
        if sessions != self.sessions or len(self._signs) > 1:
            self.beginResetModel()
            self.sessions = sessions
            self.endResetModel()

    def sign(self, row: int) -> int:
        return self._marks.signs.get(self.sessions[row].id, LIKE)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.sessions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        session = self.sessions[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return session.title or session.id
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{session.title or session.id}, {SIGN_NAMES[self.sign(index.row())]}"
            case Qt.ItemDataRole.UserRole:
                return self.sign(index.row())
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, self.sessions[indexes[0].row()].id.encode())
        return data


class MarkList(QListView):
    opened = Signal(str)  # session id

    def __init__(self, marks: Marks, signs: Sequence[int], palette: Palette, *, as_chips: bool) -> None:
        super().__init__()
        self.setObjectName("markList")
        self._marks = marks
        self._signs = tuple(signs)
        self._as_chips = as_chips
        self._marked = MarkModel(marks, signs)
        self._chip = _ChipDelegate(palette, self, as_chips=as_chips)
        self.setModel(self._marked)
        self.setItemDelegate(self._chip)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if as_chips:
            self.setFlow(QListView.Flow.LeftToRight)
            self.setWrapping(True)
            self.setResizeMode(QListView.ResizeMode.Adjust)
            self.setSpacing(GAP // 2)
            self._marked.modelReset.connect(self._fit)
        self._marked.modelReset.connect(self._choose_first)

    def set_palette(self, palette: Palette) -> None:
        self._chip.set_palette(palette)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        session = self._current
        if session is None:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._remove(session)
            case Qt.Key.Key_Plus:
                self._marks.put([session], LIKE)
            case Qt.Key.Key_Minus:
                self._marks.put([session], UNLIKE)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.opened.emit(session.id)
            case _:
                super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        index = self.indexAt(place)
        if index.isValid() and self._chip.remover(self.visualRect(index)).contains(place):
            self._remove(self._marked.sessions[index.row()])
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.opened.emit(self._marked.sessions[index.row()].id)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        _accept(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        _accept(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Onto a list of one sign: it gets that sign. Onto the tray: it stays what it is."""
        name = dropped(event)
        session = next((each for each in self._marks.of(LIKE, UNLIKE) if each.id == name), None)
        if session and len(self._signs) == 1:
            self._marks.put([session], self._signs[0])
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._as_chips and event.oldSize().width() != event.size().width():
            self._fit()

    @property
    def _current(self) -> MarkedSession | None:
        row = self.currentIndex().row()
        return self._marked.sessions[row] if 0 <= row < len(self._marked.sessions) else None

    def _remove(self, session: MarkedSession) -> None:
        row = self._marked.sessions.index(session)
        self._marks.remove(session.id)
        if self._marked.sessions:
            self.setCurrentIndex(self._marked.index(min(row, len(self._marked.sessions) - 1)))

    @Slot()
    def _choose_first(self) -> None:
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._marked.index(0))

    @Slot()
    def _fit(self) -> None:
        """As high as its lines of chips."""
        line = self._chip.height + GAP
        x, lines = 0, 1
        for row in range(self._marked.rowCount()):
            width = self._chip.chip_width(str(self._marked.index(row).data())) + GAP
            if x and x + width > self.viewport().width():
                x, lines = 0, lines + 1
            x += width
        self.setFixedHeight(min(lines, MOST_LINES) * line + 2)


class DropOut(QObject):
    """A mark that is dropped anywhere else in the widget's window is taken back."""

    def __init__(self, marks: Marks, widget: QWidget) -> None:
        super().__init__(widget)
        self._marks = marks
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        if isinstance(event, QDragMoveEvent) and event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()  # entering is a kind of moving
            return True
        if isinstance(event, QDropEvent) and event.mimeData().hasFormat(MIME):
            self._marks.remove(dropped(event))
            event.acceptProposedAction()
            return True
        return False


def dropped(event: QDropEvent) -> str:
    return bytes(event.mimeData().data(MIME).data()).decode()


def _accept(event: QDragMoveEvent) -> None:
    if event.mimeData().hasFormat(MIME):
        event.acceptProposedAction()


class _ChipDelegate(QStyledItemDelegate):
    def __init__(self, palette: Palette, parent: QListView, *, as_chips: bool) -> None:
        super().__init__(parent)
        self._view = parent
        self._palette = palette
        self._as_chips = as_chips
        self._pen = Pen(fonts.ui_font(fonts.small_size() if as_chips else fonts.body_size()))

    @property
    def height(self) -> int:
        return self._pen.height + 8

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette

    def chip_width(self, title: str) -> int:
        most = min(WIDEST_CHIP, max(80, self._view.viewport().width() - 2 * GAP))
        return min(most, self._pen.width(title) + 2 * (PAD + GLYPH + GAP) + 1)

    def remover(self, rect: QRect) -> QRect:
        return QRect(rect.right() - PAD - GLYPH, rect.top(), GLYPH + PAD, rect.height())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(self.chip_width(str(index.data())) if self._as_chips else 0, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = option.rect
        has_keyboard = self._view.hasFocus() and bool(option.state & QStyle.StateFlag.State_Selected)
        is_near = has_keyboard or bool(option.state & QStyle.StateFlag.State_MouseOver)
        ground = self._palette.selection if has_keyboard else self._palette.raised
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._as_chips or is_near:
            painter.setPen(QColor(self._palette.focus if has_keyboard else self._palette.hairline))
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 4, 4)
        middle = rect.top() + (rect.height() - GLYPH) // 2
        is_like = index.data(Qt.ItemDataRole.UserRole) == LIKE
        sign = icon("plus" if is_like else "minus", self._palette.accent if is_like else self._palette.text)
        sign.paint(painter, QRect(rect.left() + PAD, middle, GLYPH, GLYPH))
        room = rect.width() - 2 * (PAD + GLYPH + GAP)
        painter.setFont(self._pen.font)
        painter.setPen(QColor(self._palette.text))
        top = rect.top() + (rect.height() - self._pen.height) // 2
        title = self._pen.elide(str(index.data()), room)
        painter.drawText(rect.left() + PAD + GLYPH + GAP, top + self._pen.ascent, title)
        if is_near or self._as_chips:
            colour = self._palette.text if is_near else self._palette.muted
            icon("clear", colour).paint(painter, self.remover(rect).adjusted(0, 5, -PAD, -5))
        painter.restore()
