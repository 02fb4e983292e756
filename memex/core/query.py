"""The query language of the search box: words, phrases, and conditions as words (docs/query-language.md).

Whatever is typed has a meaning: what is no condition is a word, and what is doubtful has a `QueryProblem`.
Positions count characters (code points), not UTF-16 units.
"""

import difflib
import re
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct

from memex.core.filters import KNOWN_VALUES, Condition, Field, Filters
from memex.core.periods import period_of

LONGEST_QUERY = 4_000
"""Characters that are read of a query; a paste may be longer."""
MOST_PROBLEMS = 8
LONGEST_ECHO = 40
DATES_AS_EXAMPLES = "2w, yesterday, monday, last month, 2026-05 or 2026-05-03"
Item = TypeVar("Item")

SINCE, UNTIL = "since", "until"
FILTER_NAMES = (*(field.value for field in Field), SINCE, UNTIL)
NAMES_ELSEWHERE = {
    "after": SINCE, "before": UNTIL, "from": SINCE, "to": UNTIL, "date": SINCE, "repo": "project",
    "repository": "project", "path": "file", "command": "cmd", "shell": "cmd", "author": "agent",
}  # fmt: skip
"""What the same is called in other programs."""

EXCLUSION = re.compile(r'-(?=["“]|\w\S|[^\W\x00-\x7f])')
"""Not before a single letter: `-v` is an option of some command."""
NAME = re.compile(r"([A-Za-z]{2,16}):")
QUOTED = re.compile(r'"((?:[^"]|"")*+)("?)|“([^”]*+)(”?)')
"""A quotation mark within is doubled."""
BARE_VALUE = re.compile(r"[^\s,]+")
WORD = re.compile(r"\S+")
SPACE = re.compile(r"\s*")
REST_OF_PERIOD = re.compile(
    r"\s+(?:week|month|year|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.IGNORECASE
)
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
NOT_A_VALUE = (":", "//", ",")
"""After the colon of `std::vector` and `file://x`."""

SESSION_ID = re.compile(
    r"(?:agent-|rollout-[\dT-]{19}-|session-)?[0-9a-f]{8}(?:[0-9a-f-]{0,28})(?:~[0-9a-f]{1,6})?|ses_\w{8,64}",
    re.IGNORECASE | re.ASCII,
)
TRANSCRIPT_PATH = re.compile(
    r"(?:file://|~?[\\/]|\.{1,2}[\\/]|[A-Za-z]:[\\/]).{1,1000}\.(?:jsonl|json|db|vscdb|sqlite|md)"
)


class SpanKind(StrEnum):
    WORD = "word"
    PHRASE = "phrase"
    EXCLUDED = "excluded"
    FILTER = "filter"


class Span(Struct, frozen=True):
    """A piece of the query's text, quotes and minus included."""

    start: int
    end: int
    kind: SpanKind
    field: str | None = None
    """Of a filter: one of `FILTER_NAMES`."""


class QueryProblem(Struct, frozen=True):
    """What was not understood as it may have been meant; the rest of the query holds."""

    start: int
    end: int
    message: str


class Query(Struct, frozen=True):
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    """Each must occur as it stands."""
    excluded: tuple[str, ...] = ()
    """Words and phrases that must not occur."""
    filters: Filters = Filters()
    problems: tuple[QueryProblem, ...] = ()
    spans: tuple[Span, ...] = ()
    text: str = ""
    """Words and phrases in their order: what is searched for, without conditions."""
    reference: str | None = None
    """The whole query, if it looks like a session's id, the beginning of one, or a transcript's path."""

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.excluded) and self.filters.is_empty

    @property
    def ends_in_word(self) -> bool:
        """Whether what is being typed may be an unfinished word."""
        return bool(self.spans) and self.spans[-1].kind is SpanKind.WORD


def parse_query(text: str, now: datetime) -> Query:
    """Never raises. `now` is local: with the user's time zone, or without one for the machine's."""
    return _Reader(text, now).query()


