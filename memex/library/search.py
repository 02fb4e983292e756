"""Search: candidates of every lane, the exact score of every candidate in every lane, one table."""

import time
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from functools import partial

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
from memex.library.adjacency import with_neighbours
from memex.library.calibration import (
    CLOSE,
    DENSE,
    ScaledLane,
    confidence,
    coverage,
    of_typical_length,
    on_common_scale,
    trust,
)
from memex.library.feedback import feedback_plans
from memex.library.groups import groups
from memex.library.lane_scores import LaneScores, Queries, with_vectors
from memex.library.listing import allowed_sessions, asked_of, list_sessions, named_session
from memex.library.passages import NearPassages, as_bytes, near_passages, with_refined
from memex.library.relaxing import relaxations
from memex.library.snippets import Matcher, passage_snippets, word_snippets
from memex.library.vector_side import VectorSide

TURN_HITS = 3_000
"""Turns that full text may propose; a session counts its best four."""
NEXT_TURNS_SHARE = 0.1
"""What the mean of a session's next three turns adds to its best turn."""
SESSIONS_BY_WORDS = 300
SNIPPETS = 100
PASSAGES = 40
"""So many of the best get a snippet, and so many of those may show the passage nearest in meaning."""

LOOKED_CLOSER_AT = 100
"""Sessions all of whose passages are compared with the query."""

NOTHING = np.array([], np.float32)


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
        idf = dict(zip((word.lower() for word in words), by_words.idf, strict=False))
        hits = with_neighbours(catalog, by_words.hits, query.text, idf)
        scores = LaneScores.by_words(session_scores(hits))
        if side and queries:
            try:
                scores = with_vectors(
                    catalog,
                    side,
                    queries,
                    request.candidates,
                    scores,
                    allowed,
                    partial(feedback_plans, catalog, side.model, queries, request),
                )
            except IndexingError as error:
                degraded = str(error)
        near = _look_closer(catalog, side, queries, scores)
        covered = _coverage(by_words, is_unfinished=_is_unfinished(request, query))
        if words:
            named = named_session(catalog, query)
            refined = with_refined(scores, near) if near else scores
            table = lens_table(catalog, request, refined, covered, degraded, named)
        else:
            table = _newest(catalog, request, query)
        sure = _sureness(table, covered, scores)
        found = _snippets(catalog, table, hits, near, Matcher(words))
        helping = () if table.cards and sure >= CLOSE else _relaxations(catalog, request, query)
        alike = groups(catalog, table.cards)
    return msgspec.structs.replace(
        table,
        snippets=tuple(found.get(card.key) for card in table.cards),
        confidence=round(sure, 3),
        is_close=sure >= CLOSE,
        groups=alike,
        vectors=as_bytes(near.keys.tolist(), near.content, [card.key for card in table.cards])
        if near
        else b"",
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        corrections=tuple(corrections.items()),
        relaxations=helping,
    )


def _corrected(text: str, corrections: Mapping[str, str]) -> str:
    for typed, read in corrections.items():
        text = text.replace(typed, read)
    return text


def session_scores(hits: Sequence[TurnHit]) -> dict[int, float]:
    """Session → best turn + 0.1 × the mean of the next three; the best sessions only."""
    turns: dict[int, list[float]] = {}
    for hit in hits:
        turns.setdefault(hit.session, []).append(hit.score)
    scores = {key: best[0] + NEXT_TURNS_SHARE * sum(best[1:4]) / 3 for key, best in turns.items()}
    return {key: scores[key] for key in sorted(scores, key=lambda key: -scores[key])[:SESSIONS_BY_WORDS]}


def lens_table(
    catalog: Catalog,
    request: SearchRequest,
    scores: LaneScores,
    covered: float,
    degraded: str | None = None,
    named: int | None = None,
) -> LensTable:
    """Each lane brought to the common scale; without snippets. `covered`: see `calibration.coverage`."""
    if named is not None:
        scores = scores.spread_over(np.union1d(scores.keys, [named]))
    cards = catalog.sessions.cards(scores.keys.tolist())
    known = scores.narrowed_to(np.fromiter(cards, np.int64))
    turns = [card.turn_count for card in cards.values()]
    scaled = {
        lane: on_common_scale(lane, of_typical_length(raw, turns) if lane in DENSE else raw)
        for lane, raw in known.of.items()
    }
    trusted = trust(scaled, covered)
    table = table_of(request, tuple(cards.values()), scaled, trusted)
    return msgspec.structs.replace(table, degraded=degraded, named=named)


