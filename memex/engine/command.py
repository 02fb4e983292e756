"""The engine as one command sees it: the one that runs for the library, or the library in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from memex.core.errors import EngineError, MemexError
from memex.core.library import DoctorReport, Progress
from memex.core.paths import LibraryPaths
from memex.engine.answers import Answers
from memex.engine.client import EngineClient, attach, unwrapped
from memex.engine.jobs import JobRunner, Order
from memex.engine.mix_messages import MixSessions
from memex.engine.protocol import (
    CancelJob,
    Event,
    Job,
    JobFailed,
    JobFinished,
    JobOutcome,
    JobProgressed,
    JobQueued,
    Reply,
    Request,
    Search,
)
from memex.engine.topology_messages import GetTopology
from memex.library.doctor import examine_closed
from memex.library.library import Library

LOCK_WAIT = 10.0
OnProgress = Callable[[Progress], None]


def examine_unopened(paths: LibraryPaths, failure: MemexError) -> DoctorReport:
    """What can be said of a library that does not open."""
    return examine_closed(paths, failure)


class CommandEngine(Protocol):
    def call(self, request: Request) -> Reply: ...
    def run(self, job: Job, on_progress: OnProgress) -> JobOutcome: ...


@contextmanager
def engine_for_command(paths: LibraryPaths) -> Iterator[CommandEngine]:
    if client := attach(paths):
        try:
            yield AttachedEngine(client)
        finally:
            client.close()
    else:
        library = Library(paths.home, wait_seconds=LOCK_WAIT)
        try:
            yield LocalEngine(library)
        finally:
            library.close()


class LocalEngine:
    """Loads the model only for a search."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._on_progress: OnProgress | None = None
        self._jobs = JobRunner(library, self._publish)
        self._answers = Answers(library, self._jobs, self._publish)

    def call(self, request: Request) -> Reply:
        if isinstance(request, Search | GetTopology | MixSessions) and self._library.vectors is None:
            self._library.open_vectors()
        return unwrapped(self._answers.reply(request))

    def run(self, job: Job, on_progress: OnProgress) -> JobOutcome:
        self._on_progress = on_progress
        return self._jobs.follow(Order(1, job))

    def _publish(self, event: Event) -> None:
        if self._on_progress and isinstance(event, JobProgressed):
            self._on_progress(event.progress)


class AttachedEngine:
    def __init__(self, client: EngineClient) -> None:
        self._client = client

    def call(self, request: Request) -> Reply:
        return self._client.call(request)

    def run(self, job: Job, on_progress: OnProgress) -> JobOutcome:
        """Waits for its own job; one that the window began before comes to its end first."""
        queued = self._client.call(job)
        assert isinstance(queued, JobQueued)
        try:
            return self._await(queued.job, on_progress)
        except KeyboardInterrupt:
            self._client.send(CancelJob(queued.job))
            raise

    def _await(self, number: int, on_progress: OnProgress) -> JobOutcome:
        for frame in self._client.frames():
            match frame.body:
                case JobProgressed(progress=progress):
                    on_progress(progress)
                case JobFinished(job=finished, outcome=outcome) if finished == number:
                    return outcome
                case JobFailed(job=failed, message=message) if failed == number:
                    raise EngineError(message)
        raise EngineError(
            "The engine stopped before it was done: run the command again, it goes on from there."
        )
