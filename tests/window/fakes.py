"""An engine in the window's own process, with the signals and requests of `EngineHandle`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from memex.core.errors import MemexError
from memex.core.filters import Facet, FacetValue, Field
from memex.core.library import LibraryStatus
from memex.core.replay import TurnPage
from memex.core.search import LensTable, SearchRequest, SessionCard
from memex.engine.protocol import (
    Complete,
    Completions,
    CountFacets,
    Done,
    FacetsCounted,
    Failed,
    GetTurns,
    ListSessions,
    OpenSession,
    Reply,
    Request,
    SessionList,
    SessionOpened,
    Turns,
)
from memex.window.worker import EngineState
from tests.window import values


@dataclass
class FakeLibrary:
    """What the engine answers from."""

    status: LibraryStatus = values.INDEXED
    cards: tuple[SessionCard, ...] = values.CARDS
    tables: dict[str, LensTable] = field(default_factory=dict)
    facets: tuple[Facet, ...] = values.FACETS
    replies: dict[type, Callable[[Request], Reply]] = field(default_factory=dict)
    """To what one part alone asks, by the kind of request."""
    refusal: MemexError | None = None
    """What every search fails with, if anything."""


class FakeEngine(QObject):
    """Answers on the next turn of the event loop, never inside the request."""

    searched = Signal(object)
    topology_progressed = Signal(object)
    session_grew = Signal(object)
    session_lost = Signal(object)
    sessions_listed = Signal(object)
    facets_counted = Signal(object)
    completed = Signal(object)
    status_changed = Signal(object)
    job_progressed = Signal(object)
    job_finished = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    state_changed = Signal(object)

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__()
        self.library = library
        self.log: list[object] = []
        self.is_ready = False

    def start(self) -> None:
        self.state_changed.emit(EngineState.STARTING)
        QTimer.singleShot(0, self, self.become_ready)

    def become_ready(self) -> None:
        self.is_ready = True
        self.state_changed.emit(EngineState.READY)
        self.status_changed.emit(self.library.status)

    def stop(self) -> None:
        self.is_ready = False
        self.log.append("stop")

    def search(self, request: SearchRequest) -> None:
        self.log.append(request)
        if self.library.refusal:
            self._answer(lambda: self.failed.emit(self.library.refusal))
            return
        table = self.library.tables.get(request.text) or LensTable(
            request, (), values.LANES, b"", values.TRUST
        )
        self._answer(lambda: self.searched.emit(table))

    def list_sessions(self, wanted: ListSessions) -> None:
        self.log.append(wanted)
        cards = self.library.cards
        page = SessionList(wanted, cards[wanted.offset : wanted.offset + wanted.limit], len(cards))
        self._answer(lambda: self.sessions_listed.emit(page))

    def count_facets(self, wanted: CountFacets) -> None:
        self.log.append(wanted)
        self._answer(lambda: self.facets_counted.emit(FacetsCounted(wanted, self.library.facets)))

    def complete(self, field: Field | None, beginning: str) -> None:
        known: dict[Field, tuple[FacetValue, ...]] = {
            facet.field: facet.values for facet in self.library.facets
        }
        found = tuple(value for value in known.get(field, ()) if value.value.startswith(beginning))
        self._answer(lambda: self.completed.emit(Completions(Complete(field, beginning), found)))

    def ask(self, request: Request, answer: Callable[[Reply], None]) -> None:
        self.log.append(("ask", request))
        if self.is_ready:
            made = self.library.replies.get(type(request), self._reply)
            reply = made(request)
            self._answer(lambda: answer(reply))
        else:
            answer(Failed("EngineError", "The engine is not ready: ask again in a moment."))

    def record_opened(self, query: str, key: int) -> None:
        self.log.append(("opened", query, key))

    def _reply(self, request: Request) -> Reply:
        match request:
            case OpenSession(session=session):
                self.log.append(("open", session))
                card = next((card for card in self.library.cards if card.id == session), None)
                if card is None:
                    return Failed("SessionNotFoundError", "There is no such session: rescan the library.")
                return SessionOpened(values.make_outline(card))
            case GetTurns(session_key=key, first=first, count=count):
                turns = values.make_turns(next(card for card in self.library.cards if card.key == key))
                return Turns(TurnPage(key, turns[first : first + count]))
            case _:
                return Done()

    def start_indexing(self, folders: tuple[str, ...] = ()) -> None:
        self.log.append(("index", folders))

    def look_again(self) -> None:
        self.log.append("look again")

    def fetch_model(self) -> None:
        self.log.append("fetch model")

    def pause(self) -> None:
        self.log.append("pause")

    def resume(self) -> None:
        self.log.append("resume")

    def cancel(self) -> None:
        self.log.append("cancel")

    def _answer(self, answer) -> None:
        """As the real one: nothing is answered without an engine, nor after it has been left."""
        if self.is_ready:
            QTimer.singleShot(0, self, lambda: answer() if self.is_ready else None)
