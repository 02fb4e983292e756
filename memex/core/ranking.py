"""From a lens table and the user's weights to an order: pure arithmetic, no round trip."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import LANES_OF, Lens, Weights
from memex.core.lenses import Recency as Recency
from memex.core.search import LensTable

SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Row numbers of the table, best first; the other arrays are in the table's own order.

    `contributions` is (sessions, lenses); a row plus its `recency` sums to its score.
    """

    order: NDArray[np.intp]
    score: NDArray[np.float64]
    contributions: NDArray[np.float64]
    recency: NDArray[np.float64]


def rank(table: LensTable, weights: Weights, recency: Recency, now: datetime) -> Ranking:
    """Σ wᵢtᵢsᵢ / Σ wᵢtᵢ over the lanes (t: the lane's trust), plus recency.

    With every weight at zero the order is by recency alone.
    """
    lens_of_lane, lane_weights = _lane_weights(table, weights)
    total = lane_weights.sum()
    parts = np.nan_to_num(table.matrix.astype(np.float64)) * (lane_weights / total if total else 0.0)
    contributions = parts @ lens_of_lane
    fresh = recency_scores(table, recency, now) if total else recency_scores(table, Recency(1.0), now)
    score = contributions.sum(axis=1) + fresh
    order = np.argsort(-score, kind="stable")
    return Ranking(order, score, contributions, fresh)


def recency_scores(table: LensTable, recency: Recency, now: datetime) -> NDArray[np.float64]:
    """weight · 2^(−age / half-life); 0 for sessions whose time is not known."""
    ages = np.array(
        [
            (now - when).total_seconds() / SECONDS_A_DAY if when else np.inf
            for when in (card.ended_at or card.started_at for card in table.cards)
        ]
    )
    decay: NDArray[np.float64] = np.exp2(-np.maximum(ages, 0.0) / recency.half_life_days)
    return recency.weight * decay


def _lane_weights(table: LensTable, weights: Weights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A lens's weight is shared by its lanes; returns (lanes × lenses membership, weight per lane)."""
    lenses = list(Lens)
    member = np.zeros((len(table.lanes), len(lenses)))
    lane_weight = np.zeros(len(table.lanes))
    for column, lens in enumerate(lenses):
        for lane in LANES_OF[lens]:
            if lane in table.lanes:
                row = table.lanes.index(lane)
                member[row, column] = 1.0
                lane_weight[row] = weights.of(lens) / len(LANES_OF[lens]) * table.trust[row]
    return member, lane_weight
