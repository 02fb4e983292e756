"""A search and its answer: the table of sessions by lanes that every ranking is computed from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from memex.core.filters import Filters
from memex.core.lenses import Lane
from memex.core.session import Outcome

if TYPE_CHECKING:  # numpy costs 80 ms to import, and the window paints first
    import numpy as np
    from numpy.typing import NDArray


class SearchRequest(Struct, frozen=True):
    text: str
    filters: Filters = Filters()
    candidates: int = 100
    """How many sessions each lane may propose."""
    as_typed: bool = False
    """The last word may be unfinished."""


class Snippet(Struct, frozen=True):
    """A passage of a turn; `marks` are (start, end) character ranges of matched words in `text`."""

    turn: int
    text: str
    marks: tuple[tuple[int, int], ...] = ()


class SessionCard(Struct, frozen=True):
    """What a list shows of a session."""

    key: int
    """The catalog's row number; stable within one library."""
    agent: str
    id: str
    title: str
    project: str | None
    branch: str | None
    started_at: datetime | None
    ended_at: datetime | None
    turn_count: int
    prompt_count: int
    error_count: int
    outcome: Outcome
    source_path: str
    parent_id: str | None = None


class LensTable(Struct, frozen=True):
    """Sessions × lanes, each score brought to 0…1 where 0 is the lane's background.

    `scores` is a row-major float32 matrix (len(cards), len(lanes)); NaN: nothing of the session in that lane.
    `trust` says per lane how far its best score stands out from its background (0…1).
    """

    request: SearchRequest
    cards: tuple[SessionCard, ...]
    lanes: tuple[Lane, ...]
    scores: bytes
    trust: tuple[float, ...]
    snippets: tuple[Snippet | None, ...] = ()
    """The passage that earned each session its place, in the order of `cards`."""
    degraded: str | None = None
    """One sentence when some lanes could not be asked."""
    took_ms: float = 0.0

    @property
    def matrix(self) -> NDArray[np.float32]:
        import numpy as np

        return np.frombuffer(self.scores, np.float32).reshape(len(self.cards), len(self.lanes))
