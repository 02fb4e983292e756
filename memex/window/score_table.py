"""The numbers behind a session's place, as its tooltip has them, for those who do not point.

Painted, not built of labels: a slider changes all of them at once, and labels would be laid out anew.
"""

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from memex.window import fonts
from memex.window.explanation import Explanation, LanePart
from memex.window.lens_tile import SIDE, tile
from memex.window.pen import Pen
from memex.window.theme import Palette
from memex.window.wording import score as in_words

HEADS = ("score", "weight", "adds")
GAP = 8
COLUMNS = (34, 42, 40)
"""Of the numbers, in pixels."""


class ScoreTable(QWidget):
    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._explanation: Explanation | None = None
        self._body = Pen(fonts.ui_font(fonts.body_size()))
        self._small = Pen(fonts.ui_font(fonts.small_size()))
        self._strong = Pen(fonts.ui_font(fonts.body_size(), QFont.Weight.DemiBold))
        self._line = max(SIDE, self._body.height) + 4
        self.setAccessibleName("Score")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_explanation(self, explanation: Explanation | None) -> None:
        lines = self._lines
        self._explanation = explanation
        self.setAccessibleName(explanation.as_sentence() if explanation else "Score")
        if self._lines != lines:
            self.updateGeometry()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self._lines * self._line)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._explanation is None:
            return
        painter = QPainter(self)
        self._write_numbers(painter, 0, HEADS, self._small)
        row = 1
        for part in self._explanation.lanes:
            self._draw_lane(painter, row, part)
            row += 1
        for name, adds in self._explanation.extras():
            self._write(painter, row, name, self._body, self._palette.text)
            self._write_numbers(painter, row, ("", "", f"{adds:.3f}"), self._small)
            row += 1
        self._write(painter, row, "score", self._strong, self._palette.text)
        total = f"{self._explanation.total:.3f}"
        self._write_numbers(painter, row, ("", "", total), self._strong, self._palette.text)
        if self.words:
            self._write(painter, row + 1, self.words, self._small, self._palette.muted, left=0)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.focus), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    @property
    def words(self) -> str:
        words = self._explanation.words if self._explanation else ()
        return f"matches {', '.join(words)}" if words else ""

    @property
    def _lines(self) -> int:
        if self._explanation is None:
            return 0
        return 2 + len(self._explanation.lanes) + len(tuple(self._explanation.extras())) + bool(self.words)

    def _draw_lane(self, painter: QPainter, row: int, part: LanePart) -> None:
        """One that adds nothing is greyed."""
        top = row * self._line + (self._line - SIDE) // 2
        painter.drawPixmap(
            QPoint(0, top), tile(part.lens, SIDE, self.devicePixelRatioF(), self._palette.name)
        )
        colour = self._palette.text if part.adds > 0 else self._palette.muted
        self._write(painter, row, part.name, self._body, colour)
        score = "–" if part.score is None else in_words(part.score)
        self._write_numbers(painter, row, (score, in_words(part.weight), f"{part.adds:.3f}"), self._small)

    def _write(
        self, painter: QPainter, row: int, text: str, pen: Pen, colour: str, left: int = SIDE + GAP
    ) -> None:
        room = self.width() - left - (sum(COLUMNS) if left else 0)
        painter.setFont(pen.font)
        painter.setPen(QColor(colour))
        painter.drawText(QPoint(left, self._baseline(row)), pen.elide(text, room))

    def _write_numbers(
        self, painter: QPainter, row: int, numbers: tuple[str, ...], pen: Pen, colour: str = ""
    ) -> None:
        """Right-aligned in their columns."""
        painter.setFont(pen.font)
        painter.setPen(QColor(colour or self._palette.muted))
        right = self.width() - sum(COLUMNS)
        for number, width in zip(numbers, COLUMNS, strict=True):
            right += width
            painter.drawText(QPoint(right - pen.width(number), self._baseline(row)), number)

    def _baseline(self, row: int) -> int:
        return row * self._line + (self._line - self._body.height) // 2 + self._body.ascent
