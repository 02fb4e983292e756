"""The plane that parts likes from unlikes, with the answers on it."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from memex.core.mixing import PlanePoint
from memex.library.mixing.explaining import Vectors

TINY = 1e-9
ITERATIONS = 60
"""Of which each takes 0.05 ms; the axis is for the eye."""
Floats = NDArray[np.float64]


def plane(
    likes: Sequence[int], unlikes: Sequence[int], answers: Sequence[int], seen: Vectors
) -> tuple[PlanePoint, ...]:
    """First axis: from the unlikes' mean to the likes'; second: what of the rest varies most.

    The place of a side that was not marked is the answers' mean. Half-way between the sides is 0.
    """
    keys = [key for key in dict.fromkeys((*likes, *unlikes, *answers)) if key in seen]
    if not keys:
        return ()
    vectors = np.stack([seen[key] for key in keys]).astype(np.float64)
    rows = {key: row for row, key in enumerate(keys)}
    sides = [_mean(vectors, rows, side) for side in (likes, unlikes, answers)]
    like, unlike = (side if side is not None else sides[2] for side in sides[:2])
    if like is None or unlike is None:
        like = unlike = vectors.mean(axis=0)
    centred = vectors - (like + unlike) / 2
    first = _unit(like - unlike)
    if not first.any():
        first = _main_direction(centred)
    x = np.einsum("ij,j->i", centred, first)
    rest = centred - np.outer(x, first)
    rest -= rest.mean(axis=0)
    y = np.einsum("ij,j->i", rest, _main_direction(rest))
    return tuple(
        PlanePoint(key, round(float(a), 5), round(float(b), 5)) for key, a, b in zip(keys, x, y, strict=True)
    )


def _mean(vectors: Floats, rows: dict[int, int], keys: Iterable[int]) -> Floats | None:
    there = [rows[key] for key in keys if key in rows]
    return vectors[there].mean(axis=0) if there else None


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > TINY else np.zeros_like(vector)


def _main_direction(rows: Floats) -> Floats:
    """The first right singular vector, its largest component positive; zeros where nothing varies.

    By power iteration, without BLAS: a decomposition took 170 ms where two processors have other work.
    """
    lengths = np.einsum("ij,ij->i", rows, rows)
    direction = _unit(rows[np.argmax(lengths)])
    for _ in range(ITERATIONS):
        direction = _unit(np.einsum("ij,i->j", rows, np.einsum("ij,j->i", rows, direction)))
    sign: float = np.sign(direction[np.argmax(np.abs(direction))])
    return direction * sign
