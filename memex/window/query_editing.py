"""What a click on a filter does to the text in the box, which is the one place that filters are kept in."""

from collections.abc import Iterable
from datetime import date, datetime

from memex.core.filters import Field
from memex.core.query import SINCE, UNTIL, Span, SpanKind, parse_query
from memex.core.query_text import quoted


def with_value(text: str, field: Field, value: str, *, is_wanted: bool, now: datetime) -> str:
    """The query with this value among those that the field may have, or no longer."""
    query = parse_query(text, now)
    values = [known for known in query.filters.of(field) if known != value]
    if is_wanted:
        values.append(value)
    condition = f"{field}:{','.join(map(quoted, values))}" if values else ""
    spans = [span for span in query.spans if span.field == field and text[span.start] != "-"]
    return _replaced(text, spans, condition)


def with_period(text: str, first: date | None, last: date | None, now: datetime) -> str:
    """The query of these days, both included, in place of any period that it names; None: without bound."""
    spans = [span for span in parse_query(text, now).spans if span.field in (SINCE, UNTIL)]
    bounds = ((SINCE, first), (UNTIL, last))
    condition = " ".join(f"{name}:{day.isoformat()}" for name, day in bounds if day)
    return _replaced(text, spans, condition)


def with_sessions(text: str, ids: Iterable[str], now: datetime) -> str:
    """The query of these sessions, in place of others that it names."""
    spans = [span for span in parse_query(text, now).spans if span.field == Field.SESSION]
    values = ",".join(map(quoted, ids))
    return _replaced(text, spans, f"{Field.SESSION}:{values}" if values else "")


def without_filters(text: str, now: datetime) -> str:
    """Words and phrases alone."""
    spans = [span for span in parse_query(text, now).spans if span.kind is SpanKind.FILTER]
    return _replaced(text, spans, "")


def _replaced(text: str, spans: Iterable[Span], condition: str) -> str:
    """The condition where the first of the spans was; at the end if there were none."""
    pieces, end = [], 0
    for span in spans:
        pieces += [text[end : span.start], condition]
        condition, end = "", span.end
    pieces += [text[end:], condition]
    return " ".join(piece for piece in map(str.strip, pieces) if piece)
