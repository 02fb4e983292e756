"""The job thread: one job at a time, pausable and cancellable between two of its steps."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec
from msgspec import Struct

from memex.core.errors import MemexError
from memex.core.library import LibraryStatus, Progress, Stage
from memex.engine.protocol import (
    Event,
    FetchModel,
    Indexed,
    Job,
    JobFailed,
    JobFinished,
    JobOutcome,
    JobProgressed,
    StartIndexing,
    StatusChanged,
)
from memex.library.library import Library
from memex.library.refresh import Refresh

log = logging.getLogger(__name__)

EVENTS_APART = 0.1
STATUS_APART = 2.0
"""Seconds between two progress events, and between two counts of the whole library."""
COUNTING_SHARE = 20
"""The counts take at most one part in so many of the job's time."""
FIRST_ORDER_WAIT = 0.5
"""Seconds that a client has to ask for indexing before the model is loaded: full text comes first."""


class Order(Struct, frozen=True):
    number: int
    job: Job


class Begun(Struct, frozen=True):
    """A job's steps, and what it came to so far; not asking for the next step is how it is cancelled."""

    steps: Iterator[Progress]
    outcome: Callable[[], JobOutcome]


class JobRunner:
    """Owns the library's writing side. `publish` is called on the job thread."""

    def __init__(self, library: Library, publish: Callable[[Event], None]) -> None:
        self.progress: Progress | None = None
        self._library = library
        self._publish = publish
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._last_job = 0
        self._running = threading.Event()
        self._running.set()
        self._cancelled: set[int] = set()
        self._closing = False
        self._vectors_tried = False
        self._thread = threading.Thread(target=self._work, name="memex-jobs")

    def open(self) -> None:
        self._thread.start()

    def start(self, job: Job) -> int:
        """The job's number."""
        self._last_job += 1
        self._orders.put(Order(self._last_job, job))
        return self._last_job

    def pause(self) -> None:
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def cancel(self, number: int | None = None) -> None:
        """The job of this number, or the one under way and those that wait behind it."""
        self._cancelled |= {number} if number else set(range(1, self._last_job + 1))
        self._running.set()

    def close(self) -> None:
        """Stops after the step in hand, and waits for it."""
        self._closing = True
        self.cancel()
        self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while (order := self._next_order()) is not None and not self._closing:
            self._run(order)

    def _next_order(self) -> Order | None:
        if self._library.vectors is None and not self._vectors_tried:
            try:
                return self._orders.get(timeout=FIRST_ORDER_WAIT)
            except Empty:
                self._vectors_tried = True
                self._library.open_vectors()
                self._publish(StatusChanged(self._library_status()))
        return self._orders.get()

    def _run(self, order: Order) -> None:
        try:
            self._publish(JobFinished(order.number, self.follow(order)))
        except MemexError as error:
            self._publish(JobFailed(order.number, str(error)))
        except Exception as bug:
            log.exception("the job failed")
            self._publish(JobFailed(order.number, f"Memex has a bug: {bug!r}; the details are in memex.log."))
        finally:
            self.progress = None
            self._publish(StatusChanged(self._library_status()))

    def follow(self, order: Order) -> JobOutcome:
        """Runs the job on this thread, telling of its progress now and then."""
        begun = self._begin(order.job)
        told = count_next = 0.0
        for self.progress in begun.steps:
            now = time.monotonic()
            if now - told >= EVENTS_APART:
                told = now
                self._publish(JobProgressed(self.progress))
            if now >= count_next:
                self._publish(StatusChanged(self._library_status()))
                cost = time.monotonic() - now
                count_next = now + max(STATUS_APART, COUNTING_SHARE * cost)
            self._wait_while_paused()
            if order.number in self._cancelled:
                break
        return begun.outcome()

    def _begin(self, job: Job) -> Begun:
        match job:
            case StartIndexing(folders=folders):
                refresh = Refresh(self._library, tuple(map(Path, folders)))
            case FetchModel():
                self._library.open_vectors(self._tell_download)
                refresh = Refresh(self._library)
        return Begun(refresh.steps(), lambda: Indexed(refresh.report()))

    def _tell_download(self, done: int, total: int) -> None:
        self.progress = Progress(Stage.DOWNLOAD, done, total, "bytes")
        self._publish(JobProgressed(self.progress))

    def _wait_while_paused(self) -> None:
        if self.progress and not self._running.is_set():
            self.progress = msgspec.structs.replace(self.progress, paused=True)
            self._publish(JobProgressed(self.progress))
            self._running.wait()

    def _library_status(self) -> LibraryStatus:
        return self._library.status(self._library.writer, self.progress)
