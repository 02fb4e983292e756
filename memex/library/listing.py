"""A query's conditions without a search: lists, counts beside them, and what completes a query."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from memex.catalog.catalog import Catalog
from memex.core.filters import Facet, FacetValue, Field, Filters, Order
from memex.core.query import FILTER_NAMES, Query, parse_query
from memex.core.search import SessionCard
from memex.library.source_state import with_source_state


def asked_of(text: str, filters: Filters) -> Query:
    """The query in the text, with the conditions that were asked for beside it."""
    query = parse_query(text, datetime.now())
    return msgspec.structs.replace(query, filters=both(filters, query.filters))


def both(one: Filters, other: Filters) -> Filters:
    """What either asks for; a field that both name may have the values of both."""
    return Filters(
        tuple(dict.fromkeys(one.conditions + other.conditions)),
        max(filter(None, (one.since, other.since)), default=None),
        min(filter(None, (one.until, other.until)), default=None),
    )


def allowed_sessions(catalog: Catalog, query: Query) -> set[int] | None:
    """Those that meet the conditions, hold every phrase and nothing that is excluded; None: all do."""
    if query.filters.is_empty and not query.phrases and not query.excluded and not catalog.hidden.keys():
        return None
    allowed = catalog.sessions.keys_where(query.filters)
    for phrase in query.phrases:
        allowed &= catalog.full_text.sessions_holding(phrase)
    return allowed - excluded_sessions(catalog, query)


def excluded_sessions(catalog: Catalog, query: Query) -> set[int]:
    holding = (catalog.full_text.sessions_holding(text) for text in query.excluded)
    return set().union(*holding)


def named_session(catalog: Catalog, query: Query) -> int | None:
    """The session whose id or transcript the query is, if there is one."""
    if query.reference is None:
        return None
    return catalog.sessions.named(query.reference) or catalog.sessions.named(
        str(Path(query.reference).expanduser())
    )


def list_sessions(
    catalog: Catalog, query: Query, order: Order, limit: int, offset: int
) -> tuple[tuple[SessionCard, ...], int]:
    with catalog.errors():
        leaving_out = excluded_sessions(catalog, query)
        cards, total = catalog.sessions.listed(query.filters, order, limit, offset, leaving_out)
        return tuple(map(partial(with_source_state, catalog), cards)), total


def count_facets(catalog: Catalog, query: Query, among: Collection[int] | None) -> tuple[Facet, ...]:
    with catalog.errors():
        return catalog.facets.count(query.filters, among, excluded_sessions(catalog, query))


def complete(catalog: Catalog, field: Field | None, beginning: str, limit: int) -> tuple[FacetValue, ...]:
    if field is None:
        names = (name for name in FILTER_NAMES if name.startswith(beginning.lower()))
        return tuple(FacetValue(f"{name}:", 0) for name in names)[:limit]
    with catalog.errors():
        return tuple(catalog.facets.complete(field, beginning, limit))
