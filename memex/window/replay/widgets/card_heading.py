"""The heading of a tool call: what ran, on what, and how it ended, on one line."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from memex.core.steps.blocks import Fact, Tone, ToolBlock
from memex.window.replay.glyphs import TOOL_GLYPH, draw_glyph
from memex.window.replay.widgets.elided_label import plain_tooltip
from memex.window.theme import Palette

HEIGHT = 28
PAD = 8
ICON = 14


class CardHeading(QWidget):
    """Painted as one piece: a turn may hold dozens of them."""

    def __init__(self, block: ToolBlock, palette: Palette) -> None:
        super().__init__()
        self._block = block
        self._palette = palette
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        spoken = [block.name, block.summary, *(fact.text for fact in block.facts)]
        self.setAccessibleName(", ".join(word for word in spoken if word))
        self.setToolTip(plain_tooltip(block.summary))

    def sizeHint(self) -> QSize:
        return QSize(200, max(HEIGHT, self.fontMetrics().height() + 10))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        rect = self.rect().adjusted(PAD, 0, -PAD, 0)
        ink = self._palette.error if self._block.is_error else self._palette.muted
        icon = QRectF(rect.left(), rect.center().y() - ICON / 2 + 0.5, ICON, ICON)
        draw_glyph(painter, TOOL_GLYPH[self._block.kind], icon, QColor(ink))
        rect.setLeft(rect.left() + ICON + PAD)
        rect = self._paint_facts(painter, rect)
        bold = QFont(self.font())
        bold.setBold(True)
        rect = self._paint_left(painter, rect, self._block.name, bold, self._palette.text)
        self._paint_left(painter, rect, self._block.summary, self.font(), self._palette.muted)

    def _paint_facts(self, painter: QPainter, rect: QRect) -> QRect:
        for fact in reversed(self._block.facts):
            width = self.fontMetrics().horizontalAdvance(fact.text)
            painter.setPen(QColor(_ink(fact, self._palette)))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, fact.text)
            rect = rect.adjusted(0, 0, -(width + PAD), 0)
        return rect

    @staticmethod
    def _paint_left(painter: QPainter, rect: QRect, text: str, font: QFont, colour: str) -> QRect:
        metrics = QFontMetrics(font)
        mode = Qt.TextElideMode.ElideMiddle if "/" in text else Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(text, mode, max(0, rect.width()))
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        return rect.adjusted(metrics.horizontalAdvance(shown) + PAD, 0, 0, 0)


def _ink(fact: Fact, palette: Palette) -> str:
    match fact.tone:
        case Tone.ERROR:
            return palette.error
        case Tone.ADDED:
            return palette.added
        case Tone.REMOVED:
            return palette.removed
        case Tone.PLAIN:
            return palette.text
        case Tone.MUTED:
            return palette.muted
