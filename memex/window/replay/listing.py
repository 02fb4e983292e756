"""The lines of a listing that are shown: a head and a tail while folded, at most `MAX_LINES` when opened.

Only the lines shown are ever read, so that five megabytes cost no more than forty lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memex.core.safe_text import safe_line
from memex.window.replay.blocks import Grammar, Listing, Tone

FOLD_ABOVE = 40
HEAD = 28
TAIL = 10
MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    tone: Tone = Tone.PLAIN
    gutter: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`hidden` lines lie between `head` and `tail`."""

    head: tuple[Line, ...]
    hidden: int = 0
    tail: tuple[Line, ...] = ()


def line_count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n")) if text else 0


def folded(listing: Listing) -> Excerpt:
    """The beginning and, where lines carry no running numbers, the end: that is where commands fail."""
    total = line_count(listing.text)
    if total <= FOLD_ABOVE:
        return Excerpt(read_lines(listing, total))
    if listing.grammar is not Grammar.PLAIN:
        return Excerpt(read_lines(listing, HEAD), total - HEAD)
    tail = tuple(Line(safe_line(raw)) for raw in _last_lines(listing.text, TAIL))
    return Excerpt(read_lines(listing, HEAD), total - HEAD - TAIL, tail)


def opened(listing: Listing) -> Excerpt:
    total = line_count(listing.text)
    return Excerpt(read_lines(listing, MAX_LINES), max(0, total - MAX_LINES))


def read_lines(listing: Listing, limit: int) -> tuple[Line, ...]:
    """The first `limit` lines."""
    raw = _first_lines(listing.text, limit)
    match listing.grammar:
        case Grammar.DIFF:
            return tuple(_diff_lines(raw))
        case Grammar.NUMBERED:
            return tuple(_numbered_line(line) for line in raw)
        case Grammar.COMMAND:
            return tuple(
                Line(safe_line(line), gutter="$" if number == 0 else "") for number, line in enumerate(raw)
            )
        case Grammar.PLAIN:
            return tuple(Line(safe_line(line)) for line in raw)


def _first_lines(text: str, limit: int) -> Iterator[str]:
    start = 0
    for _ in range(limit):
        if start >= len(text):
            return
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        yield text[start:end]
        start = end + 1


def _last_lines(text: str, limit: int) -> list[str]:
    end = len(text) - text.endswith("\n")
    start = end
    for _ in range(limit):
        start = text.rfind("\n", 0, start)
    return text[start + 1 : end].split("\n")


_NUMBERED = re.compile(r"^ {0,7}(\d{1,7})[→\t]")


def _numbered_line(raw: str) -> Line:
    found = _NUMBERED.match(raw)
    if not found:
        return Line(safe_line(raw))
    return Line(safe_line(raw[found.end() :]), gutter=found[1])


_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def _diff_lines(raw: Iterator[str]) -> Iterator[Line]:
    """Removed lines carry their old number, all others the new one."""
    old = new = 0
    for line in raw:
        if found := _HUNK.match(line):
            old, new = int(found[1]), int(found[2])
            yield Line(safe_line(line), Tone.MUTED)
        elif line.startswith("+"):
            yield Line(safe_line(line[1:]), Tone.ADDED, f"{new} +")
            new += 1
        elif line.startswith("-"):
            yield Line(safe_line(line[1:]), Tone.REMOVED, f"{old} −")
            old += 1
        elif line.startswith("\\"):
            yield Line(safe_line(line), Tone.MUTED)
        else:
            yield Line(safe_line(line[1:]), gutter=f"{new}  ")
            old, new = old + 1, new + 1
