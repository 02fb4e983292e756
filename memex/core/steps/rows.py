"""Rows of monospaced text, ready to be painted: safe, cut, with names for colours that each painter has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from memex.core.steps.blocks import Tone


class Ink(StrEnum):
    """What a stretch of code is; the sixteen colours of a terminal and any other are `Run.colour`."""

    PLAIN = ""
    KEYWORD = "keyword"
    NAME = "name"
    """Of a function, a class, a tag: what is defined or built in."""
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    OPERATOR = "operator"
    MUTED = "muted"
    PATH = "path"
    """Of a place that was found."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one look. `colour`, `surface`: a terminal's 0 to 15, or `#rrggbb`; None: none given."""

    text: str
    ink: Ink = Ink.PLAIN
    colour: int | str | None = None
    surface: int | str | None = None
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    is_changed: bool = False
    """A word that differs between the two sides of a diff."""


@dataclass(frozen=True, slots=True)
class Line:
    """`gutter` is beside the text and not copied with it: a line's number, a sign, a prompt."""

    runs: tuple[Run, ...] = ()
    tone: Tone = Tone.PLAIN
    gutter: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


Row = tuple[Line | None, ...]
"""One line, or the left and the right line of a side-by-side diff, either of which may be missing."""


class Rows(Protocol):
    """Any number of rows, of which only those asked for are read."""

    @property
    def columns(self) -> int: ...

    @property
    def gutter(self) -> int:
        """The longest gutter, in characters."""
        ...

    def __len__(self) -> int: ...

    def row(self, number: int) -> Row: ...

    def colour(self, last: int) -> bool:
        """Colour a little further towards row `last`, in a few milliseconds; whether there is more to do."""
        ...


def all_rows(rows: Rows, limit: int) -> Iterator[Row]:
    """The first `limit`."""
    return (rows.row(number) for number in range(min(limit, len(rows))))


def plain(text: str, *, tone: Tone = Tone.PLAIN, gutter: str = "", ink: Ink = Ink.PLAIN) -> Line:
    return Line((Run(text, ink),) if text else (), tone, gutter)


def line_text(row: Row) -> str:
    """What copying the row gives."""
    return "\t".join(line.text for line in row if line is not None)


def copied(rows: Rows, numbers: Sequence[int] | range) -> str:
    return "\n".join(line_text(rows.row(number)) for number in numbers)
