"""The lines of a listing, read one at a time: what is not looked at is never parsed or coloured."""

import re
from typing import NamedTuple

from memex.core.safe_text import MAX_LINE, safe_line
from memex.core.steps.ansi import CARRIED, ESCAPE, printed_line
from memex.core.steps.blocks import Grammar, Listing, Tone
from memex.core.steps.rows import Ink, Line, Row, Run, plain
from memex.core.steps.syntax import MAX_LEXED, Colouring
from memex.core.steps.text_lines import TextLines

RAW_BYTES = 4 * 4 * MAX_LINE + 4
"""Of one line: four characters of source for one that is shown, four bytes each."""

NUMBERED = re.compile(r"^ {0,7}(\d{1,7})(?:[→\t|:]|\.(?: |$))")
_PLACE = re.compile(r"((?:[A-Za-z]:)?[^:\0]{1,400}?)([:-])(\d{1,7})\2")
_LINE_FIRST = re.compile(r"(\d{1,7})([:-])")
_PATH = re.compile(r"(?:\./|/|~/|[A-Za-z]:\\)?[^\s:]+$")


class Place(NamedTuple):
    """`line` is 0 where none is named; `text` is what follows in the record's line."""

    path: str
    line: int
    text: str


def lines_of(listing: Listing) -> "ListingRows":
    return ListingRows(listing)


def line_count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n")) if text else 0


def place_in(raw: str) -> Place | None:
    """A file that a search found, with the line where one is named."""
    if found := _PLACE.match(raw):
        return Place(found[1], int(found[3]), raw[found.end() :])
    return Place(raw.strip(), 0, "") if "/" in raw and _PATH.match(raw.strip()) else None


class ListingRows:
    columns = 1

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._lines = TextLines(listing.text)
        self._has_escapes = listing.grammar is Grammar.TERMINAL and ESCAPE in listing.text
        self._colouring: Colouring | None = None
        self.gutter = self._gutter()

    def __len__(self) -> int:
        return len(self._lines)

    def row(self, number: int) -> Row:
        raw = self._lines.line(number, RAW_BYTES)
        match self._listing.grammar:
            case Grammar.TERMINAL:
                before = self._lines.before(number, CARRIED) if self._has_escapes else ""
                return (Line(printed_line(raw, before), self._listing.tone),)
            case Grammar.PLACES:
                return (_place_line(raw),)
            case Grammar.PLAIN:
                return (plain(safe_line(raw), tone=self._listing.tone),)
            case _:
                return (self._code_line(number, raw),)

    def colour(self, last: int) -> bool:
        """Colour a little further towards row `last`; whether there is more to do."""
        if not self._listing.language:
            return False
        if self._colouring is None:
            texts = [self._split(number)[1] for number in range(min(len(self), MAX_LEXED))]
            self._colouring = Colouring(texts, self._listing.language)
        return self._colouring.advance(last)

    def _code_line(self, number: int, raw: str) -> Line:
        gutter, text = self._split(number, raw)
        runs = self._colouring.runs(number) if self._colouring else None
        return Line(runs if runs is not None else ((Run(text),) if text else ()), self._listing.tone, gutter)

    def _split(self, number: int, raw: str | None = None) -> tuple[str, str]:
        """What stands in the gutter, and the text."""
        raw = self._lines.line(number, RAW_BYTES) if raw is None else raw
        listing = self._listing
        if listing.grammar is Grammar.COMMAND:
            return ("$" if number == 0 else ""), safe_line(raw)
        if listing.grammar is Grammar.NUMBERED:
            found = NUMBERED.match(raw)
            return (found[1], safe_line(raw[found.end() :])) if found else ("", safe_line(raw))
        return ("" if listing.first_line is None else str(listing.first_line + number)), safe_line(raw)

    def _gutter(self) -> int:
        match self._listing:
            case Listing(grammar=Grammar.COMMAND):
                return 1
            case Listing(grammar=Grammar.NUMBERED):
                ends = {0, len(self) - 1} if len(self) else set()
                return max((len(self._split(number)[0]) for number in ends), default=0)
            case Listing(grammar=Grammar.CODE, first_line=int(first)):
                return len(str(first + len(self)))
            case _:
                return 0


def _place_line(raw: str) -> Line:
    text = safe_line(raw)
    if text == "--":
        return plain(text, tone=Tone.MUTED)
    if found := _PLACE.match(text):
        end = found.end()
        return Line((Run(found[1], Ink.PATH), Run(text[found.end(1) : end], Ink.MUTED), Run(text[end:])))
    if found := _LINE_FIRST.match(text):
        return Line((Run(found[0], Ink.MUTED), Run(text[found.end() :])))
    return plain(text, ink=Ink.PATH if place_in(text) else Ink.PLAIN)
