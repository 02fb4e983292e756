"""The lettered tile that stands for a lens in sliders, chips and tables."""

from functools import cache

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from memex.core.lenses import Lens
from memex.window import fonts
from memex.window.theme import LENS_LETTER, Palette, palette_named

SIDE = 16


class LensTile(QWidget):
    def __init__(self, lens: Lens, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lens = lens
        self._palette = palette
        self.setFixedSize(SIDE, SIDE)
        self.setAccessibleName(lens.value)

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        drawn = tile(self._lens, SIDE, self.devicePixelRatioF(), self._palette.name)
        painter.drawPixmap(QPoint(0, 0), drawn)
        painter.end()


@cache
def tile(lens: Lens, side: int, scale: float, palette_name: str) -> QPixmap:
    """A square of the lens's hue with its letter on it, drawn once for each size, screen scale and theme."""
    palette = palette_named(palette_name)
    pixmap = QPixmap(round(side * scale), round(side * scale))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    square = QRectF(0, 0, side, side)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.lens[lens]))
    painter.drawRoundedRect(square, 3, 3)
    painter.setPen(QColor(palette.surface))
    painter.setFont(fonts.tile_font(side))
    painter.drawText(square, Qt.AlignmentFlag.AlignCenter, LENS_LETTER[lens])
    painter.end()
    return pixmap
