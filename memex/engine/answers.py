"""What an open library answers to each request; the same for the engine process and a lone command."""

import logging
from collections import OrderedDict

from memex.core.errors import MemexError
from memex.core.replay import TurnPage
from memex.core.session import Session
from memex.core.steps.context import StepContext, step_context
from memex.engine.jobs import JobRunner
from memex.engine.protocol import (
    CancelJob,
    Done,
    Failed,
    GetStatus,
    GetTurns,
    JobControl,
    JobQueued,
    ListSessions,
    OpenSession,
    PauseJob,
    Reply,
    Request,
    ResumeJob,
    Search,
    Searched,
    SessionList,
    SessionOpened,
    Status,
    Turns,
)
from memex.library.library import Library
from memex.library.replay import open_session
from memex.library.search import search

log = logging.getLogger(__name__)

OPEN_SESSIONS = 4


class Answers:
    """Called by one thread at a time. A failure is a reply as well."""

    def __init__(self, library: Library, jobs: JobRunner) -> None:
        self._library = library
        self._jobs = jobs
        self._open: OrderedDict[int, Session] = OrderedDict()
        self._revision = library.revision
        self._contexts: dict[int, StepContext] = {}

    def reply(self, request: Request) -> Reply:
        self._forget_after_import()
        try:
            return self._answer(request)
        except MemexError as error:
            return Failed(type(error).__name__, str(error))
        except Exception as bug:
            log.exception("%s failed", type(request).__name__)
            return Failed(type(bug).__name__, f"Memex has a bug: {bug!r}; the details are in memex.log.")

    def _answer(self, request: Request) -> Reply:
        match request:
            case Search(request=wanted):
                library = self._library
                with library.searching() as vectors:
                    return Searched(search(library.reader, vectors, wanted, library.degraded))
            case OpenSession(session=name):
                return self._open_session(name)
            case GetTurns():
                return self._turns(request)
            case ListSessions(filters=filters, limit=limit, offset=offset):
                cards, total = self._library.reader.sessions.newest(filters, limit, offset)
                return SessionList(tuple(cards), total)
            case GetStatus():
                return Status(self._library.status(self._library.reader, self._jobs.progress))
            case _:
                return self._control(request)

    def _control(self, request: JobControl) -> Reply:
        match request:
            case PauseJob():
                self._jobs.pause()
            case ResumeJob():
                self._jobs.resume()
            case CancelJob(job=number):
                self._jobs.cancel(number)
            case _:
                return JobQueued(self._jobs.start(request))
        return Done()

    def _forget_after_import(self) -> None:
        if self._revision != self._library.revision:
            self._revision = self._library.revision
            self._open.clear()

    def _open_session(self, name: str) -> SessionOpened:
        outline, session = open_session(self._library.reader, name)
        self._open[outline.card.key] = session
        self._contexts.pop(outline.card.key, None)
        self._open.move_to_end(outline.card.key)
        while len(self._open) > OPEN_SESSIONS:
            closed, _ = self._open.popitem(last=False)
            self._contexts.pop(closed, None)
        return SessionOpened(outline)

    def _turns(self, request: GetTurns) -> Turns:
        session = self._open.get(request.session_key)
        if session is None:
            card = self._library.reader.sessions.record(request.session_key).card
            self._open_session(card.id)
            session = self._open[request.session_key]
        page = session.turns[request.first : request.first + request.count]
        context = self._context(request.session_key, session).for_turns(page)
        return Turns(TurnPage(request.session_key, page, context))

    def _context(self, key: int, session: Session) -> StepContext:
        """Made when turns are first asked for, so that the outline does not wait for it."""
        if key not in self._contexts:
            self._contexts[key] = step_context(session.turns)
        return self._contexts[key]
