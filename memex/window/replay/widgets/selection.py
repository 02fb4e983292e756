"""What is selected in rows: from one place to another, within one column."""

from collections.abc import Callable
from typing import NamedTuple

from memex.window.replay.widgets.line_layout import LineLayout

MAX_COPIED = 20_000
"""Rows; the whole of a longer listing is copied by its own button."""
END = 2**31


class Place(NamedTuple):
    row: int
    column: int
    offset: int


class Selection:
    def __init__(self) -> None:
        self._anchor = self._end = Place(0, 0, 0)

    def begin(self, place: Place) -> None:
        self._anchor = self._end = place

    def extend(self, place: Place) -> None:
        """It stays in the column that it began in."""
        if place.column == self._anchor.column:
            self._end = place

    def select_all(self, rows: range) -> None:
        column = self._anchor.column
        self._anchor = Place(rows.start, column, 0)
        self._end = Place(max(rows.start, rows.stop - 1), column, END)

    def range_in(self, row: int, column: int, length: int) -> tuple[int, int] | None:
        first, last = sorted((self._anchor, self._end))
        if first == last or column != first.column or not first.row <= row <= last.row:
            return None
        start = first.offset if row == first.row else 0
        return start, min(last.offset, length) if row == last.row else length

    def text(self, layout_of: Callable[[int, int], LineLayout | None], shown: range) -> str:
        first, last = sorted((self._anchor, self._end))
        if first == last:
            return ""
        lines = []
        for row in range(max(first.row, shown.start), min(last.row + 1, shown.stop, first.row + MAX_COPIED)):
            layout = layout_of(row, first.column)
            if layout is not None:
                start, end = self.range_in(row, first.column, layout.length) or (0, 0)
                lines.append(layout.between(start, end))
        return "\n".join(lines)
