"""A slim slider in a lens's hue."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider

from memex.window.theme import Palette

STEP = 0.05
KNOB = 6.0
MARGIN = 9.0


class WeightSlider(QSlider):
    """From 0 to `maximum` in steps of `STEP`; a double click brings the default back."""

    def __init__(self, maximum: float, default: float, colour: str, palette: Palette) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._default = round(default / STEP)
        self._colour = colour
        self._palette = palette
        self.setRange(0, round(maximum / STEP))
        self.setPageStep(4)
        self.setValue(self._default)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(24)

    @property
    def weight(self) -> float:
        return round(self.value() * STEP, 2)

    def set_weight(self, weight: float) -> None:
        self.setValue(round(weight / STEP))

    def reset(self) -> None:
        self.setValue(self._default)

    def set_colours(self, colour: str, palette: Palette) -> None:
        self._colour, self._palette = colour, palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(104, 24)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down are for the rows of the panel, not for the weight."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(event.position().x())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self.reset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to the panel: a scroll must not change a weight in passing."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        self._draw_track(painter, middle)
        knob = QPointF(self._x_of(self.value()), middle)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.focus), 2))
            painter.setBrush(QColor(self._palette.surface))
            painter.drawEllipse(knob, KNOB + 2, KNOB + 2)
        painter.setPen(QPen(QColor(self._palette.surface), 1.5))
        painter.setBrush(QColor(self._colour))
        painter.drawEllipse(knob, KNOB, KNOB)
        painter.end()

    def _draw_track(self, painter: QPainter, middle: float) -> None:
        knob, end = self._x_of(self.value()), self._x_of(self.maximum())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.hairline))
        painter.drawRoundedRect(QRectF(MARGIN, middle - 1.5, end - MARGIN, 3), 1.5, 1.5)
        tick = self._x_of(self._default)
        painter.drawRect(QRectF(tick - 0.5, middle - 5, 1, 10))
        painter.setBrush(QColor(self._colour))
        painter.drawRoundedRect(QRectF(MARGIN, middle - 1.5, knob - MARGIN, 3), 1.5, 1.5)

    def _x_of(self, value: int) -> float:
        return MARGIN + (self.width() - 2 * MARGIN) * value / max(1, self.maximum())

    def _follow(self, x: float) -> None:
        share = (x - MARGIN) / max(1.0, self.width() - 2 * MARGIN)
        self.setValue(round(share * self.maximum()))
