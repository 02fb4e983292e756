"""A font that remembers what it has measured: lists paint the same words again and again."""

from functools import lru_cache, partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics

MEASURED = 2_048
"""Strings whose widths are remembered; a screen shows a few hundred."""


class Pen:
    def __init__(self, font: QFont) -> None:
        metrics = QFontMetrics(font)
        self.font = font
        self.height = metrics.height()
        self.ascent = metrics.ascent()
        self.width = lru_cache(MEASURED)(metrics.horizontalAdvance)
        self.elide = lru_cache(MEASURED)(partial(_elide, metrics))


def _elide(metrics: QFontMetrics, text: str, width: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
