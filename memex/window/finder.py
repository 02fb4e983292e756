"""What the list shows: sessions as the catalog has them, or the answer to a search under the options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from memex.core.filters import Order
from memex.core.lenses import Lane, RankOptions
from memex.core.query import Query, parse_query
from memex.core.search import LensTable, SearchRequest
from memex.engine.protocol import CountFacets, ListSessions, SessionList
from memex.window.clock import Clock, local_now
from memex.window.results_model import ResultsModel, Verdict

if TYPE_CHECKING:
    from memex.core.ranking import Ranker
    from memex.window.sorting import Sorter

PAGE = 200
REFRESH_MS = 2_000
"""At most this often a list is asked for again while a job adds to the library."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the list shows now. Without a table it lists sessions, and none was searched for."""

    text: str
    """As it stood in the box."""
    count: int
    table: LensTable | None = None
    has_words: bool = True
    """Whether any of the sessions holds a word of the query, not only its meaning."""
    is_by_recency: bool = False
    """No lens has any weight."""
    left_out: int = 0
    """Too far from the query to be sorted among the others."""


@dataclass(frozen=True, slots=True)
class _Answer:
    table: LensTable
    ranker: Ranker
    sorter: Sorter
    has_words: bool


class Finder(QObject):
    """Between the search box, the options, the engine and the model."""

    search_wanted = Signal(object)  # SearchRequest
    sessions_wanted = Signal(object)  # ListSessions
    facets_wanted = Signal(object)  # CountFacets
    named = Signal(object)  # SessionCard: the query is this session's id or transcript
    asked = Signal(object)  # Query
    shown = Signal(object)  # Shown

    def __init__(self, model: ResultsModel, clock: Clock = local_now) -> None:
        super().__init__()
        self._model = model
        self._clock = clock
        self._text = ""
        self._query = Query()
        self._is_typing = False
        self._answer: _Answer | None = None
        self._options = RankOptions()
        self._order = Order.RELEVANCE
        self._widest: tuple[str, tuple[int, ...]] = ("", ())
        """Words that were searched for without conditions, and the keys of what was found."""
        self._awaited: ListSessions | None = None
        """The page of sessions that has been asked for last, until it is here."""
        self.facets_asked = CountFacets()
        self._stale = False
        self._refresh_pause = QTimer(self, interval=REFRESH_MS, singleShot=True)
        self._refresh_pause.timeout.connect(self._on_pause_ended)
        model.more_wanted.connect(self._on_more_wanted)

    @property
    def text(self) -> str:
        """As it stands in the box."""
        return self._text

    @property
    def query(self) -> Query:
        return self._query

    @property
    def is_answered(self) -> bool:
        """Whether what is shown is the answer to what was asked last."""
        return self._answer is not None and self._is_of_now(self._answer.table)

    def parse(self, text: str) -> Query:
        return parse_query(text, self._clock())

    @Slot(str, bool)
    def find(self, text: str, is_typing: bool = False) -> None:
        self._text, self._is_typing = text, is_typing
        self._query = self.parse(text)
        self.asked.emit(self._query)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Ask again for what is shown; what is shown stays until the answer comes."""
        self._stale = False
        if _has_words(self._query):
            self._awaited = None
            options = self._options
            request = SearchRequest(
                self._text, as_typed=self._is_typing, liked=options.liked, disliked=options.disliked
            )
            self.search_wanted.emit(request)
        else:
            self._answer = None
            self._ask_sessions(max(PAGE, self._model.loaded_count), 0)
            self._count_facets(CountFacets(text=self._text))

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
        if self._is_of_now(table):
            from memex.core.ranking import Ranker  # numpy: 80 ms that the first paint need not wait for
            from memex.window.sorting import Sorter

            has_words = any(score > 0 for score in lane_scores(table, Lane.WORDS))
            is_new = self._answer is None or self._answer.table.request.text != table.request.text
            self._answer = _Answer(table, Ranker(table), Sorter(table), has_words)
            self._show_ranked()
            self._ask_facets(table)
            if table.named is not None and is_new:
                for card in table.cards:
                    if card.key == table.named:
                        self.named.emit(card)

    @Slot(object)
    def take_sessions(self, listed: SessionList) -> None:
        if listed.request != self._awaited:
            return
        self._awaited = None
        if listed.request.offset:
            self._model.add_sessions(listed.cards, listed.total)
        else:
            self._model.show_sessions(listed.cards, listed.total, self._clock())
        self.shown.emit(Shown(self._text, listed.total))

    @Slot(object)
    def set_options(self, options: RankOptions) -> None:
        """Without what the user said of sessions, which comes from elsewhere."""
        said = {"liked": self._options.liked, "disliked": self._options.disliked}
        self._options = msgspec.structs.replace(options, **said)
        self._show_ranked()

    @Slot(object)
    def set_verdicts(self, verdicts: dict[int, Verdict]) -> None:
        """What is found is ranked at once; what else is like it, the engine looks for."""
        liked, disliked = (
            tuple(key for key, given in verdicts.items() if given is verdict)
            for verdict in (Verdict.LIKED, Verdict.DISLIKED)
        )
        self._options = msgspec.structs.replace(self._options, liked=liked, disliked=disliked)
        self._model.set_verdicts(verdicts)
        self._show_ranked()
        if self._answer is not None and self._is_of_now(self._answer.table):
            self.refresh()

    @Slot(object)
    def set_order(self, order: Order) -> None:
        self._order = order
        if _has_words(self._query):
            self._show_ranked()
        else:
            self.refresh()

    @Slot()
    def _on_pause_ended(self) -> None:
        if self._stale:
            self.refresh_soon()

    @Slot(int)
    def _on_more_wanted(self, offset: int) -> None:
        if self._awaited is None:
            self._ask_sessions(PAGE, offset)

    def _ask_sessions(self, limit: int, offset: int) -> None:
        order = Order.NEWEST if self._order is Order.RELEVANCE else self._order
        self._awaited = ListSessions(limit=limit, offset=offset, order=order, text=self._text)
        self.sessions_wanted.emit(self._awaited)

    def _ask_facets(self, table: LensTable) -> None:
        """Of what the words alone find: under its conditions, no second value of a field would have any."""
        words = self._query.text
        if self._query.filters.is_empty:
            self._widest = words, tuple(card.key for card in table.cards)
        among = self._widest[1] if self._widest[0] == words else None
        self._count_facets(CountFacets(among=among, text=self._text))

    def _count_facets(self, wanted: CountFacets) -> None:
        self.facets_asked = wanted
        self.facets_wanted.emit(wanted)

    def _is_of_now(self, table: LensTable) -> bool:
        return table.request.text == self._text and _has_words(self._query)

    def _show_ranked(self) -> None:
        answer = self._answer
        if answer is None:
            return
        now = self._clock()
        ranking = answer.ranker.rank(self._options, now)
        places = answer.sorter.places(ranking, self._order)
        self._model.show_table(answer.table, ranking, places, now)
        self.shown.emit(
            Shown(
                answer.table.request.text,
                len(places),
                answer.table,
                answer.has_words,
                ranking.is_by_recency,
                left_out=len(answer.table.cards) - len(places),
            )
        )


def lane_scores(table: LensTable, lane: Lane) -> list[float]:
    """One a session, NaN where it has nothing in the lane; none if the lane was not asked."""
    if lane not in table.lanes:
        return []
    column: list[float] = table.matrix[:, table.lanes.index(lane)].tolist()
    return column


def _has_words(query: Query) -> bool:
    """Whether there is something to search for, as against conditions alone."""
    return bool(query.text)
