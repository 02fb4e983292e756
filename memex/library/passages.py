"""The passages of the sessions nearest to a query: how near, which one, and what they are together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.core.lenses import Lane, Lens
from memex.core.models import ModelSignature
from memex.library.lens_documents import TITLE
from memex.library.points import content_vector

COUNTED = 3
"""Passages whose mean nearness a session scores: one alone may be near by accident."""


@dataclass(frozen=True, slots=True)
class NearPassages:
    """By session key; a session without content is in none."""

    score: Mapping[int, float]
    """The mean cosine of its nearest passages."""
    nearest: Mapping[int, int]
    """The ordinal of the nearest one; the title only where there is no other."""
    content: Mapping[int, NDArray[np.float32]]
    """Its content vector."""


NOTHING_NEAR = NearPassages({}, {}, {})


def near_passages(
    catalog: Catalog, model: ModelSignature, query: NDArray[np.float32], keys: Iterable[int]
) -> NearPassages:
    score, nearest, content = {}, {}, {}
    for key, (ordinals, vectors) in catalog.vectors.matrices(model, keys, Lens.CONTENT).items():
        nearness = vectors @ query
        is_title = np.array(ordinals) == TITLE
        score[key] = float(np.sort(nearness)[-COUNTED:].mean())
        nearest[key] = ordinals[int(np.argmax(nearness - 2.0 * is_title))]
        content[key] = content_vector(vectors, is_title)
    return NearPassages(score, nearest, content)


def with_refined(scores: Mapping[Lane, dict[int, float]], near: NearPassages) -> dict[Lane, dict[int, float]]:
    """Late scores as means of the nearest passages; who was not looked at is not above those who were."""
    if not near.score:
        return dict(scores)
    least = min(near.score.values())
    by_best = scores[Lane.CONTENT_LATE]
    late = {key: near.score.get(key, min(best, least)) for key, best in by_best.items()}
    return {**scores, Lane.CONTENT_LATE: late}


def as_bytes(vectors: Mapping[int, NDArray[np.float32]], keys: Iterable[int]) -> bytes:
    """What a `LensTable` carries: a row of int8 for each key, zeros for those that have no vector."""
    nothing = np.zeros_like(next(iter(vectors.values())))
    rows = np.stack([vectors.get(key, nothing) for key in keys])
    most = np.maximum(np.abs(rows).max(axis=1, initial=0.0, keepdims=True), np.float32(1e-9))
    as_int8: NDArray[np.int8] = np.round(rows / most * 127).astype(np.int8)
    return as_int8.tobytes()
