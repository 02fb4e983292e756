"""Bringing the lanes to one scale, and judging how much each has to say about a query.

A cosine of 0.4 is much in one lane and nothing in another; BM25 and sparse scores have no upper bound. So
each lane is measured against its background: the median over the candidates is 0, its best is 1. A session
that has nothing in a lane stands at the background: it is not punished for having met no error. Cosines are
first corrected for a session's length.

How much a lane is to be trusted is decided per query. Full text by its coverage: the share of the query's
information that its best turn holds. Measured on 222 queries: nearly all that quote something (names,
commands, errors) lie above 0.4, and paraphrases below 0.3. The dense lanes come from one model, so that their
cosines can be added: a lane weighs as much as its best lies above its background, times its `SAY`. Together
they speak as loudly as the words, and yield where the words have the answer. Careless fusion makes the best
lane worse. The constants were chosen on the tuning half of `tests/evaluation`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import DENSE_LANES, SPARSE_LANES, Lane

SAY: Mapping[Lane, float] = {
    Lane.CONTENT: 1.0,
    Lane.CONTENT_LATE: 1.0,
    Lane.CODE: 0.4,
    Lane.TOOL: 0.3,
    Lane.ERROR: 0.2,
    Lane.PATH: 0.2,
}
"""What a cosine counts for in each dense lane."""
LENGTH = 0.03
"""Of a cosine, for each factor e by which a session has more turns than `TYPICAL_TURNS`."""
TYPICAL_TURNS = 20
SPARSE_SAY = 0.05
"""Of a bag of tokens, which full text knows, too."""
COVERAGE = (0.25, 0.5)
"""Of the query's information in the best turn: below, the words have no answer; above, they have it."""
WORDS_AT_LEAST = 0.35
VECTORS_YIELD = 0.8
"""The share of their trust that the vectors lose where the words have the answer."""
DENSE = (*DENSE_LANES, Lane.CONTENT_LATE)
UNRELATED = (0.0, 0.05, 0.1, 0.15, 0.2, 0.05, 0.1, 0.15)
"""Cosines of texts that have nothing in common: the background where few sessions have anything in a lane."""
MOST_BM25_PER_IDF = 2.2
"""k₁ + 1 with FTS5's k₁ of 1.2: what a word can add to a turn's score, in units of its IDF."""
CLOSE = 0.5
"""The confidence from which on something counts as found."""


@dataclass(frozen=True, slots=True)
class ScaledLane:
    """`scores` from 0 to 1, NaN where a session has nothing; `span`: from the background to the best, raw."""

    scores: NDArray[np.float32]
    span: float


def on_common_scale(lane: Lane, raw: NDArray[np.float32]) -> ScaledLane:
    present = raw[~np.isnan(raw)]
    if not len(present):
        return ScaledLane(raw, 0.0)
    background, best = _background(lane, present), float(present.max())
    if best <= background:
        return ScaledLane(np.where(np.isnan(raw), raw, np.float32(0.0)), 0.0)
    scaled = np.clip((raw - background) / (best - background), 0.0, 1.0).astype(np.float32)
    return ScaledLane(scaled, best - background)


def of_typical_length(cosines: NDArray[np.float32], turns: Sequence[int]) -> NDArray[np.float32]:
    """Long sessions are near to everything: the best of n random cosines grows with about log n."""
    longer = np.log((1 + np.array(turns, np.float32)) / (1 + TYPICAL_TURNS))
    corrected: NDArray[np.float32] = (cosines - np.float32(LENGTH) * longer).astype(np.float32)
    return corrected


def above_median(raw: NDArray[np.float32], most: float) -> ScaledLane:
    """Of scores by example, whose size depends on how many there are; `most` is what one can reach."""
    present = raw[~np.isnan(raw)]
    background = float(np.median(present)) if len(present) else 0.0
    best = float(present.max(initial=background))
    if best <= background:
        return ScaledLane(np.where(np.isnan(raw), raw, np.float32(0.0)), 0.0)
    scaled = np.clip((raw - background) / (best - background), 0.0, 1.0).astype(np.float32)
    return ScaledLane(scaled, (best - background) / most)


def coverage(best_score: float, idf: Sequence[float]) -> float:
    """The share of the query's information in the turn with this BM25 score; `idf` has one value a word."""
    most = MOST_BM25_PER_IDF * sum(idf)
    return best_score / most if most > 0 else 0.0


def trust(lanes: Mapping[Lane, ScaledLane], covered: float) -> dict[Lane, float]:
    """Per lane; the dense lanes are scaled so that the best session of their sum gets 1 from it."""
    answered = _ramp(covered, COVERAGE)
    say = {lane: SAY[lane] * scaled.span for lane, scaled in lanes.items() if lane in SAY}
    together = sum(say[lane] * np.nan_to_num(lanes[lane].scores) for lane in say)
    loudest = float(np.max(together, initial=0.0))
    yielded = (1.0 - VECTORS_YIELD * answered) / loudest if loudest > 0 else 0.0
    fixed = {Lane.WORDS: WORDS_AT_LEAST + (1.0 - WORDS_AT_LEAST) * answered}
    return {lane: say[lane] * yielded if lane in say else fixed.get(lane, SPARSE_SAY) for lane in lanes}


def confidence(covered: float, nearest: float | None) -> float:
    """How sure it is that any session answers the query, from 0 to 1; `CLOSE` is the floor.

    `nearest` is the cosine of the nearest passage; None when there are no vectors.
    """
    if nearest is None:
        return _logistic((covered - 0.25) / 0.05)
    return _logistic((covered + 2.0 * nearest - 1.05) / 0.1)


def _background(lane: Lane, present: NDArray[np.float32]) -> float:
    """Words that match nothing score nothing: that is the background of full text and sparse lanes."""
    if lane is Lane.WORDS or lane in SPARSE_LANES:
        return 0.0
    return float(np.median(np.concatenate([present, UNRELATED[len(present) :]])))


def _ramp(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + exp(-value))
