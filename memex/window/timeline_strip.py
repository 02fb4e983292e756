"""A strip over the results: sessions over time by project, errors over them, brushed to a period."""

from bisect import bisect_right
from datetime import date
from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from memex.core.timeline import TimeBar, Timeline, TimeStep
from memex.window import fonts
from memex.window.project_colours import ProjectColours
from memex.window.theme import Palette
from memex.window.timeline_wording import DAY, bar_in_words, timeline_in_words

HEIGHT, BARS_TOP, BARS_HEIGHT = 40, 4, 20
MARGIN = 16
WIDEST_BAR, NARROWEST_BAR = 24, 5
OUTSIDE_OPACITY = 0.3
Period = tuple[date | None, date | None]
"""The first and the last day, both included; None: without bound."""
ANYTIME: Period = (None, None)
TICKS = {TimeStep.DAY: "%d %b", TimeStep.WEEK: "%d %b %Y", TimeStep.MONTH: "%b %Y", TimeStep.YEAR: "%Y"}


class Move(Enum):
    """What a key does to the bar that was chosen last."""

    PREVIOUS = Qt.Key.Key_Left
    NEXT = Qt.Key.Key_Right
    FIRST = Qt.Key.Key_Home
    LAST = Qt.Key.Key_End


class TimelineStrip(QWidget):
    period_wanted = Signal(object)  # Period

    def __init__(self, palette: Palette, colours: ProjectColours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._palette = palette
        self._colours = colours
        self._timeline = Timeline()
        self._period = ANYTIME
        self._anchor: int | None = None
        self._head: int | None = None
        """The bars where the brush began and where it is."""
        self._is_brushing = False
        self._picture: QPixmap | None = None
        self._describe()
        self.hide()

    @property
    def bars_wanted(self) -> int:
        """As many as can be told apart."""
        return max(20, (self.width() - 2 * MARGIN) // NARROWEST_BAR)

    @property
    def period(self) -> Period:
        return self._period

    def show_timeline(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._anchor = self._head = None
        self.setVisible(bool(timeline.bars))
        self._redraw()
        self._describe()

    def show_period(self, period: Period) -> None:
        """What the query asks for; a brush that is under way goes on."""
        if period != self._period:
            self._period = period
            if period == ANYTIME and not self._is_brushing:
                self._anchor = self._head = None
            self._describe()
            self.update()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._redraw()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def bar_rect(self, number: int) -> QRect:
        """The column of the bar, as high as the highest."""
        width = self._bar_width()
        left = MARGIN + number * width
        return QRect(round(left), BARS_TOP, max(1, round(left + width) - round(left)), BARS_HEIGHT)

    def bar_at(self, x: float) -> int | None:
        bars = self._timeline.bars
        if not bars:
            return None
        return max(0, min(int((x - MARGIN) / self._bar_width()), len(bars) - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._timeline.bars:
            self._is_brushing = True
            self._anchor = self._head = self.bar_at(event.position().x())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_brushing:
            self._head = self.bar_at(event.position().x())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_brushing and event.button() is Qt.MouseButton.LeftButton:
            self._is_brushing = False
            self._choose()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self._clear()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_clearing = event.key() == Qt.Key.Key_Escape and self._period != ANYTIME
            if is_clearing or event.key() in {move.value for move in Move}:
                event.accept()
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._period != ANYTIME:
            self._clear()
        elif event.key() in {move.value for move in Move} and self._timeline.bars:
            is_extending = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._travel(Move(Qt.Key(event.key())), is_extending=is_extending)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        if self._picture is None:
            self._picture = self._drawn()
        first, last = self._chosen()
        if first is None or last is None:
            painter.drawPixmap(0, 0, self._picture)
        else:
            self._paint_brushed(painter, self.bar_rect(first).united(self.bar_rect(last)))
        self._draw_dates(painter)
        painter.fillRect(QRect(0, HEIGHT - 1, self.width(), 1), QColor(self._palette.hairline))
        if self.hasFocus():
            painter.setPen(QColor(self._palette.focus))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_brushed(self, painter: QPainter, brush: QRect) -> None:
        assert self._picture is not None
        brush = QRect(brush.left(), 0, brush.width(), HEIGHT - 1)
        painter.setOpacity(OUTSIDE_OPACITY)
        painter.drawPixmap(0, 0, self._picture)
        painter.setOpacity(1)
        painter.fillRect(brush, QColor(self._palette.selection))
        painter.setClipRect(brush)
        painter.drawPixmap(0, 0, self._picture)
        painter.setClipping(False)
        for x in (brush.left(), brush.right()):
            painter.fillRect(QRect(x, 0, 1, HEIGHT), QColor(self._palette.accent))

    def _drawn(self) -> QPixmap:
        """The bars; drawn once per width, theme and library."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        highest = max((bar.total for bar in self._timeline.bars), default=0) or 1
        for number, bar in enumerate(self._timeline.bars):
            self._draw_bar(painter, bar, self.bar_rect(number), BARS_HEIGHT / highest)
        base = QRect(MARGIN, BARS_TOP + BARS_HEIGHT, self.width() - 2 * MARGIN, 1)
        painter.fillRect(base, QColor(self._palette.hairline))
        painter.end()
        return picture

    def _draw_bar(self, painter: QPainter, bar: TimeBar, column: QRect, scale: float) -> None:
        """The most frequent project lowest; errors as a narrow red bar before the others."""
        column.setWidth(max(1, column.width() - 1))
        bottom, below = column.bottom() + 1, 0
        for project, sessions in zip((*self._timeline.projects, None), bar.counts, strict=True):
            if sessions:
                top = min(bottom - round((below + sessions) * scale), bottom - round(below * scale) - 1)
                part = QRect(column.left(), top, column.width(), bottom - round(below * scale) - top)
                painter.fillRect(part, QColor(self._colours.of(project, self._palette)))
                below += sessions
        if bar.with_errors:
            width = max(1, column.width() // 3)
            height = max(2, round(bar.with_errors * scale))
            left = column.left() + (column.width() - width) // 2
            painter.fillRect(QRect(left, bottom - height, width, height), QColor(self._palette.error))

    def _draw_dates(self, painter: QPainter) -> None:
        """Below their bars, as many as have room; the last one always."""
        bars = self._timeline.bars
        painter.setFont(fonts.ui_font(max(9, fonts.small_size() - 1)))
        painter.setPen(QColor(self._palette.muted))
        room = painter.fontMetrics().horizontalAdvance("00 Mmm 0000") + 24
        every = max(1, -(-room // max(1, round(self._bar_width()))))
        for number in range(0, len(bars), every):
            left = self.bar_rect(number).left()
            place = QRect(left, BARS_TOP + BARS_HEIGHT + 1, room, HEIGHT - BARS_TOP - BARS_HEIGHT - 1)
            if place.right() <= self.width():
                text = bars[number].start.strftime(TICKS[self._timeline.step])
                painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _bar_width(self) -> float:
        room = max(1, self.width() - 2 * MARGIN)
        return min(WIDEST_BAR, room / max(1, len(self._timeline.bars)))

    def _chosen(self) -> tuple[int | None, int | None]:
        """Bars that are brushed, or that the query's period covers in part."""
        if self._is_brushing and self._anchor is not None and self._head is not None:
            return min(self._anchor, self._head), max(self._anchor, self._head)
        bars = self._timeline.bars
        if self._period == ANYTIME or not bars:
            return None, None
        starts = [bar.start for bar in bars]
        first, last = self._period
        begin = 0 if first is None else max(0, bisect_right(starts, first) - 1)
        end = len(bars) - 1 if last is None else max(0, bisect_right(starts, last) - 1)
        return begin, max(begin, end)

    def _travel(self, move: Move, *, is_extending: bool) -> None:
        """From where the brush is; from the newest bar if it is nowhere."""
        newest = len(self._timeline.bars) - 1
        first, last = self._chosen()
        if self._head is None:
            self._head = last if last is not None else newest + (move is Move.PREVIOUS)
            self._anchor = first if first is not None else newest
        ways = {Move.PREVIOUS: self._head - 1, Move.NEXT: self._head + 1, Move.FIRST: 0, Move.LAST: newest}
        self._head = max(0, min(ways[move], newest))
        if not is_extending or self._anchor is None:
            self._anchor = self._head
        self._choose()

    def _choose(self) -> None:
        if self._anchor is None or self._head is None:
            return
        bars = self._timeline.bars
        first, last = bars[min(self._anchor, self._head)], bars[max(self._anchor, self._head)]
        self._period = (first.start, last.end - DAY)
        self._describe()
        self.update()
        self.period_wanted.emit(self._period)

    def _clear(self) -> None:
        self._is_brushing = False
        self._anchor = self._head = None
        self.period_wanted.emit(ANYTIME)

    def _show_tip(self, place: QPoint, where: QPoint) -> None:
        number = self.bar_at(place.x())
        if number is not None and MARGIN <= place.x() <= self.bar_rect(len(self._timeline.bars) - 1).right():
            QToolTip.showText(where, bar_in_words(self._timeline, self._timeline.bars[number]), self)
        else:
            QToolTip.hideText()

    @Slot()
    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _describe(self) -> None:
        """For a screen reader: what is chosen, or what there is."""
        first, last = self._chosen()
        chosen = () if first is None or last is None else self._timeline.bars[first : last + 1]
        self.setAccessibleDescription(timeline_in_words(self._timeline, chosen))
