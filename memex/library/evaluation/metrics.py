"""The measures of a ranking, and how sure their means are."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from memex.core.evaluation import Estimate

AT_MOST = 10
RESAMPLES = 2_000
SEED = 4
Name = TypeVar("Name", bound=Hashable)
"""Whatever tells sessions apart."""


def ndcg(found: Sequence[Name], grades: Mapping[Name, int]) -> float:
    """At 10, with gains of 2^grade - 1 (Burges et al. 2005)."""
    gains = [2 ** grades.get(key, 0) - 1 for key in found[:AT_MOST]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:AT_MOST]
    return _discounted(gains) / _discounted(ideal)


def reciprocal_rank(found: Sequence[Name], grades: Mapping[Name, int]) -> float:
    """At 10."""
    return next((1 / place for place, key in enumerate(found[:AT_MOST], start=1) if key in grades), 0.0)


def success(found: Sequence[Name], grades: Mapping[Name, int], within: int) -> float:
    return float(any(key in grades for key in found[:within]))


def estimate(values: Sequence[float]) -> Estimate:
    """By the percentiles of resampled means (Efron 1979); the same values always give the same bounds."""
    if not values:
        return Estimate(None, None, None, 0)
    given = np.array(values)
    picked = np.random.default_rng(SEED).integers(0, len(given), (RESAMPLES, len(given)))
    low, high = np.percentile(given[picked].mean(axis=1), [2.5, 97.5])
    return Estimate(float(given.mean()), float(low), float(high), len(given))


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> Estimate:
    """The chance that a positive has more confidence than a negative; both halves are resampled."""
    if not (positives and negatives):
        return Estimate(None, None, None, 0)
    above = np.array(positives)[:, None] - np.array(negatives)
    wins = (np.sign(above) + 1) / 2
    generator = np.random.default_rng(SEED)
    means = [
        wins[np.ix_(*(generator.integers(0, length, length) for length in wins.shape))].mean()
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(float(wins.mean()), float(low), float(high), sum(wins.shape))


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
