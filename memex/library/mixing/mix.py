"""From marks to answers: what the lanes propose, the exact score of all that in every lane, one table."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.core.errors import MixError
from memex.core.filters import Filters
from memex.core.lenses import DENSE_LANES, LANES_OF, Lane, Lens
from memex.core.mixing import MIX_LENSES, Mix, MixRequest
from memex.core.query import Query
from memex.core.search import LensTable, SearchRequest
from memex.index.discovery_plans import ContextPair, Strategy, discovered, recommended
from memex.index.plans import ALL, Filter, Plan, rescored
from memex.library.calibration import above_median, trust
from memex.library.groups import groups
from memex.library.lane_scores import points_filter
from memex.library.listing import allowed_sessions
from memex.library.mixing.explaining import reasons, vectors_seen
from memex.library.mixing.marks import Marks, lanes_of, read_marks
from memex.library.mixing.plane import plane
from memex.library.passages import as_bytes
from memex.library.search import table_of
from memex.library.vector_side import VectorSide

LENS_OF_LANE = {lane: lens for lens in MIX_LENSES for lane in LANES_OF[lens]}


@dataclass(frozen=True, slots=True)
class Proposals:
    """By lane and session key: exact scores of all, and who was proposed by the lane itself."""

    scores: Mapping[Lane, Mapping[int, float]]
    most: Mapping[Lane, float]
    """What a score can reach in the lane, so that the lanes' spans can be compared."""
    proposed: Mapping[Lane, frozenset[int]]


def mix(catalog: Catalog, side: VectorSide | None, request: MixRequest, degraded: str | None = None) -> Mix:
    """Raises `MixError` when there is nothing to go by: no vectors, no mark, or none under the lens."""
    started = time.perf_counter()
    if request.lens is not None and request.lens not in MIX_LENSES:
        names = ", ".join(MIX_LENSES[:-1])
        raise MixError(f"Whole sessions cannot be compared by {request.lens}: choose {names} or code.")
    if side is None:
        raise MixError(degraded or "There are no vectors yet: sessions can be mixed once they are embedded.")
    with catalog.errors():
        marks = read_marks(catalog, side.model, request)
        found = _proposals(catalog, side, request, marks)
        table = _table(catalog, request, found)
        keys = [card.key for card in table.cards]
        seen = vectors_seen(side.index, request.lens, (*table.cards, *(mark.card for mark in marks.all)))
        why = reasons(catalog, table, marks, seen, _proposing(found.proposed))
        alike = groups(catalog, table.cards)
    content = seen if request.lens in (None, Lens.CONTENT) else {}
    table = msgspec.structs.replace(
        table,
        groups=alike,
        vectors=as_bytes(list(content), np.stack(list(content.values())), keys) if content and keys else b"",
        took_ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return Mix(
        request,
        table,
        why,
        tuple(mark.card for mark in marks.likes),
        tuple(mark.card for mark in marks.unlikes),
        marks.target.card.key if marks.target else None,
        plane([m.card.key for m in marks.likes], [m.card.key for m in marks.unlikes], keys, seen),
        marks.notes,
    )


def lane_plan(lane: Lane, marks: Marks, limit: int, where: Filter = ALL) -> tuple[Plan, float] | None:
    """The plan, and the most that a score of it can be; None where the lane knows nothing that is wanted.

    Likes and unlikes: `discover`, with a context pair for each of one with each of the other. Likes alone:
    the sum of the scores. Unlikes alone: the best score. A lane in which no like has anything says nothing.
    """
    likes = [vector for mark in marks.likes if (vector := mark.example(lane)) is not None]
    unlikes = [vector for mark in marks.unlikes if (vector := mark.example(lane)) is not None]
    if not marks.likes and unlikes:
        return recommended(lane, [], unlikes, limit, Strategy.BEST, where), 1.0
    if not likes:
        return None
    if not unlikes:
        return recommended(lane, likes, [], limit, Strategy.SUM, where), float(len(likes))
    target = marks.target.example(lane) if marks.target else None
    context = [ContextPair(like, unlike) for like in likes for unlike in unlikes]
    wanted = likes[0] if target is None else target
    return discovered(lane, wanted, context, limit, where), float(len(context) + 1)


def _proposals(catalog: Catalog, side: VectorSide, request: MixRequest, marks: Marks) -> Proposals:
    where = _where(catalog, side, request.filters, marks)
    planned = {lane: lane_plan(lane, marks, request.candidates, where) for lane in lanes_of(request.lens)}
    asked = {lane: plan for lane, plan in planned.items() if plan is not None}
    proposed = _proposed(side, {lane: plan for lane, (plan, _) in asked.items() if lane in DENSE_LANES})
    points: set[UUID] = set().union(*proposed.values())
    numbered = catalog.generations.keys_of(side.generation, points, ())
    keys = {point: numbered[point.int] for point in points if point.int in numbered}
    exact = side.index.query_batch([rescored(plan, points) for plan, _ in asked.values()])
    return Proposals(
        {
            lane: {keys[point.id]: point.score for point in answer if point.id in keys}
            for lane, answer in zip(asked, exact, strict=True)
        },
        {lane: most for lane, (_, most) in asked.items()},
        {lane: frozenset(keys[point] for point in ids if point in keys) for lane, ids in proposed.items()},
    )


def _proposed(side: VectorSide, plans: Mapping[Lane, Plan]) -> dict[Lane, set[UUID]]:
    """By the dense lanes: with bags of tokens as examples, the sparse ones take as long as all others."""
    answers = side.index.query_batch(list(plans.values()))
    return {lane: {point.id for point in answer} for lane, answer in zip(plans, answers, strict=True)}


def _where(catalog: Catalog, side: VectorSide, filters: Filters, marks: Marks) -> Filter:
    """Never the marks themselves."""
    where = points_filter(catalog, side, allowed_sessions(catalog, Query(filters=filters)))
    marked = Filter(ids=tuple(mark.point.id for mark in marks.all))
    return msgspec.structs.replace(where, excluding=(*where.excluding, marked))


def _table(catalog: Catalog, request: MixRequest, found: Proposals) -> LensTable:
    cards = catalog.sessions.cards({key for scores in found.scores.values() for key in scores})
    scaled = {
        lane: above_median(_column(scores, cards), found.most[lane]) for lane, scores in found.scores.items()
    }
    asked = SearchRequest("", request.filters, request.candidates)
    return table_of(asked, tuple(cards.values()), scaled, trust(scaled, covered=0.0))


def _column(scores: Mapping[int, float], cards: Iterable[int]) -> NDArray[np.float32]:
    """One score a card; NaN where there is none."""
    return np.array([scores.get(key, np.nan) for key in cards], np.float32)


def _proposing(proposed: Mapping[Lane, frozenset[int]]) -> dict[int, tuple[Lens, ...]]:
    """Session → the lenses that proposed it."""
    found: dict[int, dict[Lens, None]] = {}
    for lane, keys in proposed.items():
        for key in keys:
            found.setdefault(key, {})[LENS_OF_LANE[lane]] = None
    return {key: tuple(lenses) for key, lenses in found.items()}
