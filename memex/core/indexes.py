"""What is said of a library's indexes and models: generations, re-indexing, re-embedding."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from memex.core.models import ModelSignature


class GenerationState(StrEnum):
    CURRENT = "current"
    COMPLETE = "complete"
    """It was current once, and can be gone back to."""
    UNFINISHED = "unfinished"


class GenerationInfo(Struct, frozen=True):
    id: int
    state: GenerationState
    model: str
    """The key of its signature."""
    shape: str
    created_at: datetime | None
    sessions: int
    bytes: int | None
    """On the disk; None where the index cannot say."""


class GenerationQuality(Struct, frozen=True):
    id: int
    model: str
    ndcg: float | None
    """At 10, the mean over the queries; None where there are none."""


class GenerationComparison(Struct, frozen=True):
    """How two generations order what the user opened from past searches."""

    queries: int
    opened: int
    """Pairs of a query and a session that was opened from it."""
    first: GenerationQuality
    second: GenerationQuality
    better: int
    """Queries for which the second is better than the first."""
    worse: int


class ReindexFailure(Struct, frozen=True):
    session: str
    reason: str


class ReindexReport(Struct, frozen=True):
    sessions: int = 0
    reread: int = 0
    changed: int = 0
    """Of those read again, the ones of which the index is to hold something else than before."""
    failed: tuple[ReindexFailure, ...] = ()
    """They stay as they were."""
    waiting: tuple[str, ...] = ()
    """Ids of the sessions with texts that the next refresh embeds."""
    generation: int | None = None
    """The new one; None when none was built."""
    indexed: int = 0
    index_failure: str | None = None
    """Why the index is still the old one, in one sentence."""
    seconds: float = 0.0
    cancelled: bool = False


class ReembedState(StrEnum):
    PLANNED = "planned"
    UNCHANGED = "unchanged"
    """The library's model already."""
    DONE = "done"
    INCOMPLETE = "incomplete"
    NO_MODEL = "no model"
    NOT_LOADED = "not loaded"


class SkippedText(Struct, frozen=True):
    session: str
    reason: str


class ReembedReport(Struct, frozen=True):
    """Counts are of different texts: equal ones are embedded once."""

    state: ReembedState
    reason: str | None = None
    """Why it is not done, or not whole, in one sentence."""
    current: ModelSignature | None = None
    target: ModelSignature | None = None
    texts: int = 0
    with_vectors: int = 0
    """Under the target model, when it began."""
    without_vectors: int = 0
    batch: int = 0
    batches: int = 0
    disk_bytes: int = 0
    """Needed, near enough."""
    probe_texts: int = 0
    """Embedded to see how long it takes, and not kept."""
    probe_texts_per_second: float | None = None
    seconds_estimated: float | None = None
    """From the probe."""
    embedded: int = 0
    skipped: tuple[SkippedText, ...] = ()
    switched_to: int | None = None
    """The generation that searches use from now on."""
    seconds: float = 0.0


class ReembedProgress(Struct, frozen=True):
    """Of one that was begun and has not come to its end, whether it runs or not."""

    model: str
    texts: int
    done: int
