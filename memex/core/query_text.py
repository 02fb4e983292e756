"""Conditions written as words again, and what the word at the cursor may become."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from msgspec import Struct

from memex.core.filters import Condition, Field, Filters
from memex.core.query import SINCE, UNTIL, Span, SpanKind, parse_query

NEEDS_QUOTES = re.compile(r'[\s,"“]|^(?::|//)')
VALUE_AT_END = re.compile(r'(?:^|,)("?)([^,"]*)$')
NAME_AT_END = re.compile(r"-?([a-z]*)$")


class Unfinished(Struct, frozen=True):
    """The piece of the text before the cursor that a completion replaces."""

    start: int
    end: int
    field: Field | None
    """None: the name of a filter is being typed."""
    beginning: str


def to_text(filters: Filters, zone: tzinfo | None = None) -> str:
    """What `parse_query` reads as these filters, in this zone (None: the machine's)."""
    return " ".join((*_conditions(filters.conditions), *_bounds(filters, zone)))


def quoted(value: str) -> str:
    """As it stands in a query: in quotes where it must be."""
    return '"' + value.replace('"', '""') + '"' if NEEDS_QUOTES.search(value) else value


def without_filter(text: str, name: str, now: datetime) -> str:
    """The query without its conditions of this name, `since` and `until` included."""
    return without(text, [span for span in parse_query(text, now).spans if span.field == name])


def without(text: str, spans: Sequence[Span]) -> str:
    kept, end = [], 0
    for span in spans:
        kept.append(text[end : span.start].strip())
        end = span.end
    return " ".join(piece for piece in (*kept, text[end:].strip()) if piece)


def unfinished(text: str, cursor: int, now: datetime) -> Unfinished | None:
    """What can be completed before the cursor, if anything."""
    spans = parse_query(text[:cursor], now).spans
    if not spans or spans[-1].end != cursor:
        return None
    typed = text[spans[-1].start : cursor]
    if spans[-1].kind is SpanKind.FILTER and spans[-1].field in tuple(Field):
        value = VALUE_AT_END.search(typed.partition(":")[2])
        if value:
            start = cursor - len(value[1] + value[2])
            return Unfinished(start, cursor, Field(spans[-1].field), value[2])
    elif spans[-1].kind in (SpanKind.WORD, SpanKind.EXCLUDED) and (name := NAME_AT_END.fullmatch(typed)):
        return Unfinished(cursor - len(name[1]), cursor, None, name[1])
    return None


def _conditions(conditions: tuple[Condition, ...]) -> Iterator[str]:
    for (field, is_excluded), same in groupby(conditions, key=lambda each: (each.field, each.is_excluded)):
        values = ",".join(quoted(condition.value) for condition in same)
        yield f"{'-' if is_excluded else ''}{field}:{values}"


def _bounds(filters: Filters, zone: tzinfo | None) -> Iterator[str]:
    if filters.since:
        start = filters.since.astimezone(zone)
        yield f"{SINCE}:{_written(start, start)}"
    if filters.until:
        end = filters.until.astimezone(zone)
        yield f"{UNTIL}:{_written(end, end - _width(end))}"


def _width(moment: datetime) -> timedelta:
    """Of the widest period that begins, or ends, at this moment."""
    if moment.microsecond:
        return timedelta(microseconds=1)
    if moment.second:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if moment.hour or moment.minute else timedelta(days=1)


def _written(moment: datetime, period_start: datetime) -> str:
    """The period that starts there, written as precisely as `moment` is."""
    form = {timedelta(days=1): "%Y-%m-%d", timedelta(minutes=1): "%Y-%m-%dT%H:%M"}
    pattern = form.get(_width(moment), "%Y-%m-%dT%H:%M:%S" + (".%f" if moment.microsecond else ""))
    return period_start.strftime(pattern)