class _Reader:
    def __init__(self, text: str, now: datetime) -> None:
        self._whole = text
        self._text = _plain(text[:LONGEST_QUERY])
        self._now = now
        self._words: list[str] = []
        self._phrases: list[str] = []
        self._searched: list[str] = []
        self._excluded: list[str] = []
        self._conditions: list[Condition] = []
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._problems: list[QueryProblem] = []
        self._spans: list[Span] = []

    def query(self) -> Query:
        if len(self._whole) > LONGEST_QUERY:
            message = f"Only the first {LONGEST_QUERY:,} characters are searched."
            self._problem(LONGEST_QUERY, len(self._whole), message)
        at = _skip_space(self._text, 0)
        while at < len(self._text):
            at = _skip_space(self._text, self._token(at))
        return Query(
            _distinct(self._words),
            _distinct(self._phrases),
            _distinct(self._excluded),
            Filters(_distinct(self._conditions), self._since, self._until),
            tuple(self._problems),
            tuple(self._spans),
            " ".join(self._searched),
            _reference(self._text),
        )

    def _token(self, start: int) -> int:
        """Reads what begins here; where it ends."""
        excludes = bool(EXCLUSION.match(self._text, start))
        at = start + excludes
        if quoted := QUOTED.match(self._text, at):
            return self._phrase(start, quoted, excludes)
        name = NAME.match(self._text, at)
        if name and name[1] in FILTER_NAMES and not self._is_word_with_colon(name):
            return self._filter(start, name[1], name.end(), excludes)
        word = WORD.match(self._text, at)
        assert word
        if name:
            self._suggest(name, word.end())
        return self._word(start, word, excludes)

    def _is_word_with_colon(self, name: re.Match[str]) -> bool:
        """`error: linker not found`, but not `error:` where more may be typed."""
        following = self._text[name.end() : name.end() + 2]
        return following[:1].isspace() or following.startswith(NOT_A_VALUE)

    def _word(self, start: int, word: re.Match[str], excludes: bool) -> int:
        excludes = excludes and not self._is_option(word)
        if excludes:
            self._excluded.append(word[0])
        else:
            self._words.append(self._text[start : word.end()])
            self._searched.append(self._text[start : word.end()])
        self._span(start, word.end(), SpanKind.EXCLUDED if excludes else SpanKind.WORD)
        return word.end()

    def _is_option(self, word: re.Match[str]) -> bool:
        """`go test -run TestParse`, `-pprof=net`, `-Zjson-target-spec`: of a command that was pasted.

        What is excluded follows the words that are searched, or stands alone.
        """
        following = WORD.match(self._text, _skip_space(self._text, word.end()))
        goes_on = following is not None and following[0][0] not in '-"“' and not NAME.match(following[0])
        return "=" in word[0] or "-" in word[0] or (bool(self._words) and goes_on)

    def _phrase(self, start: int, quoted: re.Match[str], excludes: bool) -> int:
        self._check_closed(quoted)
        if phrase := " ".join(_unquoted(quoted).split()):
            (self._excluded if excludes else self._phrases).append(phrase)
            if not excludes:
                self._searched.append(phrase)
        self._span(start, quoted.end(), SpanKind.EXCLUDED if excludes else SpanKind.PHRASE)
        return quoted.end()

    def _filter(self, start: int, name: str, at: int, excludes: bool) -> int:
        values, end = self._values(at)
        if name in (SINCE, UNTIL):
            if values and values[-1].lower() in ("last", "this") and end < len(self._text):
                end, values[-1] = self._whole_period(end, values[-1])
            self._bound(start, end, name, values, excludes)
        else:
            self._condition(start, end, Field(name), values, excludes)
        self._span(start, end, SpanKind.FILTER, name)
        return end

    def _values(self, at: int) -> tuple[list[str], int]:
        """The values that a comma separates, and where they end."""
        values = []
        while at < len(self._text):
            quoted = QUOTED.match(self._text, at)
            if quoted:
                self._check_closed(quoted)
                values.append(_unquoted(quoted))
                at = quoted.end()
            elif bare := BARE_VALUE.match(self._text, at):
                values.append(bare[0])
                at = bare.end()
            if not self._text.startswith(",", at):
                break
            at += 1
        return [value for value in values if value.strip()], at

    def _whole_period(self, end: int, beginning: str) -> tuple[int, str]:
        rest = REST_OF_PERIOD.match(self._text, end)
        return (rest.end(), beginning + rest[0]) if rest else (end, beginning)

    def _bound(self, start: int, end: int, name: str, values: list[str], excludes: bool) -> None:
        if excludes:
            other = UNTIL if name == SINCE else SINCE
            self._problem(start, end, f"“{name}:” cannot be excluded: say “{other}:”.")
            return
        if not values:
            self._problem(start, end, f"“{name}:” needs a date, as in {name}:2w or {name}:2026-05.")
        for value in values:
            period = period_of(value, self._now)
            if period is None:
                self._problem(start, end, f"“{value[:LONGEST_ECHO]}” is no date: write {DATES_AS_EXAMPLES}.")
            elif name == SINCE:
                self._since = max(self._since or period.start, period.start)
            else:
                self._until = min(self._until or period.end, period.end)

    def _condition(self, start: int, end: int, field: Field, values: list[str], excludes: bool) -> None:
        if not values:
            self._problem(start, end, f"“{field}:” needs a value.")
        for value in values:
            try:
                self._conditions.append(Condition(field, _known_value(field, value), excludes))
            except ValueError as reason:
                self._problem(start, end, str(reason))

    def _suggest(self, name: re.Match[str], end: int) -> None:
        """`projct:x` stays a word, but `project:` may have been meant."""
        is_followed = name.end() < end and not self._is_word_with_colon(name)
        if is_followed and len(self._problems) < MOST_PROBLEMS and (near := _near_name(name[1])):
            message = f"There is no filter “{name[1]}:”: did you mean “{near}:”?"
            self._problem(name.start(), name.end(), message)

    def _check_closed(self, quoted: re.Match[str]) -> None:
        if not (quoted[2] or quoted[4]):
            self._problem(quoted.start(), quoted.end(), "The quotation mark is not closed.")

    def _span(self, start: int, end: int, kind: SpanKind, field: str | None = None) -> None:
        self._spans.append(Span(start, end, kind, field))

    def _problem(self, start: int, end: int, message: str) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(QueryProblem(start, end, message))


