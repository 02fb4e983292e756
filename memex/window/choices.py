"""A list of choices below a line of text: it never takes the keyboard, and typing goes on under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from memex.window import fonts
from memex.window.controls import make_label
from memex.window.pen import Pen
from memex.window.results_model import Index
from memex.window.theme import Palette

WIDTH = 320
MOST_SHOWN = 9
"""Rows that are seen at once; the others are scrolled to."""
PAD = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """Puts `text` between `start` and `end` of what is typed."""

    title: str
    detail: str
    start: int
    end: int
    text: str
    mix: str = ""
    """The name of a saved mix, which is run in place of that."""


class ChoicesModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.choices: Sequence[Choice] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        choice = self.choices[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return choice.title
            case Qt.ItemDataRole.UserRole:
                return choice.detail
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{choice.title}, {choice.detail}" if choice.detail else choice.title
            case _:
                return None


class ChoiceList(QListView):
    """Walked by whoever has the keyboard."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("choiceList")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self._model = ChoicesModel()
        self.setModel(self._model)
        self._choice = _ChoiceDelegate(palette, self)
        self.setItemDelegate(self._choice)

    @property
    def choices(self) -> Sequence[Choice]:
        return self._model.choices

    @property
    def current(self) -> int:
        """-1: none."""
        return self.currentIndex().row()

    @property
    def row_height(self) -> int:
        return self._choice.height

    def show_choices(self, choices: Sequence[Choice]) -> None:
        self._model.show(choices)

    def go_to(self, number: int) -> None:
        """Above the first nothing is chosen, as below the last."""
        is_there = 0 <= number < self._model.rowCount()
        self.setCurrentIndex(self._model.index(number) if is_there else QModelIndex())

    def set_palette(self, palette: Palette) -> None:
        self._choice.set_palette(palette)
        self.viewport().update()


class ChoicesPopup(QFrame):
    """`Tab` takes the chosen one or the first, `Enter` only what was chosen by an arrow."""

    chosen = Signal(object)  # Choice

    def __init__(self, line: QLineEdit, palette: Palette) -> None:
        super().__init__(line)
        self.setObjectName("choices")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._line = line
        self._caption = make_label(name="caption")
        self._list = ChoiceList(palette)
        self._list.setAccessibleName("Completions")
        self._list.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._caption)
        column.addWidget(self._list)
        line.installEventFilter(self)
        self.hide()

    @property
    def titles(self) -> list[str]:
        if self.isHidden():
            return []
        return [choice.title for choice in self._list.choices]

    def set_palette(self, palette: Palette) -> None:
        self._list.set_palette(palette)

    def show_choices(self, choices: Sequence[Choice], caption: str, x: int) -> None:
        """Below the line, at `x` of it; none: away with it."""
        if not choices or not self._line.hasFocus():
            self.hide()
            return
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))
        self._list.show_choices(choices)
        window = self._line.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        below = self._line.mapTo(window, QPoint(x, self._line.height() + 2))
        height = min(len(choices), MOST_SHOWN) * self._list.row_height + 4
        if caption:
            height += self._caption.sizeHint().height()
        width = min(WIDTH, window.width() - 16)
        left = max(8, min(below.x() - PAD, window.width() - width - 8))
        self.setGeometry(left, below.y(), width, height)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        if self.isHidden():
            return False
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self.hide()
            return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event.key())
        return False

    def _take_key(self, key: int) -> bool:
        current = self._list.current
        match key:
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                step = 1 if key == Qt.Key.Key_Down else -1
                self._list.go_to((current + step) if current >= 0 else (0 if step > 0 else -1))
            case Qt.Key.Key_Tab:
                self._take(max(0, current))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if current >= 0:
                self._take(current)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                self.hide()
                return False
            case _:
                return False
        return True

    def _take(self, number: int) -> None:
        self.hide()
        self.chosen.emit(self._list.choices[number])

    @Slot()
    def _on_clicked(self) -> None:
        self._take(self._list.current)


class _ChoiceDelegate(QStyledItemDelegate):
    def __init__(self, palette: Palette, parent: QObject) -> None:
        super().__init__(parent)
        self._palette = palette
        self._title = Pen(fonts.ui_font(fonts.body_size()))
        self._detail = Pen(fonts.ui_font(fonts.small_size()))

    @property
    def height(self) -> int:
        return self._title.height + 8

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(0, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(self._palette.selection))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(self._palette.raised))
        inner: QRect = option.rect.adjusted(PAD, 4, -PAD, -4)
        baseline = inner.top() + self._title.ascent
        detail = self._detail.elide(str(index.data(Qt.ItemDataRole.UserRole)), inner.width() * 2 // 3)
        width = self._detail.width(detail)
        painter.setFont(self._title.font)
        painter.setPen(QColor(self._palette.text))
        title = self._title.elide(str(index.data()), inner.width() - width - 16)
        painter.drawText(QPoint(inner.left(), baseline), title)
        painter.setFont(self._detail.font)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(QPoint(inner.right() + 1 - width, baseline), detail)