def table_of(
    request: SearchRequest,
    cards: tuple[SessionCard, ...],
    scaled: Mapping[Lane, ScaledLane],
    trusted: Mapping[Lane, float],
) -> LensTable:
    matrix = np.stack([lane.scores for lane in scaled.values()], axis=1)
    return LensTable(request, cards, tuple(scaled), matrix.tobytes(), tuple(trusted[lane] for lane in scaled))


def _content_vectors(near: NearPassages | None, table: LensTable) -> bytes:
    keys = [card.key for card in table.cards]
    return as_bytes(near.keys.tolist(), near.content, keys) if near else b""


def _newest(catalog: Catalog, request: SearchRequest, query: Query) -> LensTable:
    """Nothing, for a query without conditions: it is empty, or of signs that no text is searched for."""
    cards: tuple[SessionCard, ...] = ()
    if query.excluded or not query.filters.is_empty:
        cards, _ = list_sessions(catalog, query, Order.NEWEST, request.candidates, 0)
    return LensTable(request, cards, (), b"", ())


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


def _coverage(by_words: FoundTurns, *, is_unfinished: bool) -> float:
    """An unfinished word tells nothing yet; when it is the only one, whatever begins so is an answer."""
    if not by_words.hits:
        return 0.0
    known = by_words.idf[:-1] if is_unfinished else by_words.idf
    return coverage(by_words.hits[0].score, known) if known else 1.0


def _sureness(table: LensTable, covered: float, scores: LaneScores) -> float:
    """A list that conditions made, or a session that was named, is what was asked for."""
    if not table.lanes or table.named is not None:
        return 1.0
    late = scores.of.get(Lane.CONTENT_LATE, NOTHING)
    return confidence(covered, None if np.isnan(late).all() else float(np.nanmax(late)))


def _look_closer(
    catalog: Catalog, side: VectorSide | None, queries: Queries, scores: LaneScores
) -> NearPassages | None:
    """At all passages of the sessions that the vectors of their content put first."""
    query, late = queries.get(Lane.CONTENT), scores.of.get(Lane.CONTENT_LATE, NOTHING)
    if side is None or np.isnan(late).all() or not isinstance(query, np.ndarray):
        return None
    together = late + np.nan_to_num(scores.of[Lane.CONTENT])
    best = np.argsort(-together, kind="stable")[: min(LOOKED_CLOSER_AT, np.count_nonzero(~np.isnan(late)))]
    return near_passages(catalog, side.model, query, scores.keys[best].tolist())


def _snippets(
    catalog: Catalog,
    table: LensTable,
    hits: Sequence[TurnHit],
    near: NearPassages | None,
    matcher: Matcher,
) -> dict[int, Snippet]:
    """The turn that the words found, or the passage nearest in meaning, whichever earned more."""
    ranking = rank(table, RankOptions(recency=Recency(0.0)), datetime.now(UTC))
    best = [table.cards[row].key for row in ranking.order[:SNIPPETS]]
    found = word_snippets(catalog, hits, best, matcher)
    by_meaning = [
        table.cards[row].key
        for row in ranking.order[:PASSAGES]
        if table.cards[row].key not in found or _meaning_outweighs_words(ranking, row)
    ]
    nearest = dict(zip(near.keys.tolist(), near.nearest.tolist(), strict=True)) if near else {}
    return found | passage_snippets(catalog, nearest, by_meaning, matcher)


def _meaning_outweighs_words(ranking: Ranking, row: int) -> bool:
    parts = dict(zip(Lens, ranking.contributions[row], strict=True))
    return bool(parts[Lens.CONTENT] + parts[Lens.LATE] > parts[Lens.WORDS])
