"""What the list shows: the newest sessions, or the answer to a search under the current weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from memex.core.filters import Filters
from memex.core.lenses import Lane, RankOptions, Recency, Weights
from memex.core.search import LensTable, SearchRequest
from memex.engine.protocol import SessionList
from memex.window.results_model import ResultsModel

if TYPE_CHECKING:
    from memex.core.ranking import Ranker

PAGE = 200
REFRESH_MS = 2_000
"""At most this often a list is asked for again while a job adds to the library."""

Clock = Callable[[], datetime]


def local_now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the list shows now. `text` is empty when it lists the newest sessions."""

    text: str
    count: int
    took_ms: float | None = None
    degraded: str | None = None
    has_words: bool = True
    """Whether any of the sessions holds a word of the text, not only its meaning."""


class Finder(QObject):
    """Between the search box, the lenses, the engine and the model."""

    search_wanted = Signal(object)  # SearchRequest
    sessions_wanted = Signal(object, int, int)  # Filters, limit, offset
    shown = Signal(object)  # Shown

    def __init__(self, model: ResultsModel, clock: Clock = local_now) -> None:
        super().__init__()
        self._model = model
        self._clock = clock
        self._text = ""
        self._is_typing = False
        self._table: LensTable | None = None
        self._ranker: Ranker | None = None
        self._has_words = True
        self._weights = Weights()
        self._recency = Recency()
        self._awaited: int | None = None
        """The offset of the page of sessions that has been asked for."""
        self._stale = False
        self._refresh_pause = QTimer(self, interval=REFRESH_MS, singleShot=True)
        self._refresh_pause.timeout.connect(self._on_pause_ended)
        model.more_wanted.connect(self._on_more_wanted)

    @property
    def text(self) -> str:
        return self._text

    @property
    def is_answered(self) -> bool:
        """Whether what is shown is the answer to what was asked last."""
        return self._table is not None and self._table.request.text == self._text

    @Slot(str, bool)
    def find(self, text: str, is_typing: bool = False) -> None:
        self._text, self._is_typing = text, is_typing
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Ask again for what is shown; what is shown stays until the answer comes."""
        self._stale = False
        if self._text:
            self.search_wanted.emit(SearchRequest(self._text, as_typed=self._is_typing))
        else:
            self._table = self._ranker = None
            self._awaited = 0
            self.sessions_wanted.emit(Filters(), max(PAGE, self._model.rowCount()), 0)

    @Slot()
    def refresh_soon(self) -> None:
        """The library has changed: refresh, but not more often than can be read."""
        if self._refresh_pause.isActive():
            self._stale = True
        else:
            self._refresh_pause.start()
            self.refresh()

    @Slot(object)
    def take_table(self, table: LensTable) -> None:
        if table.request.text == self._text:
            from memex.core.ranking import Ranker  # numpy: 80 ms that the first paint need not wait for

            self._table, self._ranker = table, Ranker(table)
            self._has_words = any(score > 0 for score in lane_scores(table, Lane.WORDS))
            self._show_ranked()

    @Slot(object)
    def take_sessions(self, listed: SessionList) -> None:
        offset, self._awaited = self._awaited, None
        if self._text or offset is None:
            return
        if offset:
            self._model.add_sessions(listed.cards, listed.total)
        else:
            self._model.show_sessions(listed.cards, listed.total, self._clock())
        self.shown.emit(Shown("", listed.total))

    @Slot(object)
    def set_weights(self, weights: Weights) -> None:
        self._weights = weights
        self._show_ranked()

    @Slot(object)
    def set_recency(self, recency: Recency) -> None:
        self._recency = recency
        self._show_ranked()

    @Slot()
    def _on_pause_ended(self) -> None:
        if self._stale:
            self.refresh_soon()

    @Slot(int)
    def _on_more_wanted(self, offset: int) -> None:
        if self._awaited is None:
            self._awaited = offset
            self.sessions_wanted.emit(Filters(), PAGE, offset)

    def _show_ranked(self) -> None:
        table, ranker = self._table, self._ranker
        if table is None or ranker is None:
            return
        now = self._clock()
        self._model.show_table(table, ranker.rank(RankOptions(self._weights, self._recency), now), now)
        shown = Shown(table.request.text, len(table.cards), table.took_ms, table.degraded, self._has_words)
        self.shown.emit(shown)


def lane_scores(table: LensTable, lane: Lane) -> list[float]:
    """One a session, NaN where it has nothing in the lane; none if the lane was not asked."""
    if lane not in table.lanes:
        return []
    column: list[float] = table.matrix[:, table.lanes.index(lane)].tolist()
    return column
