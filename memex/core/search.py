"""A search and its answer: the table of sessions by lanes that every ranking is computed from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from memex.core.filters import Filters
from memex.core.lenses import Lane
from memex.core.session import Outcome

if TYPE_CHECKING:  # numpy costs 80 ms to import, and the window paints first
    import numpy as np
    from numpy.typing import NDArray


class TranscriptState(StrEnum):
    """What has become of the file that a session was read from."""

    PRESENT = "present"
    GROWN = "grown"
    """It goes on after what was read."""
    GONE = "gone"
    DIVERGED = "diverged"
    """It no longer begins with what was read."""


class SearchRequest(Struct, frozen=True):
    text: str
    """In the query language; its conditions and `filters` hold together."""
    filters: Filters = Filters()
    candidates: int = 100
    """How many sessions each lane may propose."""
    as_typed: bool = False
    """The last word may be unfinished."""
    liked: tuple[int, ...] = ()
    """Keys of found sessions that were said to be right: others like them are looked for, too."""
    disliked: tuple[int, ...] = ()


class Snippet(Struct, frozen=True):
    """A passage of a turn; `marks` are (start, end) character ranges of matched words in `text`."""

    turn: int
    text: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The matched words, each once, as they are written in the text."""
        found = {self.text[start:end].lower(): self.text[start:end] for start, end in self.marks}
        return tuple(found.values())


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
    source_state: TranscriptState | None = None
    """None where it was not looked at: lists say it."""


class Relaxation(Struct, frozen=True):
    """What would find `count` sessions where the request found none: the same without one condition."""

    dropped: str
    """The condition as words, as in `project:infra`."""
    request: SearchRequest
    count: int


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
    corrections: tuple[tuple[str, str], ...] = ()
    """(typed, read): if nothing holds any of the words, the near ones that were looked for instead."""
    confidence: float = 1.0
    """How sure it is that anything here answers the query, from 0 to 1."""
    is_close: bool = True
    """False: all of these are near misses; nothing in the library is close to the query."""
    groups: tuple[int, ...] = ()
    """Per card a number that it shares with its near-identical copies only; none: all are different."""
    vectors: bytes = b""
    """Unit content vectors as int8, one row a card; a row of zeros: it has none. May be empty."""
    named: int | None = None
    """The key of the session whose id or transcript the query is; it stands first."""
    relaxations: tuple[Relaxation, ...] = ()
    """When nothing was found, what would help; the most found first."""

    @property
    def content_vectors(self) -> NDArray[np.float32]:
        """(len(cards), dimension), each of length 1 or 0; dimension 0 when there are no vectors."""
        import numpy as np

        rows = np.frombuffer(self.vectors, np.int8).reshape(len(self.cards), -1 if self.vectors else 0)
        vectors = rows.astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1.0)
        return vectors

    @property
    def matrix(self) -> NDArray[np.float32]:
        import numpy as np

        return np.frombuffer(self.scores, np.float32).reshape(len(self.cards), len(self.lanes))
