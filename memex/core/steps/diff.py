"""A change as rows: unified, or the old side by side with the new, with the words that differ."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from memex.core.safe_text import safe_line
from memex.core.session import FileDiff, Hunk
from memex.core.steps.blocks import Diff, Tone
from memex.core.steps.rows import Line, Row, Run, plain
from memex.core.steps.syntax import Colouring

MAX_ROWS = 50_000
LEAST_ALIKE = 0.4
"""Share of two lines that is the same, below which marking words would mark nearly all."""
LONGEST_COMPARED = 400
"""Characters."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Ranges = tuple[tuple[int, int], ...]


class _Entry(NamedTuple):
    """A row: the places of its lines on the old and the new side, from 0; -1 where there is none."""

    old: int
    new: int
    heading: str = ""


class _Side:
    """The lines of all hunks on one side, with their numbers in the file; 0 where the record has none."""

    def __init__(self, language: str) -> None:
        self.texts: list[str] = []
        self.numbers: list[int] = []
        self.partner: dict[int, int] = {}
        """Place of a changed line → place of the line on the other side that it became."""
        self._language = language
        self._colouring: Colouring | None = None

    def add(self, text: str, number: int) -> int:
        self.texts.append(text)
        self.numbers.append(number)
        return len(self.texts) - 1

    def colour(self, last: int) -> bool:
        if self._colouring is None:
            self._colouring = Colouring([safe_line(text) for text in self.texts], self._language)
        return self._colouring.advance(last)

    def runs(self, place: int) -> tuple[Run, ...]:
        coloured = self._colouring.runs(place) if self._colouring else None
        if coloured is not None:
            return coloured
        text = safe_line(self.texts[place])
        return (Run(text),) if text else ()


class DiffRows:
    def __init__(self, block: Diff, *, side_by_side: bool) -> None:
        self.columns = 2 if side_by_side else 1
        self._has_language = bool(block.language)
        self._old, self._new = _Side(block.language), _Side(block.language)
        entries = self._entries(block.diff, side_by_side)
        self._entries_shown = list(_first(entries, MAX_ROWS))
        numbers = (max(side.numbers, default=0) for side in (self._old, self._new))
        self.gutter = max(len(str(number)) if number else 0 for number in numbers) + 2 * (not side_by_side)

    def __len__(self) -> int:
        return len(self._entries_shown)

    def row(self, number: int) -> Row:
        entry = self._entries_shown[number]
        if entry.heading:
            return tuple([plain(entry.heading, tone=Tone.MUTED)] + [None] * (self.columns - 1))
        if self.columns == 2:
            return self._side_line(entry, is_old=True), self._side_line(entry, is_old=False)
        return (self._side_line(entry, is_old=entry.new < 0),)

    def colour(self, last: int) -> bool:
        if not self._has_language or not self._entries_shown:
            return False
        seen = self._entries_shown[: last + 1][-200:]
        old, new = max(entry.old for entry in seen), max(entry.new for entry in seen)
        return (old >= 0 and self._old.colour(old)) or (new >= 0 and self._new.colour(new))

    def _side_line(self, entry: _Entry, *, is_old: bool) -> Line | None:
        side, other = (self._old, self._new) if is_old else (self._new, self._old)
        place = entry.old if is_old else entry.new
        if place < 0:
            return None
        is_changed = entry.old < 0 or entry.new < 0 or place in side.partner
        tone = Tone.PLAIN if not is_changed else Tone.REMOVED if is_old else Tone.ADDED
        runs = side.runs(place)
        if place in side.partner:
            partner = other.texts[side.partner[place]]
            pair = (side.texts[place], partner) if is_old else (partner, side.texts[place])
            runs = marked(runs, changed_words(*map(safe_line, pair))[0 if is_old else 1])
        return Line(runs, tone, self._gutter(side.numbers[place], tone))

    def _gutter(self, number: int, tone: Tone) -> str:
        sign = {Tone.REMOVED: "−", Tone.ADDED: "+"}.get(tone, " ")
        shown = str(number) if number else ""
        return shown if self.columns == 2 else f"{shown} {sign}"

    def _entries(self, diff: FileDiff, side_by_side: bool) -> Iterator[_Entry]:
        for hunk in diff.hunks:
            if len(diff.hunks) > 1:
                line = hunk.new_start or hunk.old_start
                yield _Entry(-1, -1, f"Line {line:,}" if line else "⋯")
            yield from self._hunk(hunk, side_by_side)

    def _hunk(self, hunk: Hunk, side_by_side: bool) -> Iterator[_Entry]:
        old, new = hunk.old_start, hunk.new_start
        removed: list[int] = []
        added: list[int] = []
        for line in hunk.lines:
            sign, text = line[:1], line[1:]
            if sign == "\\":
                continue
            if sign == "-" and added:
                yield from self._block(removed, added, side_by_side)
                removed, added = [], []
            if sign == "-":
                removed.append(self._old.add(text, old))
            elif sign == "+":
                added.append(self._new.add(text, new))
            else:
                yield from self._block(removed, added, side_by_side)
                removed, added = [], []
                yield _Entry(self._old.add(text, old), self._new.add(text, new))
            old += (sign != "+") * bool(hunk.old_start)
            new += (sign != "-") * bool(hunk.new_start)
        yield from self._block(removed, added, side_by_side)

    def _block(self, removed: list[int], added: list[int], side_by_side: bool) -> Iterator[_Entry]:
        """Lines that were replaced by lines: those that stand at the same place are compared."""
        pairs = min(len(removed), len(added))
        for before, after in zip(removed, added, strict=False):
            self._old.partner[before] = after
            self._new.partner[after] = before
        if side_by_side:
            yield from (_Entry(*pair) for pair in zip(removed, added, strict=False))
            yield from (_Entry(place, -1) for place in removed[pairs:])
            yield from (_Entry(-1, place) for place in added[pairs:])
        else:
            yield from (_Entry(place, -1) for place in removed)
            yield from (_Entry(-1, place) for place in added)


