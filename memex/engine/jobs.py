"""The job thread: one job at a time, pausable and cancellable between two of its steps."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

import msgspec
from msgspec import Struct

from memex.core.errors import JobCancelledError, MemexError
from memex.core.library import Progress
from memex.engine.protocol import (
    Event,
    Job,
    JobFailed,
    JobFinished,
    JobOutcome,
    JobProgressed,
    StatusChanged,
)
from memex.engine.work import BESIDE_OTHERS, do
from memex.library.library import Library

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


class JobCounts(Struct):
    """When a job's progress was told last, and when the library is to be counted next; monotonic seconds."""

    told: float = 0.0
    count_next: float = 0.0


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
        self._beside: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._work, name="memex-jobs")

    def open(self) -> None:
        self._thread.start()

    def start(self, job: Job) -> int:
        """The job's number."""
        self._last_job += 1
        order = Order(self._last_job, job)
        if isinstance(job, BESIDE_OTHERS):
            beside = threading.Thread(target=self._run, args=[order, True], name=f"memex-job-{order.number}")
            self._beside = [thread for thread in self._beside if thread.is_alive()] + [beside]
            beside.start()
        else:
            self._orders.put(order)
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
        for thread in (self._thread, *self._beside):
            if thread.is_alive():
                thread.join()

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
                self._publish_status()
        return self._orders.get()

    def _run(self, order: Order, is_beside: bool = False) -> None:
        try:
            self._publish(JobFinished(order.number, self.follow(order)))
        except MemexError as error:
            self._publish(JobFailed(order.number, str(error)))
        except Exception as bug:
            log.exception("the job failed")
            self._publish(JobFailed(order.number, f"Memex has a bug: {bug!r}; the details are in memex.log."))
        finally:
            if not is_beside:
                self.progress = None
                self._publish_status()

    def follow(self, order: Order) -> JobOutcome:
        """Runs the job on this thread, telling of its progress now and then."""
        tell = self._tell_beside if isinstance(order.job, BESIDE_OTHERS) else self._tell
        return do(order.job, self._library, partial(tell, order.number, JobCounts()))

    def _tell(self, number: int, counts: JobCounts, progress: Progress) -> None:
        self.progress = progress
        self._tell_now_and_then(counts, progress)
        now = time.monotonic()
        if now >= counts.count_next:
            self._publish_status()
            cost = time.monotonic() - now
            counts.count_next = now + max(STATUS_APART, COUNTING_SHARE * cost)
        if not self._running.is_set():
            self.progress = msgspec.structs.replace(progress, paused=True)
            self._publish(JobProgressed(self.progress))
            self._running.wait()
        self._stop_if_cancelled(number)

    def _tell_beside(self, number: int, counts: JobCounts, progress: Progress) -> None:
        """The library's writing side belongs to the job thread, so nothing is counted here."""
        self._tell_now_and_then(counts, progress)
        self._stop_if_cancelled(number)

    def _tell_now_and_then(self, counts: JobCounts, progress: Progress) -> None:
        now = time.monotonic()
        if now - counts.told >= EVENTS_APART:
            counts.told = now
            self._publish(JobProgressed(progress))

    def _stop_if_cancelled(self, number: int) -> None:
        if number in self._cancelled:
            raise JobCancelledError("The job was stopped before it was done.")

    def _publish_status(self) -> None:
        self._publish(StatusChanged(self._library.status(self._library.writer, self.progress)))
