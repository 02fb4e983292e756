"""From a lens table and the user's weights to an order: pure arithmetic, no round trip."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import LANES_OF, MAX_WEIGHT, Lens, Weights
from memex.core.lenses import Recency as Recency
from memex.core.search import LensTable

SECONDS_A_DAY = 86_400.0
FULL_SAY = 1.5
"""Of a lens at its highest weight; a lane that is fully trusted at weight 1 has 1."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Row numbers of the table, best first; the other arrays are in the table's own order.

    `contributions` is (sessions, lenses); a row plus its `recency` sums to its score.
    """

    order: NDArray[np.intp]
    score: NDArray[np.float64]
    contributions: NDArray[np.float64]
    recency: NDArray[np.float64]


class Ranker:
    """One table's ranking: what no weight changes is worked out once, so that a slider step is arithmetic."""

    def __init__(self, table: LensTable) -> None:
        self._table = table
        self._scores = np.nan_to_num(table.matrix.astype(np.float64))
        times = (card.ended_at or card.started_at for card in table.cards)
        self._seconds = np.array([when.timestamp() if when else -np.inf for when in times])

    def rank(self, weights: Weights, recency: Recency, now: datetime) -> Ranking:
        """Σ wᵢsᵢ / Σ wᵢ over the lanes, plus recency; for w see `lane_weight`.

        With every weight at zero the order is by recency alone.
        """
        lens_of_lane, per_lane = _lane_weights(self._table, weights)
        total = per_lane.sum()
        parts = self._scores * (per_lane / total if total else 0.0)
        contributions = parts @ lens_of_lane
        fresh = self._recency_scores(recency if total else Recency(1.0), now)
        score = contributions.sum(axis=1) + fresh
        order = np.argsort(-score, kind="stable")
        return Ranking(order, score, contributions, fresh)

    def _recency_scores(self, recency: Recency, now: datetime) -> NDArray[np.float64]:
        """weight · 2^(−age / half-life); 0 for sessions whose time is not known."""
        ages = (now.timestamp() - self._seconds) / SECONDS_A_DAY
        decay: NDArray[np.float64] = np.exp2(-np.maximum(ages, 0.0) / recency.half_life_days)
        return recency.weight * decay


def rank(table: LensTable, weights: Weights, recency: Recency, now: datetime) -> Ranking:
    """Once; whoever ranks a table again and again keeps a `Ranker`."""
    return Ranker(table).rank(weights, recency, now)


def lane_weight(weight: float, trust: float, lanes_of_lens: int) -> float:
    """Up to 1, a lens's weight scales what its lanes are trusted with; above, it overrides that.

    At `MAX_WEIGHT` a lens has `FULL_SAY`, whatever the query says of its lanes: the user knows better.
    """
    if weight <= 1.0:
        return weight * trust
    return trust + (weight - 1.0) / (MAX_WEIGHT - 1.0) * (FULL_SAY / lanes_of_lens - trust)


def _lane_weights(table: LensTable, weights: Weights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lanes × lenses) membership, and the weight per lane."""
    member = np.zeros((len(table.lanes), len(Lens)))
    per_lane = np.zeros(len(table.lanes))
    for column, lens in enumerate(Lens):
        for lane in LANES_OF[lens]:
            if lane in table.lanes:
                row = table.lanes.index(lane)
                member[row, column] = 1.0
                per_lane[row] = lane_weight(weights.of(lens), table.trust[row], len(LANES_OF[lens]))
    return member, per_lane
