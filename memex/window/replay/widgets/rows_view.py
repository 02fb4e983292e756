"""Monospaced rows: as high as they are, or a window onto them where there are many.

Only rows in sight are laid out, and rows that wrap.
"""

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from itertools import accumulate

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy

from memex.core.steps.blocks import Tone
from memex.core.steps.rows import Line, Row, Rows, copied
from memex.window import fonts
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.line_layout import LineLayout, surface_of
from memex.window.replay.widgets.selection import Place, Selection
from memex.window.theme import Palette

WHOLE = 400
"""Rows up to which the view is as high as they are and wraps at its width; more are scrolled both ways."""
WINDOW_HEIGHT = 480
PAD = 8
EDGE = 4
KEPT = 400
"""Laid-out lines."""
DESCRIBED = 40
"""Rows that a screen reader is told."""


class RowsView(QAbstractScrollArea):
    def __init__(self, rows: Rows, shown: range, name: str, context: BlockContext) -> None:
        super().__init__()
        self._rows, self._shown = rows, shown
        self._palette: Palette = context.palette
        self._matches: re.Pattern[str] | None = context.matches
        self._is_whole = len(shown) <= WHOLE
        self._laid_out: OrderedDict[tuple[int, int], LineLayout] = OrderedDict()
        self._tops: list[float] = []
        self._widest = 0.0
        self._selection = Selection()
        self.laid_out_count = 0
        self._coloured = -1
        """The last row that has its colours."""
        self._font = fonts.code_font(fonts.small_size())
        metrics = QFontMetrics(self._font)
        self._row_height = metrics.height()
        self._character_width = metrics.horizontalAdvance("0")
        self._width = 0
        self._gutter_width = metrics.horizontalAdvance("0" * rows.gutter) + PAD if rows.gutter else 0
        self._needed = self._least_height if self._is_whole else WINDOW_HEIGHT
        self._colouring = QTimer(self, interval=0)
        self._colouring.timeout.connect(self._colour)
        self._set_up(name)

    def _set_up(self, name: str) -> None:
        self.setObjectName("listing")
        self.setAccessibleName(name)
        self.setAccessibleDescription(copied(self._rows, self._shown[:DESCRIBED]))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus if self._is_whole else Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self._is_whole:
            self.setVerticalScrollBarPolicy(off)
            self.setHorizontalScrollBarPolicy(off)

    @property
    def shown(self) -> range:
        return self._shown

    @property
    def gutter_width(self) -> int:
        return self._gutter_width

    def row_rect(self, row: int) -> QRect:
        """Where a row of `Rows` stands in the viewport, scrolled there if the view itself scrolls."""
        place = row - self._shown.start
        if not self._is_whole:
            self.verticalScrollBar().setValue((place - 4) * self._row_height)
        return QRect(0, round(self._top(place)), self.viewport().width(), self._row_height)

    def first_match(self) -> int | None:
        """The first row that holds a match, among those looked at."""
        if self._matches is None:
            return None
        for row in self._shown[:WHOLE]:
            if any(line is not None and self._matches.search(line.text) for line in self._rows.row(row)):
                return row
        return None

    def selected_text(self) -> str:
        return self._selection.text(self._line_layout, self._shown)

    def select_all(self) -> None:
        self._selection.select_all(self._shown)
        self.viewport().update()

    @property
    def _least_height(self) -> int:
        return len(self._shown) * self._row_height + 2 * EDGE

    def sizeHint(self) -> QSize:
        return QSize(1, self._needed)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._width = event.size().width()
        has_new_width = event.size().width() != event.oldSize().width()
        if has_new_width:
            self._laid_out.clear()
        if self._is_whole and has_new_width:
            self._measure()
        elif not self._is_whole:
            bar = self.verticalScrollBar()
            bar.setRange(0, max(0, self._least_height - self.viewport().height()))
            bar.setPageStep(self.viewport().height())
            bar.setSingleStep(3 * self._row_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self._font)
        painter.fillRect(event.rect(), QColor(self._palette.terminal))
        last = 0
        for place in self._places(event.rect()):
            last = self._shown[place]
            self._paint_row(painter, place, self._rows.row(last))
        if self._rows.columns == 2:
            middle = self.viewport().width() // 2
            painter.setPen(QColor(self._palette.hairline))
            painter.drawLine(middle, event.rect().top(), middle, event.rect().bottom())
        painter.end()
        if last > self._coloured:
            self._colouring.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A view that shows all of its rows leaves the wheel to the turn; so does one without focus."""
        if self._is_whole or not self.hasFocus():
            event.ignore()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Copying is the view's own as long as it holds a selection, also where a menu has the key."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)
            if any(event.matches(key) for key in keys):
                event.accept()
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._selection.begin(self._place_at(event.position()))
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._selection.extend(self._place_at(event.position()))
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if layout := self._line_layout(place.row, place.column):
            start, end = layout.word_at(place.offset)
            self._selection.begin(place._replace(offset=start))
            self._selection.extend(place._replace(offset=end))
            self.viewport().update()

    def _colour(self) -> None:
        """A slice at a time, until the rows in sight have their colours."""
        in_sight = list(self._places(self.viewport().rect()))
        last = self._shown[in_sight[-1]] if in_sight else 0
        if not self._rows.colour(last):
            self._colouring.stop()
            self._coloured = last
            self._laid_out.clear()
            self.viewport().update()

    def _measure(self) -> None:
        heights = (self._height(row) for row in self._shown)
        self._tops = list(accumulate(heights, initial=float(EDGE)))
        self._needed = round(self._tops[-1]) + EDGE
        self.updateGeometry()  # setting the height here would resize the view within its own resizing

    def _height(self, row: int) -> float:
        """Only what may wrap is laid out for it."""
        return max(
            (self._wrapped_height(row, column, line) for column, line in enumerate(self._rows.row(row))),
            default=float(self._row_height),
        )

    def _wrapped_height(self, row: int, column: int, line: Line | None) -> float:
        if line is None:
            return float(self._row_height)
        text = line.text
        if len(text) * self._character_width <= self._text_width and text.isascii() and "\t" not in text:
            return float(self._row_height)
        layout = self._line_layout(row, column)
        return layout.height if layout else float(self._row_height)

    @property
    def _column_width(self) -> float:
        return self._width / self._rows.columns

    @property
    def _text_width(self) -> float:
        return max(40.0, self._column_width - self._gutter_width - 2 * PAD)

    def _line_layout(self, row: int, column: int) -> LineLayout | None:
        key = (row, column)
        if key in self._laid_out:
            self._laid_out.move_to_end(key)
            return self._laid_out[key]
        cells = self._rows.row(row)
        line = cells[column] if column < len(cells) else None
        if line is None:
            return None
        width = self._text_width if self._is_whole else 0
        made = LineLayout(line, self._font, width, self._palette, self._matches)
        self.laid_out_count += 1
        self._laid_out[key] = made
        while len(self._laid_out) > KEPT:
            self._laid_out.popitem(last=False)
        if not self._is_whole and made.width > self._widest:
            self._widest = made.width
            bar = self.horizontalScrollBar()
            bar.setRange(0, max(0, round(self._widest - self._text_width)))
            bar.setPageStep(round(self._text_width))
        return made

    def _top(self, place: int) -> float:
        if self._is_whole:
            return self._tops[place] if place < len(self._tops) else 0.0
        return EDGE + place * self._row_height - self.verticalScrollBar().value()

    def _places(self, rect: QRect) -> Iterator[int]:
        """Of the shown rows, those that lie in `rect`."""
        count = len(self._shown)
        if self._is_whole:
            first = max(0, bisect_right(self._tops, rect.top()) - 1)
            last = bisect_right(self._tops, rect.bottom())
        else:
            scrolled = self.verticalScrollBar().value() - EDGE
            first = max(0, (rect.top() + scrolled) // self._row_height)
            last = (rect.bottom() + scrolled) // self._row_height + 1
        return iter(range(first, min(last, count)))

    def _paint_row(self, painter: QPainter, place: int, row: Row) -> None:
        top = self._top(place)
        height = self._tops[place + 1] - top if self._is_whole else self._row_height
        for column, line in enumerate(row):
            left = column * self._column_width
            if line is None:
                continue
            if surface := surface_of(line.tone, self._palette):
                painter.fillRect(QRectF(left, top, self._column_width, height), QColor(surface))
            self._paint_gutter(
                painter, QRectF(left + PAD / 2, top, self._gutter_width - PAD / 2, height), line
            )
            self._paint_text(painter, QPointF(left + self._gutter_width + PAD, top), place, column)

    def _paint_gutter(self, painter: QPainter, box: QRectF, line: Line) -> None:
        if not line.gutter:
            return
        colours = {Tone.ADDED: self._palette.added, Tone.REMOVED: self._palette.removed}
        painter.setPen(QColor(colours.get(line.tone, self._palette.muted)))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), line.gutter)

    def _paint_text(self, painter: QPainter, place: QPointF, number: int, column: int) -> None:
        row = self._shown[number]
        layout = self._line_layout(row, column)
        if layout is None:
            return
        painter.save()
        painter.setClipRect(QRectF(place.x(), place.y(), self._text_width + PAD, layout.height))
        shifted = place - QPointF(self.horizontalScrollBar().value(), 0)
        layout.draw(painter, shifted, self._selection.range_in(row, column, layout.length), self._palette)
        painter.restore()

    def _place_at(self, point: QPointF) -> Place:
        column = min(int(point.x() / max(1.0, self._column_width)), self._rows.columns - 1)
        line = next(iter(self._places(QRect(0, round(point.y()), 1, 1))), None)
        if line is None:
            line = 0 if point.y() < EDGE else len(self._shown) - 1
        x = point.x() - column * self._column_width - self._gutter_width - PAD
        row = self._shown[line]
        layout = self._line_layout(row, column)
        shifted = x + self.horizontalScrollBar().value()
        return Place(row, column, layout.offset_at(shifted, point.y() - self._top(line)) if layout else 0)