def _plain(text: str) -> str:
    """The same length, without what no database or encoder takes: NUL and lone surrogates."""
    return text.replace("\x00", " ").encode("utf-16", "replace").decode("utf-16")


def _skip_space(text: str, at: int) -> int:
    space = SPACE.match(text, at)
    assert space
    return space.end()


def _distinct(values: list[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(values))


def _unquoted(quoted: re.Match[str]) -> str:
    return quoted[1].replace('""', '"') if quoted[1] is not None else quoted[3]


def _known_value(field: Field, value: str) -> str:
    """As it is written elsewhere; a beginning will do where only one value has it."""
    if field is Field.MONTH and not MONTH.fullmatch(value):
        raise ValueError(f"“{value[:LONGEST_ECHO]}” is no month: write 2026-05.")
    known = KNOWN_VALUES.get(field)
    if known is None:
        return value
    beginning = value.strip().lower()
    found = [name for name in known if name == beginning] or [n for n in known if n.startswith(beginning)]
    if len(found) != 1:
        raise ValueError(f"“{field}:” knows {', '.join(known[:-1])} and {known[-1]}.")
    return str(found[0])


@lru_cache(256)
def _near_name(name: str) -> str | None:
    if name.isupper():  # `ERROR:root:…` is a line of a log
        return None
    lower = name.lower()
    near = difflib.get_close_matches(lower, FILTER_NAMES, n=1, cutoff=0.75)
    return NAMES_ELSEWHERE.get(lower) or next(iter(near), None)


def _reference(text: str) -> str | None:
    whole = text.strip().strip("\"'“”")
    if SESSION_ID.fullmatch(whole):
        return whole
    return whole.removeprefix("file://") if TRANSCRIPT_PATH.fullmatch(whole) else None
