"""The lenses a session is seen through, the lanes that score them, and the user's weights."""

from enum import StrEnum

from msgspec import Struct


class Lens(StrEnum):
    """What a slider weighs."""

    CONTENT = "content"
    TOOL = "tool"
    PATH = "path"
    ERROR = "error"
    CODE = "code"
    WORDS = "words"
    LATE = "late"


class Lane(StrEnum):
    """One scored column of the lens table; all but `WORDS` are slots of the collection."""

    CONTENT = "content"
    TOOL = "tool"
    PATH = "path"
    ERROR = "error"
    CODE = "code"
    PATH_SPARSE = "path_sparse"
    TOOL_SPARSE = "tool_sparse"
    CONTENT_LATE = "content_late"
    WORDS = "words"


DENSE_LANES = (Lane.CONTENT, Lane.TOOL, Lane.PATH, Lane.ERROR, Lane.CODE)
SPARSE_LANES = (Lane.PATH_SPARSE, Lane.TOOL_SPARSE)
VECTOR_LANES = (*DENSE_LANES, *SPARSE_LANES, Lane.CONTENT_LATE)

LANES_OF: dict[Lens, tuple[Lane, ...]] = {
    Lens.CONTENT: (Lane.CONTENT,),
    Lens.TOOL: (Lane.TOOL, Lane.TOOL_SPARSE),
    Lens.PATH: (Lane.PATH, Lane.PATH_SPARSE),
    Lens.ERROR: (Lane.ERROR,),
    Lens.CODE: (Lane.CODE,),
    Lens.WORDS: (Lane.WORDS,),
    Lens.LATE: (Lane.CONTENT_LATE,),
}

MAX_WEIGHT = 2.0


class Weights(Struct, frozen=True):
    """One weight per lens, each from 0 to `MAX_WEIGHT`."""

    content: float = 1.0
    tool: float = 1.0
    path: float = 1.0
    error: float = 1.0
    code: float = 1.0
    words: float = 1.0
    late: float = 1.0

    def of(self, lens: Lens) -> float:
        weight: float = getattr(self, lens.value)
        return weight


class Recency(Struct, frozen=True):
    """Newer sessions gain up to `weight`, halved every `half_life_days`."""

    weight: float = 0.05
    half_life_days: float = 30.0


class Fusion(StrEnum):
    """How the lanes' scores become one."""

    LENS = "lens"
    """The weighted mean of the calibrated scores."""
    RRF = "rrf"
    """Weighted reciprocal ranks: a lane's order counts, not how far apart its scores are."""
    DBSF = "dbsf"
    """The weighted mean of scores that each lane's mean and deviation bring to one scale."""


class RankOptions(Struct, frozen=True):
    """All that the user can say about an order; `liked` and `disliked` are session keys."""

    weights: Weights = Weights()
    recency: Recency = Recency()
    fusion: Fusion = Fusion.LENS
    diversity: float = 0.0
    """0: by score alone; 1: whatever is least like what stands above it."""
    error_boost: float = 0.0
    """Added to the score of a session that met errors."""
    liked: tuple[int, ...] = ()
    disliked: tuple[int, ...] = ()
