"""Search: candidates of every lane, the exact score of every candidate in every lane, one table."""

import time
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime

import msgspec
import numpy as np

from memex.catalog.catalog import Catalog
from memex.catalog.fulltext import FoundTurns, TurnHit
from memex.catalog.word_forms import query_words
from memex.core.errors import IndexingError
from memex.core.filters import Order
from memex.core.lenses import Lane, Lens, RankOptions, Recency
from memex.core.query import Query
from memex.core.ranking import Ranking, rank
from memex.core.search import LensTable, Relaxation, SearchRequest, SessionCard, Snippet
from memex.index.plans import Filter, QueryVector, candidates, exact_scores
from memex.library.calibration import coverage, on_common_scale, trust
from memex.library.listing import allowed_sessions, asked_of, list_sessions, named_session
from memex.library.relaxing import relaxations
from memex.library.snippets import Matcher, passage_snippets, word_snippets
from memex.library.vector_side import VectorSide

TURN_HITS = 3_000
"""Turns that full text may propose; a session counts its best four."""
NEXT_TURNS_SHARE = 0.3
"""What the mean of a session's next three turns adds to its best turn."""
SESSIONS_BY_WORDS = 300
SNIPPETS = 100
PASSAGES = 40
"""So many of the best get a snippet, and so many of those may show the passage nearest in meaning."""

LaneScores = dict[Lane, dict[int, float]]
"""Lane → session key → raw score."""
Queries = Mapping[Lane, QueryVector]


def search(
    catalog: Catalog, side: VectorSide | None, request: SearchRequest, degraded: str | None = None
) -> LensTable:
    """Full text alone when there is no vector side, or when it fails; `degraded` then says why.

    A query of conditions alone is answered by the newest sessions, without scores.
    """
    started = time.perf_counter()
    query = asked_of(request.text, request.filters)
    words = query_words(query.text)
    with catalog.errors():
        corrections = catalog.full_text.corrections(words, last_is_prefix=_is_unfinished(request, query))
        words = [corrections.get(word, word) for word in words]
        queries = side.lane_queries(_corrected(query.text, corrections)) if side and words else {}
        allowed = allowed_sessions(catalog, query)
        by_words = _turn_hits(catalog, request, query, words, allowed)
        hits = by_words.hits
        scores: LaneScores = {Lane.WORDS: session_scores(hits)} if words else {}
        if side and queries:
            try:
                scores |= vector_scores(catalog, side, request, queries, scores[Lane.WORDS], allowed)
            except IndexingError as error:
                degraded = str(error)
        covered = coverage(hits[0].score, by_words.idf) if hits else 0.0
        if words:
            table = lens_table(catalog, request, scores, covered, degraded, named_session(catalog, query))
        else:
            table = _newest(catalog, request, query)
        found = _snippets(catalog, side, table, hits, queries, Matcher(words))
        helping = () if table.cards else _relaxations(catalog, request, query)
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    snippets = tuple(found.get(card.key) for card in table.cards)
    return msgspec.structs.replace(
        table,
        snippets=snippets,
        took_ms=took_ms,
        corrections=tuple(corrections.items()),
        relaxations=helping,
    )


def _corrected(text: str, corrections: Mapping[str, str]) -> str:
    for typed, read in corrections.items():
        text = text.replace(typed, read)
    return text


def session_scores(hits: Sequence[TurnHit]) -> dict[int, float]:
    """Session → best turn + 0.3 × the mean of the next three; the best sessions only."""
    turns: dict[int, list[float]] = {}
    for hit in hits:
        turns.setdefault(hit.session, []).append(hit.score)
    scores = {key: best[0] + NEXT_TURNS_SHARE * sum(best[1:4]) / 3 for key, best in turns.items()}
    return {key: scores[key] for key in sorted(scores, key=lambda key: -scores[key])[:SESSIONS_BY_WORDS]}


def vector_scores(
    catalog: Catalog,
    side: VectorSide,
    request: SearchRequest,
    queries: Queries,
    by_words: Mapping[int, float],
    allowed: Set[int] | None = None,
) -> LaneScores:
    """Two batches: every lane's candidates, then every candidate's exact score in every lane."""
    where = _points_filter(catalog, side, allowed)
    proposed = side.index.query_batch(candidates(queries, request.candidates, where))
    points = {point.id for lane in proposed for point in lane}
    points |= catalog.generations.points_of(side.generation, by_words)
    if not points:
        return {}
    keys = catalog.generations.keys_of(side.generation, list(points))
    answers = side.index.query_batch(exact_scores(queries, points))
    return {
        lane: {key: point.score for point in answer if (key := keys.get(point.id)) is not None}
        for lane, answer in zip(queries, answers, strict=True)
    }