def unified_rows(block: Diff) -> DiffRows:
    return DiffRows(block, side_by_side=False)


def side_by_side_rows(block: Diff) -> DiffRows:
    return DiffRows(block, side_by_side=True)


@lru_cache(2_048)
def changed_words(old: str, new: str) -> tuple[Ranges, Ranges]:
    """The ranges of characters that differ, on either side; none where the lines have little in common."""
    if len(old) > LONGEST_COMPARED or len(new) > LONGEST_COMPARED:
        return (), ()
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if _alike(before, after, matcher) < LEAST_ALIKE:
        return (), ()
    starts, others = _starts(before), _starts(after)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        tuple([(starts[first], starts[last]) for _, first, last, _, _ in changes if first < last]),
        tuple([(others[first], others[last]) for _, _, _, first, last in changes if first < last]),
    )


def _alike(before: list[str], after: list[str], matcher: "SequenceMatcher[str]") -> float:
    """Share of the characters that both have in common; white space says nothing."""
    size = sum(len(word.strip()) for word in (*before, *after))
    common = sum(
        len(word.strip())
        for block in matcher.get_matching_blocks()
        for word in before[block.a :][: block.size]
    )
    return 2 * common / size if size else 0.0


def marked(runs: tuple[Run, ...], ranges: Ranges) -> tuple[Run, ...]:
    """The same text, cut also where a range begins or ends."""
    if not ranges:
        return runs
    edges = sorted({edge for pair in ranges for edge in pair})
    cut: list[Run] = []
    start = 0
    for run in runs:
        end = start + len(run.text)
        places = [start, *(edge for edge in edges if start < edge < end), end]
        for left, right in pairwise(places):
            is_changed = any(first <= left < last for first, last in ranges)
            cut.append(Run(run.text[left - start : right - start], run.ink, is_changed=is_changed))
        start = end
    return tuple(cut)


def _starts(words: list[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _first(entries: Iterator[_Entry], limit: int) -> Iterator[_Entry]:
    for number, entry in enumerate(entries):
        if number == limit:
            yield _Entry(-1, -1, "The rest of this change is too long to be shown; the raw record has it.")
            return
        yield entry
