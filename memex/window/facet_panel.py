"""Filters to choose from: what there is, how many sessions have it, and what is chosen."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from memex.core.filters import Facet, Field, Filters
from memex.window import fonts
from memex.window.controls import make_label, make_link
from memex.window.facet_model import FIELDS, FacetModel, FieldRow, Index, MoreRow, Role, ValueRow
from memex.window.icons import icon
from memex.window.pen import Pen
from memex.window.theme import Palette

PAD_X = 16
MARK, BOX = 14, 13
LEAST_HEIGHT = 120


class FacetPanel(QWidget):
    toggled = Signal(object, str, bool)  # Field, value, whether it is wanted
    clear_wanted = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("facetPanel")
        self.setAccessibleName("Filters")
        self.setMinimumHeight(LEAST_HEIGHT)
        self.model = FacetModel(self)
        self.tree = FacetTree(self.model, palette)
        self.clear_button = make_link("clear all")
        self.clear_button.setAccessibleName("Clear all filters")
        self.clear_button.hide()
        head = QHBoxLayout()
        head.setContentsMargins(PAD_X, 8, 12, 4)
        head.addWidget(make_label("Filters", "paneTitle"))
        head.addStretch()
        head.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.tree, 1)
        self.setFocusProxy(self.tree)
        self.tree.toggled.connect(self.toggled)
        self.clear_button.clicked.connect(self.clear_wanted)

    @property
    def expanded(self) -> frozenset[Field]:
        return self.tree.expanded_fields

    def set_expanded(self, fields: Iterable[Field]) -> None:
        self.tree.set_expanded(fields)

    @Slot(object)
    def show_facets(self, facets: Sequence[Facet]) -> None:
        self.model.show_facets(facets)

    def show_filters(self, filters: Filters) -> None:
        self.model.show_filters(filters)
        self.clear_button.setVisible(not filters.is_empty)

    def set_palette(self, palette: Palette) -> None:
        self.tree.set_palette(palette)


class FacetTree(QTreeView):
    """One stop for the keyboard: arrows walk and unfold, space and Enter choose."""

    toggled = Signal(object, str, bool)

    def __init__(self, model: FacetModel, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("facetTree")
        self.setAccessibleName("Filters")
        self._model = model
        self._unfolded: frozenset[Field] = frozenset()
        self._held: tuple[Field, str | None] | None = None
        self._scrolled = 0
        self._facets = _FacetDelegate(palette, self)
        self.setItemDelegate(self._facets)
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        model.modelAboutToBeReset.connect(self._on_reset_begins)
        model.modelReset.connect(self._on_reset_ended)
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)

    @property
    def expanded_fields(self) -> frozenset[Field]:
        return self._unfolded

    def set_expanded(self, fields: Iterable[Field]) -> None:
        wanted = frozenset(fields)
        for field in FIELDS:
            self.setExpanded(self._model.find(field), field in wanted)

    def set_palette(self, palette: Palette) -> None:
        self._facets.set_palette(palette)
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Space chooses here, and does not play."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(self.indexAt(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click of two is one click more."""
        self.mousePressEvent(event)

    def _press(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        match self._model.row(index):
            case FieldRow():
                self.setExpanded(index, not self.isExpanded(index))
            case ValueRow(field=field, value=value, is_chosen=is_chosen):
                self.toggled.emit(field, value, not is_chosen)
            case MoreRow(field=field):
                self._model.toggle_whole(field)

    @Slot(QModelIndex)
    def _on_expanded(self, index: QModelIndex) -> None:
        self._unfolded |= {FIELDS[index.row()]}

    @Slot(QModelIndex)
    def _on_collapsed(self, index: QModelIndex) -> None:
        self._unfolded -= {FIELDS[index.row()]}

    @Slot()
    def _on_reset_begins(self) -> None:
        index = self.currentIndex()
        row = self._model.row(index) if index.isValid() else None
        self._held = (row.field, row.value if isinstance(row, ValueRow) else None) if row else None
        self._scrolled = self.verticalScrollBar().value()

    @Slot()
    def _on_reset_ended(self) -> None:
        self.set_expanded(self._unfolded)
        if self._held:
            index = self._model.find(*self._held)
            self.setCurrentIndex(index if index.isValid() else self._model.find(self._held[0]))
        self.verticalScrollBar().setValue(self._scrolled)


class _FacetDelegate(QStyledItemDelegate):
    def __init__(self, palette: Palette, parent: QObject) -> None:
        super().__init__(parent)
        self._palette = palette
        self._name = Pen(fonts.ui_font(fonts.body_size(), QFont.Weight.Medium))
        self._body = Pen(fonts.ui_font(fonts.body_size()))
        self._small = Pen(fonts.ui_font(fonts.small_size()))

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(0, self._body.height + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        self._draw_ground(painter, option)
        inner = option.rect.adjusted(PAD_X, 4, -PAD_X, -4)
        match index.data(Role.ROW):
            case FieldRow() as row:
                is_open = bool(option.state & QStyle.StateFlag.State_Open)
                self._draw_field(painter, inner, row, is_open=is_open)
            case ValueRow() as row:
                self._draw_value(painter, inner, row)
            case MoreRow(title=title):
                inner.setLeft(inner.left() + 2 * MARK + 12)
                self._write(painter, self._small, self._palette.accent, inner, title)
        painter.restore()

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state = option.state
        if state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(option.rect, QColor(self._palette.selection))
            bar = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())
            painter.fillRect(bar, QColor(self._palette.focus))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(self._palette.raised))

    def _draw_field(self, painter: QPainter, inner: QRect, row: FieldRow, *, is_open: bool) -> None:
        middle = inner.top() + (inner.height() - MARK) // 2
        chevron = icon("open" if is_open else "closed", self._palette.muted)
        chevron.paint(painter, QRect(inner.left() - 2, middle, MARK, MARK))
        inner.setLeft(inner.left() + MARK + 4)
        inner.setRight(inner.right() - self._count(painter, inner, row.count) - 12)
        name = self._write(painter, self._name, self._palette.text, inner, row.field.value)
        inner.setLeft(inner.left() + name + 8)
        if not is_open and row.chosen:
            self._write(painter, self._small, self._palette.accent, inner, ", ".join(row.chosen))

    def _draw_value(self, painter: QPainter, inner: QRect, row: ValueRow) -> None:
        inner.setLeft(inner.left() + MARK + 4)
        self._draw_box(
            painter, QRectF(inner.left() + 0.5, inner.center().y() - BOX // 2 + 0.5, BOX, BOX), row
        )
        inner.setLeft(inner.left() + BOX + 8)
        inner.setRight(inner.right() - self._count(painter, inner, row.count) - 12)
        self._write(
            painter, self._body, self._palette.text if row.count else self._palette.muted, inner, row.title
        )

    def _draw_box(self, painter: QPainter, box: QRectF, row: ValueRow) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._palette.accent if row.is_chosen else self._palette.muted), 1))
        painter.setBrush(QColor(self._palette.accent if row.is_chosen else self._palette.surface))
        painter.drawRoundedRect(box, 3, 3)
        if row.is_chosen:
            painter.setPen(QPen(QColor(self._palette.on_accent), 1.8))
            left, top = box.left(), box.top()
            corners = ((3.2, 6.8), (5.6, 9.2), (9.8, 4.2))
            painter.drawPolyline([QPointF(left + x, top + y) for x, y in corners])

    def _count(self, painter: QPainter, inner: QRect, count: int) -> int:
        """At the right, in figures of one width; how wide it is."""
        text = f"{count:,}"
        width = self._small.width(text)
        painter.setFont(self._small.font)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(QPoint(inner.right() + 1 - width, self._baseline(inner)), text)
        return width

    def _write(self, painter: QPainter, pen: Pen, colour: str, inner: QRect, text: str) -> int:
        painter.setFont(pen.font)
        painter.setPen(QColor(colour))
        shown = pen.elide(text, inner.width())
        painter.drawText(QPoint(inner.left(), self._baseline(inner)), shown)
        return pen.width(shown)

    def _baseline(self, inner: QRect) -> int:
        return inner.top() + (inner.height() - self._body.height) // 2 + self._body.ascent
