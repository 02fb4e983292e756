"""The window's only way to its engine: requests in, signals out; starts, restarts and stops it."""

import logging
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import cast

from PySide6.QtCore import QObject, Signal, Slot

from memex.core.errors import EngineError, MemexError
from memex.core.filters import Field
from memex.core.paths import LibraryPaths
from memex.core.search import SearchRequest
from memex.engine.client import EngineClient, attach_or_start, unwrapped
from memex.engine.index_messages import RecordOpened
from memex.engine.protocol import (
    CancelJob,
    Complete,
    Completions,
    CountFacets,
    EngineFrame,
    FacetsCounted,
    Failed,
    FetchModel,
    GetStatus,
    JobFailed,
    JobFinished,
    JobProgressed,
    ListSessions,
    LookAgain,
    PauseJob,
    Reply,
    Request,
    ResumeJob,
    Search,
    Searched,
    SessionList,
    StartIndexing,
    Status,
    StatusChanged,
)
from memex.engine.replay_messages import SessionGrew, SessionLost
from memex.engine.topology_messages import TopologyProgressed

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before an engine that died is started again; doubled each time that it dies early."""
STABLE_AFTER = 60.0
LAST_WAIT = 5.0
"""Seconds that closing the window waits for an engine that does not answer."""


class EngineState(StrEnum):
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    GONE = "gone"
    """It does not start, and is tried again and again."""


class EngineHandle(QObject):
    """Lives in the window's thread. Its own thread reads what the engine sends and emits it as signals."""

    searched = Signal(object)  # LensTable, only of the newest search
    topology_progressed = Signal(object)  # TopologyProgressed
    session_grew = Signal(object)  # SessionGrew
    session_lost = Signal(object)  # SessionLost
    sessions_listed = Signal(object)  # SessionList
    facets_counted = Signal(object)  # FacetsCounted
    completed = Signal(object)  # Completions
    status_changed = Signal(object)  # LibraryStatus
    job_progressed = Signal(object)  # Progress
    job_finished = Signal(object)  # JobOutcome
    failed = Signal(object)  # MemexError
    crashed = Signal(object)  # Exception: a bug
    state_changed = Signal(object)  # EngineState

    _arrived = Signal(object)  # EngineFrame, from the reading thread
    _connected = Signal(object)  # EngineClient | None

    def __init__(self, paths: LibraryPaths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths = paths
        self._client: EngineClient | None = None
        self._searching: int | None = None
        self._next_search: SearchRequest | None = None
        self._asked: dict[int, Callable[[Reply], None]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="memex-engine-link", daemon=True)
        self._arrived.connect(self._on_frame)
        self._connected.connect(self._on_connected)

    def start(self) -> None:
        self.state_changed.emit(EngineState.STARTING)
        self._thread.start()

    def stop(self) -> None:
        """Leave the engine, which ends when nobody else is with it, and join the reading thread."""
        self._stopping.set()
        if self._client:
            self._client.close()
        if self._thread.is_alive():
            self._thread.join(LAST_WAIT)

    def search(self, request: SearchRequest) -> None:
        """One search is under way at a time; of those asked meanwhile only the newest follows it."""
        if self._searching is None:
            self._searching = self._send(Search(request))
        else:
            self._next_search = request

    def record_opened(self, query: str, key: int) -> None:
        self._send(RecordOpened(query, key))

    def ask(self, request: Request, answer: Callable[[Reply], None]) -> None:
        """For what one part alone waits for: its answer, a failure as well, goes nowhere else."""
        number = self._send(request)
        if number is None:
            answer(Failed("EngineError", "The engine is not ready: ask again in a moment."))
        else:
            self._asked[number] = answer

    def list_sessions(self, wanted: ListSessions) -> None:
        self._send(wanted)

    def count_facets(self, wanted: CountFacets) -> None:
        self._send(wanted)

    def complete(self, field: Field | None, beginning: str) -> None:
        self._send(Complete(field, beginning))

    def start_indexing(self, folders: tuple[str, ...] = ()) -> None:
        self._send(StartIndexing(folders))

    def look_again(self) -> None:
        self._send(LookAgain())

    def fetch_model(self) -> None:
        """Only after the user has agreed to the download."""
        self._send(FetchModel())

    def ask_status(self) -> None:
        self._send(GetStatus())

    def pause(self) -> None:
        self._send(PauseJob())

    def resume(self) -> None:
        self._send(ResumeJob())

    def cancel(self) -> None:
        self._send(CancelJob())

    def _send(self, request: Request) -> int | None:
        """None while there is no engine: what a view still wants, it asks again when the engine is ready."""
        if self._client is None:
            return None
        try:
            return self._client.send(request)
        except EngineError as error:
            log.info("not sent: %s", error)
            return None

    @Slot(object)
    def _on_connected(self, client: EngineClient | None) -> None:
        self._client = client
        self._searching = self._next_search = None
        asked, self._asked = self._asked, {}
        for answer in asked.values():
            answer(Failed("EngineError", "The engine has gone: ask again in a moment."))
        if client:
            self.state_changed.emit(EngineState.READY)
            self.ask_status()
        elif not self._stopping.is_set():
            self.state_changed.emit(EngineState.RESTARTING)

    @Slot(object)
    def _on_frame(self, frame: EngineFrame) -> None:
        if frame.id is not None and frame.id == self._searching:
            self._searching = None
            if self._next_search is not None:
                newer, self._next_search = self._next_search, None
                self.search(newer)
                return  # the older answer is stale before it is shown
        if frame.id is not None and (answer := self._asked.pop(frame.id, None)):
            answer(cast("Reply", frame.body))
            return
        try:
            self._relay(unwrapped(frame.body) if frame.id is not None else frame.body)
        except MemexError as error:
            self.failed.emit(error)

    def _relay(self, body: object) -> None:
        match body:
            case Searched(table=table):
                self.searched.emit(table)
            case SessionGrew():
                self.session_grew.emit(body)
            case SessionLost():
                self.session_lost.emit(body)
            case SessionList():
                self.sessions_listed.emit(body)
            case FacetsCounted():
                self.facets_counted.emit(body)
            case Completions():
                self.completed.emit(body)
            case Status(status=status) | StatusChanged(status=status):
                self.status_changed.emit(status)
            case _:
                self._relay_job(body)

    def _relay_job(self, body: object) -> None:
        match body:
            case JobProgressed(progress=progress):
                self.job_progressed.emit(progress)
            case JobFinished(outcome=outcome):
                self.job_finished.emit(outcome)
            case JobFailed(message=message):
                self.failed.emit(MemexError(message))
            case TopologyProgressed():
                self.topology_progressed.emit(body)

    def _work(self) -> None:
        """The reading thread: connect, relay until the engine goes, pause, connect again.

        What keeps the engine from starting is said once, however often it is tried.
        """
        pause, said = FIRST_PAUSE, ""
        while not self._stopping.is_set():
            try:
                client = attach_or_start(self._paths)
            except MemexError as error:
                self.state_changed.emit(EngineState.GONE)
                if str(error) != said:
                    said = str(error)
                    self.failed.emit(error)
            except Exception as bug:
                log.exception("the engine could not be reached")
                self.crashed.emit(bug)
            else:
                said = ""
                connected = time.monotonic()
                self._read(client)
                if time.monotonic() - connected > STABLE_AFTER:
                    pause = FIRST_PAUSE
            if self._stopping.wait(pause):
                return
            pause = min(2 * pause, LONGEST_PAUSE)

    def _read(self, client: EngineClient) -> None:
        self._connected.emit(client)
        if self._stopping.is_set():
            client.close()
        for frame in client.frames():
            self._arrived.emit(frame)
        self._connected.emit(None)
