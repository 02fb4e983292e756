"""A slider over the turns that shows where prompts, errors, edits, sub-agents and matches lie."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from memex.core.lenses import Lens
from memex.window.replay.landmarks import Marks
from memex.window.theme import Palette

HEIGHT = 24
MARGIN = 4
MARK = 2


class Scrubber(QSlider):
    """Prompts above the line, edits and sub-agents below it, errors across, matches at the upper edge.

    A click or drag goes there.
    """

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("scrubber")
        self.setAccessibleName("Position in the session")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(
            "Prompts above the line, edits and sub-agents below, errors in red, matches at the upper edge"
        )
        self._palette = palette
        self._marks = Marks()
        self._picture = QPixmap()

    def show_marks(self, count: int, marks: Marks) -> None:
        """`count` turns; the position is set with `setValue`."""
        self._marks = marks
        self.setRange(0, max(0, count - 1))
        self.setPageStep(max(1, count // 10))
        self._draw_marks()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._draw_marks()

    def sizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, HEIGHT)

    def x_of(self, turn: int) -> int:
        span = self.width() - 2 * MARGIN
        return MARGIN + round(turn * span / max(1, self.maximum()))

    def turn_at(self, x: float) -> int:
        span = max(1, self.width() - 2 * MARGIN)
        return max(0, min(round((x - MARGIN) * self.maximum() / span), self.maximum()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_marks()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.turn_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self.turn_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        here = self.x_of(self.value())
        painter.fillRect(QRect(here - 1, 2, 3, self.height() - 4), QColor(self._palette.text))
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.focus), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_marks(self) -> None:
        """Once per width and session: a thousand marks drawn at every step would be felt."""
        if self.size().isEmpty():  # in a pane that is hidden
            return
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap(self.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._picture)
        middle, palette = self.height() // 2, self._palette
        painter.fillRect(QRect(MARGIN, middle, self.width() - 2 * MARGIN, 1), QColor(palette.muted))
        self._draw_ticks(painter, self._marks.prompts, QRect(0, middle - 7, MARK, 6), palette.accent)
        self._draw_ticks(painter, self._marks.edits, QRect(0, middle + 2, MARK, 5), palette.lens[Lens.CODE])
        self._draw_ticks(painter, self._marks.subagents, QRect(-1, middle + 2, 4, 3), palette.muted)
        self._draw_ticks(painter, self._marks.errors, QRect(0, middle - 7, MARK, 14), palette.error)
        self._draw_ticks(painter, self._marks.matches, QRect(-1, 1, 4, 4), palette.match_mark)
        painter.end()
        self.update()

    def _draw_ticks(self, painter: QPainter, turns: tuple[int, ...], tick: QRect, colour: str) -> None:
        fill = QColor(colour)
        scale = (self.width() - 2 * MARGIN) / max(1, self.maximum())
        for x in {MARGIN + round(turn * scale) for turn in turns}:
            painter.fillRect(tick.translated(x, 0), fill)
