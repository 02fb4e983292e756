"""What an open library answers to each request; the same for the engine process and a lone command."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from memex.core.errors import MemexError
from memex.core.filters import Filters
from memex.engine.index_messages import GenerationList, IndexRequest, ListGenerations, RecordOpened
from memex.engine.jobs import JobRunner
from memex.engine.mix_answers import answer_mix
from memex.engine.mix_messages import MixRequests
from memex.engine.protocol import (
    CancelJob,
    Complete,
    Completions,
    CountByTime,
    CountedByTime,
    CountFacets,
    Done,
    Event,
    FacetsCounted,
    Failed,
    FindSessions,
    GetStatus,
    HideSessions,
    Hiding,
    JobControl,
    JobQueued,
    LibraryRequest,
    Listing,
    ListSessions,
    LookAgain,
    PauseJob,
    Reply,
    Request,
    ResumeJob,
    Search,
    Searched,
    SessionList,
    Status,
    UnhideSessions,
)
from memex.engine.replay_answers import ReplayAnswers
from memex.engine.replay_messages import ReplayEvent, ReplayRequest
from memex.engine.topology_answers import TopologyAnswers
from memex.engine.topology_messages import TopologyRequests
from memex.library.forgetting import families
from memex.library.generation_history import list_generations
from memex.library.library import Library
from memex.library.listing import asked_of, complete, count_facets, list_sessions
from memex.library.replay.growth import Growth
from memex.library.search import search
from memex.library.timeline import count_by_time

log = logging.getLogger(__name__)

Pending = Callable[[], Reply]
"""The rest of an answer that takes long: any thread may call it, while others are answered."""


class Answers:
    """Called by one thread at a time. A failure is a reply as well."""

    def __init__(self, library: Library, jobs: JobRunner, publish: Callable[[Event], None]) -> None:
        self._library = library
        self._jobs = jobs
        self._replay = ReplayAnswers(library.reader)
        self._topology = TopologyAnswers(library, publish)
        self._revision = library.revision

    def reply(self, request: Request) -> Reply:
        begun = self.begin(request)
        return begun() if callable(begun) else begun

    def begin(self, request: Request) -> Reply | Pending:
        self._forget_after_import()
        begun = _guarded(request, lambda: self._answer(request))
        if not callable(begun):
            return begun
        return lambda: _guarded(request, begun)

    def file_of(self, session_key: int) -> Path:
        return self._replay.file_of(session_key)

    def catch_up(self, session_key: int) -> Growth | str | None:
        """With the file of a session that is followed."""
        return self._replay.catch_up(session_key)

    def news(self, session_key: int, change: Growth | str, *, hide_secrets: bool) -> ReplayEvent:
        return self._replay.news(session_key, change, hide_secrets=hide_secrets)

    def _answer(self, request: Request) -> Reply | Pending:
        if isinstance(request, ReplayRequest):
            return self._replay.answer(request) or Done()
        if isinstance(request, TopologyRequests):
            return self._topology.answer(request) or Done()
        if isinstance(request, MixRequests):
            return answer_mix(self._library, request)
        return self._of_library(request)

    def _of_library(self, request: LibraryRequest) -> Reply | Pending:
        match request:
            case Search(request=wanted):
                library = self._library
                with library.searching() as vectors:
                    return Searched(search(library.reader, vectors, wanted, library.degraded))
            case GetStatus():
                return Status(self._library.status(self._library.reader, self._jobs.progress))
            case ListSessions() | CountFacets() | CountByTime() | Complete() | FindSessions():
                return self._listing(request)
            case HideSessions() | UnhideSessions():
                return self._hide(request)
            case ListGenerations() | RecordOpened():
                return self._of_indexes(request)
            case _:
                return self._control(request)

    def _listing(self, request: Listing) -> Reply:
        catalog = self._library.reader
        match request:
            case ListSessions():
                asked = asked_of(request.text, request.filters)
                cards, total = list_sessions(catalog, asked, request.order, request.limit, request.offset)
                return SessionList(request, cards, total)
            case CountFacets():
                asked = asked_of(request.text, request.filters)
                return FacetsCounted(request, count_facets(catalog, asked, request.among))
            case CountByTime():
                asked = asked_of(request.text, Filters())
                return CountedByTime(request, count_by_time(catalog, asked, request.most))
            case FindSessions(names=names):
                found = tuple(families(catalog, names))
                return SessionList(request, found, len(found))
            case Complete():
                return Completions(
                    request, complete(catalog, request.field, request.beginning, request.limit)
                )

    def _hide(self, request: Hiding) -> Reply:
        """Written by the reading connection: the user waits for it, and the job thread may be busy."""
        catalog = self._library.reader
        with catalog.errors(), catalog.transaction(durable=True):
            match request:
                case HideSessions(keys=keys):
                    catalog.hidden.hide(keys)
                case UnhideSessions(keys=keys):
                    catalog.hidden.unhide(keys)
        return Done()

    def _control(self, request: JobControl) -> Reply:
        match request:
            case LookAgain():
                self._jobs.look_soon()
            case PauseJob():
                self._jobs.pause()
            case ResumeJob():
                self._jobs.resume()
            case CancelJob(job=number):
                self._jobs.cancel(number)
            case _:
                return JobQueued(self._jobs.start(request))
        return Done()

    def _of_indexes(self, request: IndexRequest) -> Reply | Pending:
        match request:
            case ListGenerations():
                return GenerationList(list_generations(self._library.reader, self._library.store))
            case RecordOpened(query=query, session_key=key):
                return lambda: self._record_opened(query, key)

    def _record_opened(self, query: str, session: int) -> Reply:
        self._library.record_opened(query, session)
        return Done()

    def _forget_after_import(self) -> None:
        if self._revision != self._library.revision:
            self._revision = self._library.revision
            self._replay.forget()


Result = TypeVar("Result")


def _guarded(request: Request, answer: Callable[[], Result]) -> Result | Failed:
    try:
        return answer()
    except MemexError as error:
        return Failed(type(error).__name__, str(error))
    except Exception as bug:
        log.exception("%s failed", type(request).__name__)
        return Failed(type(bug).__name__, f"Memex has a bug: {bug!r}; the details are in memex.log.")
