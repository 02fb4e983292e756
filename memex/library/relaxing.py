"""When nothing was found: which condition, left out, would find how many sessions."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from memex.core.filters import Filters
from memex.core.query import SINCE, UNTIL, Query, SpanKind
from memex.core.query_text import to_text, without
from memex.core.search import Relaxation, SearchRequest

MOST = 8


def relaxations(
    request: SearchRequest, query: Query, count: Callable[[SearchRequest], int]
) -> tuple[Relaxation, ...]:
    """`count`: how many sessions a request finds. The most first; those that find none are not offered."""
    tried = (Relaxation(dropped, relaxed, count(relaxed)) for dropped, relaxed in _relaxed(request, query))
    return tuple(sorted((each for each in tried if each.count), key=lambda each: -each.count))


def _relaxed(request: SearchRequest, query: Query) -> Iterator[tuple[str, SearchRequest]]:
    in_text = [span.field for span in query.spans if span.field]
    beside = [condition.field.value for condition in request.filters.conditions]
    bounds = [name for name in (SINCE, UNTIL) if getattr(request.filters, name)]
    for name in list(dict.fromkeys(in_text + beside + bounds))[:MOST]:
        dropped = to_text(_filters_only(query.filters, name))
        text = without(request.text, [span for span in query.spans if span.field == name])
        yield dropped, replace(request, text=text, filters=_filters_without(request.filters, name))
    for span in [each for each in query.spans if each.kind in (SpanKind.EXCLUDED, SpanKind.PHRASE)][:MOST]:
        yield request.text[span.start : span.end], replace(request, text=without(request.text, [span]))


def _filters_without(filters: Filters, name: str) -> Filters:
    return Filters(
        tuple(condition for condition in filters.conditions if condition.field != name),
        None if name == SINCE else filters.since,
        None if name == UNTIL else filters.until,
    )


def _filters_only(filters: Filters, name: str) -> Filters:
    return Filters(
        tuple(condition for condition in filters.conditions if condition.field == name),
        filters.since if name == SINCE else None,
        filters.until if name == UNTIL else None,
    )
