"""Points made up from a seed, small enough for a hundred tests."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from memex.core.lenses import DENSE_LANES, Lane
from memex.core.session import POINT_NAMESPACE
from memex.index.points import IndexPoint
from memex.index.shape import CollectionShape
from memex.index.sparse import SparseVector

DIMENSION = 32
SHAPE = CollectionShape(DIMENSION)

Floats = NDArray[np.float32]


def number(point: int) -> UUID:
    return uuid5(POINT_NAMESPACE, str(point))


def directions(random: np.random.Generator, *shape: int) -> Floats:
    vectors = random.standard_normal((*shape, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def bag(random: np.random.Generator, vocabulary: int = 60, size: int = 6) -> SparseVector:
    indices = sorted(random.choice(vocabulary, size, replace=False).tolist())
    return SparseVector(tuple(indices), tuple(random.uniform(1, 2, size).round(3).tolist()))


def session(seed: int, payload: Mapping[str, Any] | None = None) -> IndexPoint:
    """All eight slots and all ten payload fields."""
    random = np.random.default_rng(seed)
    fields = {
        "project_name": ("memex", "atlas")[seed % 2],
        "project_path": "/home/dev/memex",
        "git_branch": ("main", "fix/login", "release")[seed % 3],
        "intent": ("fix", "build")[seed % 2],
        "outcome": ("resolved", "unresolved", "unknown")[seed % 3],
        "source_agent": ("claude-code", "codex")[seed // 2 % 2],
        "ai_title": f"Fix the login test number {seed}",
        "start_ts_dt": f"2026-{1 + seed % 12:02d}-15T12:00:00+00:00",
        "has_errors": seed % 4 == 0,
        "schema_version": 1,
    }
    return IndexPoint(
        id=number(seed),
        dense=dict(zip(DENSE_LANES, directions(random, len(DENSE_LANES)), strict=True)),
        sparse={Lane.PATH_SPARSE: bag(random), Lane.TOOL_SPARSE: bag(random)},
        late=directions(random, 1 + seed % 4),
        payload={**fields, **(payload or {})},
    )


def question(seed: int) -> dict[Lane, Floats | SparseVector]:
    """One query for each of the eight lanes."""
    random = np.random.default_rng(10_000 + seed)
    dense = dict(zip(DENSE_LANES, directions(random, len(DENSE_LANES)), strict=True))
    return {
        **dense,
        Lane.PATH_SPARSE: bag(random),
        Lane.TOOL_SPARSE: bag(random),
        Lane.CONTENT_LATE: directions(random, 2),
    }
