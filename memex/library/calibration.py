"""Bringing the lanes to one scale, and judging how much each has to say about a query.

A cosine of 0.4 is much in one lane and nothing in another; BM25 and sparse scores have no upper bound. So
each lane is measured against its background: the median over the candidates is 0, its best is 1. A session
that has nothing in a lane stands at the background: it is not punished for having met no error.

How much a lane is to be trusted is decided per query. Full text by its coverage: the share of the query's
information that its best turn holds. Measured on 222 queries: nearly all that quote something (names,
commands, errors) lie above 0.4, and paraphrases below 0.3. The vectors by how far their best stands out from
their background, and they yield where the words have the answer. Careless fusion makes the best lane worse.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import DENSE_LANES, SPARSE_LANES, Lane

SAY: Mapping[Lane, float] = {
    Lane.CONTENT: 0.6,
    Lane.CONTENT_LATE: 0.7,
    Lane.CODE: 0.3,
    Lane.ERROR: 0.15,
    Lane.PATH: 0.15,
    Lane.TOOL: 0.1,
    Lane.PATH_SPARSE: 0.1,
    Lane.TOOL_SPARSE: 0.05,
}
"""A vector lane's trust when its best stands out fully and the words have no answer; tuned by queries."""
STANDS_OUT = (1.0, 6.0)
"""In robust deviations of the background: no trust below the first, full trust from the second on."""
COVERAGE = (0.25, 0.5)
"""The same for the share of the query that the best turn holds."""
WORDS_AT_LEAST = 0.1
VECTORS_YIELD = 0.8
"""The share of their trust that the vectors lose where the words have the answer."""
DENSE = (*DENSE_LANES, Lane.CONTENT_LATE)
UNRELATED = (0.0, 0.05, 0.1, 0.15, 0.2, 0.05, 0.1, 0.15)
"""Cosines of texts that have nothing in common: the background where few sessions have anything in a lane."""
MOST_BM25_PER_IDF = 2.2
"""k₁ + 1 with FTS5's k₁ of 1.2: what a word can add to a turn's score, in units of its IDF."""


def on_common_scale(lane: Lane, raw: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The scaled scores, NaN where a session has nothing as in `raw`, and how far the best stands out."""
    present = raw[~np.isnan(raw)]
    if not len(present):
        return raw, 0.0
    known = np.concatenate([present, UNRELATED[len(present) :]]) if lane in DENSE else present
    median = float(np.median(known))
    # Words that match nothing score nothing: that is the background of full text and sparse lanes.
    background = 0.0 if lane is Lane.WORDS or lane in SPARSE_LANES else median
    best = float(present.max())
    if best <= background:
        return np.where(np.isnan(raw), raw, np.float32(0.0)), 0.0
    deviation = 1.4826 * float(np.median(np.abs(known - median)))
    scaled = np.clip((raw - background) / (best - background), 0.0, 1.0).astype(np.float32)
    return scaled, (best - median) / deviation if deviation else STANDS_OUT[1]


def coverage(best_score: float, idf: Sequence[float]) -> float:
    """The share of the query's information in the turn with this BM25 score; `idf` has one value a word."""
    most = MOST_BM25_PER_IDF * sum(idf)
    return best_score / most if most > 0 else 0.0


def trust(stands_out: Mapping[Lane, float], covered: float) -> dict[Lane, float]:
    """Per lane, from 0 to 1."""
    answered = _ramp(covered, COVERAGE)
    yielded = 1.0 - VECTORS_YIELD * answered
    trusted = {
        lane: SAY[lane] * _ramp(distance, STANDS_OUT) * yielded
        for lane, distance in stands_out.items()
        if lane is not Lane.WORDS
    }
    return trusted | {Lane.WORDS: WORDS_AT_LEAST + (1.0 - WORDS_AT_LEAST) * answered}


def _ramp(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
