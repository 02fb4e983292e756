"""One line of monospaced text laid out: its colours, its marks, and where a point in it is."""

import re
from itertools import islice

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from memex.core.steps.blocks import Tone
from memex.core.steps.rows import Ink, Line, Run
from memex.window.contrast import legible, mixed
from memex.window.theme import Palette

TAB = 4
"""Characters."""
MARKED = 50
"""Matches in one line."""


class LineLayout:
    """`width` 0: not wrapped. Offsets count UTF-16 units, as Qt's do."""

    def __init__(
        self, line: Line, font: QFont, width: float, palette: Palette, matches: re.Pattern[str] | None
    ):
        self.line = line
        self.text = line.text
        self._layout = QTextLayout(self.text, font)
        self._layout.setCacheEnabled(True)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAnywhere if width else QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        metrics = QFontMetricsF(font)
        option.setTabStopDistance(TAB * metrics.horizontalAdvance(" "))
        self._layout.setTextOption(option)
        formats = [part for part in run_formats(line, palette) if part.length]
        self._layout.setFormats([*formats, *_match_formats(self.text, matches, palette)])
        self._line_height = metrics.height()
        self._lay_out(width)

    def _lay_out(self, width: float) -> None:
        self._layout.beginLayout()
        top = 0.0
        self.width = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width or 1e6)
            line.setPosition(QPointF(0, top))
            top += self._line_height
            self.width = max(self.width, line.naturalTextWidth())
        self._layout.endLayout()
        self.height = max(top, self._line_height)

    def draw(
        self, painter: QPainter, place: QPointF, selected: tuple[int, int] | None, palette: Palette
    ) -> None:
        ranges = []
        if selected and selected[0] < selected[1]:
            found = QTextLayout.FormatRange()
            found.start, found.length = selected[0], selected[1] - selected[0]
            found.format.setBackground(QColor(palette.accent))
            found.format.setForeground(QColor(palette.on_accent))
            ranges = [found]
        self._layout.draw(painter, place, ranges)

    def offset_at(self, x: float, y: float) -> int:
        count = self._layout.lineCount()
        if not count:
            return 0
        number = min(max(int(y / self._line_height), 0), count - 1)
        return self._layout.lineAt(number).xToCursor(x)

    def between(self, start: int, end: int) -> str:
        units = self.text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
        return units.decode("utf-16-le", "replace")

    @property
    def length(self) -> int:
        return utf16_length(self.text)

    def word_at(self, offset: int) -> tuple[int, int]:
        place = len(self.between(0, offset))
        for found in re.finditer(r"[\w./-]+", self.text):
            if found.start() <= place <= found.end():
                return utf16_length(self.text[: found.start()]), utf16_length(self.text[: found.end()])
        return offset, offset


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def run_formats(line: Line, palette: Palette) -> list[QTextLayout.FormatRange]:
    ground = surface_of(line.tone, palette) or palette.terminal
    ranges, start = [], 0
    for run in line.runs:
        found = QTextLayout.FormatRange()
        found.start, found.length = start, utf16_length(run.text)
        found.format = _format(run, line.tone, ground, palette)
        ranges.append(found)
        start += found.length
    return ranges


def surface_of(tone: Tone, palette: Palette) -> str | None:
    return {Tone.ADDED: palette.added_surface, Tone.REMOVED: palette.removed_surface}.get(tone)


def ink_of(tone: Tone, palette: Palette) -> str:
    return {Tone.ERROR: palette.error, Tone.MUTED: palette.muted}.get(tone, palette.terminal_text)


def _format(run: Run, tone: Tone, ground: str, palette: Palette) -> QTextCharFormat:
    style = QTextCharFormat()
    if run.is_changed:
        ground = palette.added_word if tone is Tone.ADDED else palette.removed_word
        style.setBackground(QColor(ground))
    elif run.surface is not None:
        ground = mixed(QColor(palette.terminal), QColor(_named(run.surface, palette)), 0.35).name()
        style.setBackground(QBrush(QColor(ground)))
    style.setForeground(QColor(_colour(run, tone, ground, palette)))
    if run.is_bold:
        style.setFontWeight(QFont.Weight.Bold)
    style.setFontItalic(run.is_italic or run.ink is Ink.COMMENT)
    style.setFontUnderline(run.is_underlined)
    return style


def _colour(run: Run, tone: Tone, ground: str, palette: Palette) -> str:
    if run.colour is not None:
        return legible(_named(run.colour, palette), ground)
    return legible(palette.ink.get(run.ink) or ink_of(tone, palette), ground)


def _named(colour: int | str, palette: Palette) -> str:
    return palette.ansi[colour] if isinstance(colour, int) else colour


def _match_formats(
    text: str, matches: re.Pattern[str] | None, palette: Palette
) -> list[QTextLayout.FormatRange]:
    ranges = []
    for found in islice(matches.finditer(text) if matches else (), MARKED):
        mark = QTextLayout.FormatRange()
        mark.start = utf16_length(text[: found.start()])
        mark.length = utf16_length(found[0])
        mark.format.setBackground(QColor(palette.match))
        mark.format.setForeground(QColor(palette.text))
        ranges.append(mark)
    return ranges
