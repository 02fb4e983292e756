"""What each lane gives every session that a search has met, before it is brought to a common scale."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.core.lenses import Lane
from memex.index.plans import Filter, Plan, QueryVector, candidates, exact_scores
from memex.library.vector_side import VectorSide

Queries = Mapping[Lane, QueryVector]
Keys = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LaneScores:
    keys: Keys
    """Of the sessions, ascending."""
    of: Mapping[Lane, Scores]
    """One score a session; NaN: the lane has nothing of it."""

    @classmethod
    def by_words(cls, scores: Mapping[int, float]) -> "LaneScores":
        keys = sorted(scores)
        column = np.array([scores[key] for key in keys], np.float32)
        return cls(np.array(keys, np.int64), {Lane.WORDS: column})

    def rows_of(self, keys: Keys) -> NDArray[np.intp]:
        """All of them are here."""
        return np.searchsorted(self.keys, keys)

    def with_lane(self, lane: Lane, scores: Scores) -> "LaneScores":
        return LaneScores(self.keys, {**self.of, lane: scores})

    def spread_over(self, keys: Keys) -> "LaneScores":
        """Over more sessions, among which these are."""
        spread = {lane: _column(len(keys)) for lane in self.of}
        rows = np.searchsorted(keys, self.keys)
        for lane, scores in self.of.items():
            spread[lane][rows] = scores
        return LaneScores(keys, spread)

    def narrowed_to(self, keys: Keys) -> "LaneScores":
        """The others are left out."""
        rows = self.rows_of(keys)
        return LaneScores(keys, {lane: scores[rows] for lane, scores in self.of.items()})


def _column(length: int) -> Scores:
    return np.full(length, np.nan, np.float32)


def with_vectors(
    catalog: Catalog,
    side: VectorSide,
    queries: Queries,
    limit: int,
    by_words: LaneScores,
    allowed: Set[int] | None = None,
    more_plans: Callable[[Filter], list[Plan]] = lambda _where: [],
) -> LaneScores:
    """Two batches: every lane's candidates, then every candidate's exact score in every lane.

    `more_plans` propose, too; they pass the filter that they are given.

    Points are told apart by their numbers: a UUID's own comparison costs more than the engine's answer.
    """
    where = points_filter(catalog, side, allowed)
    proposed = side.index.query_batch([*candidates(queries, limit, where), *more_plans(where)])
    ids = {point.id.int: point.id for lane in proposed for point in lane}
    key_of = catalog.generations.keys_of(side.generation, ids.values(), by_words.keys.tolist())
    if not key_of:
        return by_words
    points = [ids.get(number) or UUID(int=number) for number in key_of]
    answers = side.index.query_batch(exact_scores(queries, points))
    met = np.array(list(key_of.values()), np.int64)
    scores = by_words.spread_over(np.union1d(by_words.keys, met))
    row_of = dict(zip(key_of, scores.rows_of(met).tolist(), strict=True))
    for lane, answer in zip(queries, answers, strict=True):
        column = _column(len(scores.keys))
        column[[row_of[point.id.int] for point in answer]] = [point.score for point in answer]
        scores = scores.with_lane(lane, column)
    return scores


def points_filter(catalog: Catalog, side: VectorSide, allowed: Set[int] | None) -> Filter:
    """The catalog knows more of a session than a point's payload does: it says which points, or which not."""
    if allowed is None:
        return Filter()
    indexed = catalog.generations.points(side.generation)
    inside = tuple(point for point, key in indexed.items() if key in allowed)
    if len(inside) <= len(indexed) / 2:
        return Filter(ids=inside)
    outside = tuple(point for point, key in indexed.items() if key not in allowed)
    return Filter(excluding=(Filter(ids=outside),)) if outside else Filter()
