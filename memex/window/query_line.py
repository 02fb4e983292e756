"""The line that a query is typed into: conditions tinted, errors underlined, arrows left to others."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTextLayout,
)
from PySide6.QtWidgets import QLineEdit, QToolTip

from memex.core.query import Query, QueryProblem, SpanKind
from memex.window.theme import Palette

TINTED = (SpanKind.FILTER, SpanKind.EXCLUDED)
TINT_ALPHA = 38
CURSOR_MARGIN = 5
"""Pixels that Qt's cursor rectangle begins before the cursor."""
WAVE = 2.0
LONGEST_MARKED = 4_000
"""UTF-16 units of the text that are laid out to be marked; a paste may be longer."""


class QueryLine(QLineEdit):
    """Marks are drawn over the text: formats within it would end a word that an input method is composing."""

    moved = Signal(int)  # rows, down is positive

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._query = Query()
        self._problems: tuple[QueryProblem, ...] = ()
        self._is_composing = False

    @property
    def problems(self) -> tuple[QueryProblem, ...]:
        return self._problems

    def show_query(self, query: Query) -> None:
        self._query = query
        self.update()

    def show_problems(self, problems: tuple[QueryProblem, ...]) -> None:
        self._problems = problems
        self.setAccessibleDescription(" ".join(problem.message for problem in problems))
        self.update()

    def x_of(self, place: int) -> int:
        """Where a character stands, in pixels of the line."""
        return round(self._extents([(place, place)])[0][0])

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self.moved.emit(1)
            case Qt.Key.Key_Up:
                self.moved.emit(-1)
            case Qt.Key.Key_PageDown:
                self.moved.emit(8)
            case Qt.Key.Key_PageUp:
                self.moved.emit(-8)
            case _:
                super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ToolTip
            and isinstance(event, QHelpEvent)
            and (problem := self._problem_at(event.pos().x()))
        ):
            QToolTip.showText(event.globalPos(), problem.message, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        marked = [span for span in self._query.spans if span.kind in TINTED]
        if self._is_composing or not (marked or self._problems):
            return
        spans = [(span.start, span.end) for span in marked]
        extents = self._extents(spans + [(problem.start, problem.end) for problem in self._problems])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(CURSOR_MARGIN, 0, -CURSOR_MARGIN, 0))
        for left, right in extents[: len(marked)]:
            self._tint(painter, left, right)
        for left, right in extents[len(marked) :]:
            self._underline(painter, left, right)
        painter.end()

    def _tint(self, painter: QPainter, left: float, right: float) -> None:
        colour = QColor(self._palette.accent)
        colour.setAlpha(TINT_ALPHA)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        height = self.fontMetrics().height() + 2
        painter.drawRoundedRect(
            QRectF(left - 1, (self.height() - height) / 2, right - left + 2, height), 3, 3
        )

    def _underline(self, painter: QPainter, left: float, right: float) -> None:
        top = (self.height() + self.fontMetrics().height()) / 2 - 1
        steps = max(2, int((right - left) / WAVE))
        wave = QPolygonF([QPointF(left + WAVE * step, top + WAVE * (step % 2)) for step in range(steps + 1)])
        painter.setPen(QPen(QColor(self._palette.error), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(wave)

    def _problem_at(self, x: int) -> QueryProblem | None:
        extents = self._extents([(problem.start, problem.end) for problem in self._problems])
        for problem, (left, right) in zip(self._problems, extents, strict=True):
            if left <= x <= right:
                return problem
        return None

    def _extents(self, spans: list[tuple[int, int]]) -> list[tuple[float, float]]:
        """Left and right of pieces of the text, in pixels of the line."""
        text = self.text()
        layout = QTextLayout(text[:LONGEST_MARKED], self.font())
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        # The text scrolls with the cursor; only the cursor's own place is told by Qt.
        at = min(self.cursorPosition(), len(_utf16(text[:LONGEST_MARKED])) // 2)
        shift = self.cursorRect().left() + CURSOR_MARGIN - _x(line.cursorToX(at))
        found = []
        for start, end in spans:
            ends = [_x(line.cursorToX(len(_utf16(text[:place])) // 2)) + shift for place in (start, end)]
            found.append((min(ends), max(ends)))
        return found


def _utf16(text: str) -> bytes:
    """Qt counts in UTF-16 units, Python in characters."""
    return text.encode("utf-16-le", "surrogatepass")


def _x(told: object) -> float:
    """PySide tells the position of the cursor's column together with its x."""
    return float(told[0] if isinstance(told, tuple) else told)  # type: ignore[arg-type]