def lens_table(
    catalog: Catalog,
    request: SearchRequest,
    scores: LaneScores,
    covered: float,
    degraded: str | None = None,
    named: int | None = None,
) -> LensTable:
    """Each lane brought to the common scale; without snippets. `covered`: see `calibration.coverage`."""
    named_too = set() if named is None else {named}
    cards = catalog.sessions.cards({key for lane in scores.values() for key in lane} | named_too)
    matrix = np.full((len(cards), len(scores)), np.nan, np.float32)
    stands_out = {}
    for column, (lane, of_lane) in enumerate(scores.items()):
        raw = np.array([of_lane.get(key, np.nan) for key in cards], np.float32)
        matrix[:, column], stands_out[lane] = on_common_scale(lane, raw)
    trusted = trust(stands_out, covered)
    return LensTable(
        request,
        tuple(cards.values()),
        tuple(scores),
        matrix.tobytes(),
        tuple(trusted[lane] for lane in scores),
        degraded=degraded,
        named=named,
    )


def _newest(catalog: Catalog, request: SearchRequest, query: Query) -> LensTable:
    """Nothing, for a query without conditions: it is empty, or of signs that no text is searched for."""
    cards: tuple[SessionCard, ...] = ()
    if query.excluded or not query.filters.is_empty:
        cards, _ = list_sessions(catalog, query, Order.NEWEST, request.candidates, 0)
    return LensTable(request, cards, (), b"", ())


def _points_filter(catalog: Catalog, side: VectorSide, allowed: Set[int] | None) -> Filter:
    """The catalog knows more of a session than a point's payload does: it says which points, or which not."""
    if allowed is None:
        return Filter()
    indexed = catalog.generations.points(side.generation)
    inside = tuple(point for point, key in indexed.items() if key in allowed)
    if len(inside) <= len(indexed) / 2:
        return Filter(ids=inside)
    outside = tuple(point for point, key in indexed.items() if key not in allowed)
    return Filter(excluding=(Filter(ids=outside),)) if outside else Filter()


def _is_unfinished(request: SearchRequest, query: Query) -> bool:
    return request.as_typed and query.ends_in_word


def _turn_hits(
    catalog: Catalog, request: SearchRequest, query: Query, words: Sequence[str], allowed: Set[int] | None
) -> FoundTurns:
    return catalog.full_text.best_turns(
        words, last_is_prefix=_is_unfinished(request, query), limit=TURN_HITS, sessions=allowed
    )


def _relaxations(catalog: Catalog, request: SearchRequest, query: Query) -> tuple[Relaxation, ...]:
    """Counted by the words: whatever sessions are left, some are nearest in meaning."""

    def count(relaxed: SearchRequest) -> int:
        asked = asked_of(relaxed.text, relaxed.filters)
        words, allowed = query_words(asked.text), allowed_sessions(catalog, asked)
        if not words:
            return catalog.sessions.count() if allowed is None else len(allowed)
        return len({hit.session for hit in _turn_hits(catalog, relaxed, asked, words, allowed).hits})

    return relaxations(request, query, count)


def _snippets(
    catalog: Catalog,
    side: VectorSide | None,
    table: LensTable,
    hits: Sequence[TurnHit],
    queries: Queries,
    matcher: Matcher,
) -> dict[int, Snippet]:
    """The turn that the words found, or the passage nearest in meaning, whichever earned more."""
    ranking = rank(table, RankOptions(recency=Recency(0.0)), datetime.now(UTC))
    best = [table.cards[row].key for row in ranking.order[:SNIPPETS]]
    found = word_snippets(catalog, hits, best, matcher)
    query = queries.get(Lane.CONTENT)
    if side and isinstance(query, np.ndarray):
        by_meaning = [
            table.cards[row].key
            for row in ranking.order[:PASSAGES]
            if table.cards[row].key not in found or _meaning_outweighs_words(ranking, row)
        ]
        found |= passage_snippets(catalog, side.model, query, by_meaning, matcher)
    return found


def _meaning_outweighs_words(ranking: Ranking, row: int) -> bool:
    parts = dict(zip(Lens, ranking.contributions[row], strict=True))
    return bool(parts[Lens.CONTENT] + parts[Lens.LATE] > parts[Lens.WORDS])
