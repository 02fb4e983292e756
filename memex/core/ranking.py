"""From a lens table and the user's options to an order: pure arithmetic, no round trip."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import LANES_OF, MAX_WEIGHT, Fusion, Lens, RankOptions, Recency, Weights
from memex.core.search import LensTable

SECONDS_A_DAY = 86_400.0
FULL_SAY = 1.5
"""Of a lens at its highest weight; a lane that is fully trusted at weight 1 has 1."""
RRF_K = 60
"""As Cormack et al. 2009 have it."""
DBSF_DEVIATIONS = 3.0
DIVERSE_PLACES = 30
DIVERSE_POOL = 120
"""So many of the best may take the places that diversity fills; the others follow by score."""
FEEDBACK_SAY = 0.5
"""What a session gains at most by being like those that were liked."""
DISLIKE = 0.6
"""Of one that was disliked, against one that was liked (Rocchio's gamma / beta)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Row numbers of the table, best first; the other arrays are in the table's own order.

    `contributions` is (sessions, lenses), `by_lane` the same (sessions, lanes). A row of either plus its
    `recency`, `errors` and `feedback` sums to its score.
    """

    order: NDArray[np.intp]
    shares: Floats
    """Of each lane in the score: wᵢ / Σ wᵢ."""
    score: Floats
    contributions: Floats
    by_lane: Floats
    recency: Floats
    errors: Floats
    feedback: Floats
    is_by_recency: bool = False
    """No lens had any weight: the order is by recency."""


class Ranker:
    """One table's ranking: what no option changes is worked out once, so that a slider step is arithmetic."""

    def __init__(self, table: LensTable) -> None:
        self._table = table
        self._raw = table.matrix.astype(np.float64)
        times = (card.ended_at or card.started_at for card in table.cards)
        self._seconds = np.array([when.timestamp() if when else -np.inf for when in times])
        self._met_errors = np.array([card.error_count > 0 for card in table.cards], np.float64)
        self._fused: dict[Fusion, Floats] = {}
        self._fed_back: tuple[tuple[Sequence[int], Sequence[int]], Floats] | None = None
        self._likeness_of: dict[int, NDArray[np.float32]] = {}
        self._rows = {card.key: row for row, card in enumerate(table.cards)}

    def rank(self, options: RankOptions, now: datetime) -> Ranking:
        """Σ wᵢsᵢ / Σ wᵢ over the lanes, plus recency, errors met and feedback; for w see `lane_weight`.

        With every weight at zero the order is by recency alone.
        """
        lens_of_lane, per_lane = _lane_weights(self._table, options.weights)
        total = per_lane.sum()
        is_by_recency = not any(options.weights.of(lens) for lens in Lens)
        shares = per_lane / total if total else np.zeros(len(per_lane))
        by_lane = self._at_full_weight(options.fusion) * shares
        fresh = self._recency_scores(Recency(1.0) if is_by_recency else options.recency, now)
        errors = self._met_errors * options.error_boost
        feedback = self._feedback_of(options)
        score = by_lane.sum(axis=1) + fresh + errors + feedback
        order = np.argsort(-score, kind="stable")
        if options.diversity > 0 and self._vectors.size:
            order = self._diverse(order, score, options.diversity)
        if self._table.named is not None and (row := self._rows.get(self._table.named)) is not None:
            order = np.concatenate(([row], order[order != row]))
        contributions = by_lane @ lens_of_lane
        return Ranking(order, shares, score, contributions, by_lane, fresh, errors, feedback, is_by_recency)

    def _at_full_weight(self, fusion: Fusion) -> Floats:
        """What every lane gives each session; 0 where it has nothing of the session."""
        if fusion not in self._fused:
            self._fused[fusion] = FUSED[fusion](self._raw)
        return self._fused[fusion]

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return self._table.content_vectors

    def _recency_scores(self, recency: Recency, now: datetime) -> Floats:
        """weight · 2^(−age / half-life); 0 for sessions whose time is not known."""
        ages = (now.timestamp() - self._seconds) / SECONDS_A_DAY
        decay: Floats = np.exp2(-np.maximum(ages, 0.0) / recency.half_life_days)
        return recency.weight * decay

    def _feedback_of(self, options: RankOptions) -> Floats:
        """Worked out once for the same thumbs: a slider does not move them."""
        thumbs = (options.liked, options.disliked)
        if self._fed_back is None or self._fed_back[0] != thumbs:
            self._fed_back = (thumbs, self._feedback(*thumbs))
        return self._fed_back[1]

    def _feedback(self, liked: Sequence[int], disliked: Sequence[int]) -> Floats:
        """Rocchio 1971, on this table alone: nearer to the liked ones' mean, farther from the disliked ones'.

        From −`FEEDBACK_SAY` to `FEEDBACK_SAY`; the median session is left where it was.
        """
        if not (liked or disliked):
            return np.zeros(len(self._seconds))
        direction = self._mean_vector(liked) - DISLIKE * self._mean_vector(disliked)
        nearness = (self._vectors @ direction).astype(np.float64)
        if not nearness.any():
            return np.zeros(len(self._seconds))
        has_vector = self._vectors.any(axis=1)
        apart = np.where(has_vector, nearness - np.median(nearness[has_vector]), 0.0)
        most: float = np.abs(apart).max()
        scaled: Floats = FEEDBACK_SAY * apart / most if most > 0 else apart
        return scaled

    def _diverse(self, order: NDArray[np.intp], score: Floats, diversity: float) -> NDArray[np.intp]:
        """Maximal marginal relevance (Carbonell & Goldstein 1998) for the first places.

        Relevance is the score between the pool's least and best; likeness the cosine of content vectors.
        """
        pool = order[:DIVERSE_POOL]
        span = np.ptp(score[pool])
        relevance = (1 - diversity) * (score[pool] - score[pool].min()) / (span or 1.0)
        nearest = np.zeros(len(pool))
        taken: list[int] = []
        for _ in range(min(DIVERSE_PLACES, len(pool))):
            best = int(np.argmax(relevance - diversity * nearest)) if taken else 0
            taken.append(best)
            relevance[best] = -np.inf
            np.maximum(nearest, self._likeness(int(pool[best]))[pool], out=nearest)
        return np.concatenate([pool[taken], np.delete(order, taken)])

    def _likeness(self, row: int) -> NDArray[np.float32]:
        """To every session; kept, as the next step of a slider asks for nearly the same rows."""
        if row not in self._likeness_of:
            self._likeness_of[row] = self._vectors @ self._vectors[row]
        return self._likeness_of[row]

    def _mean_vector(self, keys: Sequence[int]) -> NDArray[np.float32]:
        rows = [self._rows[key] for key in keys if key in self._rows]
        mean: NDArray[np.float32] = self._vectors[rows].sum(axis=0) / max(1, len(rows))
        return mean


def rank(table: LensTable, options: RankOptions, now: datetime) -> Ranking:
    """Once; whoever ranks a table again and again keeps a `Ranker`."""
    return Ranker(table).rank(options, now)


def grouped(order: Sequence[int], groups: Sequence[int]) -> dict[int, list[int]]:
    """Best row of each group → the others of it, both best first; `groups` as a `LensTable` has it."""
    heads: dict[int, int] = {}
    found: dict[int, list[int]] = {}
    for row in order:
        head = heads.setdefault(groups[row], row) if groups else row
        if head == row:
            found[row] = []
        else:
            found[head].append(row)
    return found


def lane_weight(weight: float, trust: float, lanes_of_lens: int) -> float:
    """Up to 1, a lens's weight scales what its lanes are trusted with; above, it overrides that.

    At `MAX_WEIGHT` a lens has `FULL_SAY`, whatever the query says of its lanes: the user knows better.
    """
    if weight <= 1.0:
        return weight * trust
    return trust + (weight - 1.0) / (MAX_WEIGHT - 1.0) * (FULL_SAY / lanes_of_lens - trust)


def _lane_weights(table: LensTable, weights: Weights) -> tuple[Floats, Floats]:
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


def _reciprocal_ranks(raw: Floats) -> Floats:
    """(k + 1) / (k + rank), so that a lane's first has 1; equal scores share the better rank."""
    above = np.nan_to_num(raw)
    ordered = -np.sort(-above, axis=0)
    ranks = np.empty_like(above)
    for lane in range(above.shape[1]):
        ranks[:, lane] = np.searchsorted(-ordered[:, lane], -above[:, lane], side="left") + 1
    return np.where(above > 0, (RRF_K + 1) / (RRF_K + ranks), 0.0)


def _by_distribution(raw: Floats) -> Floats:
    """Qdrant's distribution-based score fusion: mean ± 3 deviations of a lane's scores become 0 and 1."""
    if not raw.size:
        return raw
    known = np.nan_to_num(raw)
    spread = 2 * DBSF_DEVIATIONS * known.std(axis=0)
    low = known.mean(axis=0) - spread / 2
    scaled = np.divide(known - low, spread, out=np.full_like(known, 0.5), where=spread > 0)
    return np.where(np.isnan(raw), 0.0, np.clip(scaled, 0.0, 1.0))


FUSED: Mapping[Fusion, Callable[[Floats], Floats]] = {
    Fusion.LENS: np.nan_to_num,
    Fusion.RRF: _reciprocal_ranks,
    Fusion.DBSF: _by_distribution,
}
