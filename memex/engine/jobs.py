"""The job thread: one job at a time, pausable and cancellable between two of its steps."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec
from msgspec import Struct

from memex.core.errors import JobCancelledError, MemexError
from memex.core.library import Progress, Stage
from memex.engine.index_messages import Reembed, Reindex
from memex.engine.protocol import (
    Event,
    FetchModel,
    Job,
    JobFailed,
    JobFinished,
    JobOutcome,
    JobProgressed,
    StartIndexing,
    StatusChanged,
)
from memex.engine.upkeep import Upkeep
from memex.engine.work import BESIDE_OTHERS, do
from memex.library.library import Library

log = logging.getLogger(__name__)

EVENTS_APART = 0.1
STATUS_APART = 2.0
"""Seconds between two progress events, and between two counts of the whole library."""
COUNTING_SHARE = 20
"""The counts take at most one part in so many of the job's time."""
QUIET = 1.0
"""Seconds before a job that nobody asked for shows: most are over by then."""
FIRST_ORDER_WAIT = 0.5
"""Seconds that a client has to ask for indexing before the model is loaded: full text comes first."""


class Order(Struct, frozen=True):
    number: int
    job: Job


WAKE = Order(0, StartIndexing(changed=()))
"""No order: look again what is due."""


class JobCounts(Struct):
    """When a job's progress was told last, and when the library is to be counted next; monotonic seconds."""

    told: float = 0.0
    count_next: float = 0.0


class JobRunner:
    """Owns the library's writing side. `publish` is called on the job thread."""

    def __init__(self, library: Library, publish: Callable[[Event], None]) -> None:
        self.progress: Progress | None = None
        self.upkeep = Upkeep(lambda: library.breaker.seconds_left())
        self._library = library
        self._publish = publish
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._put_off: deque[Order | None] = deque()
        """Taken from `_orders` while a job ran that gives way to others than these."""
        self._last_job = 0
        self._running = threading.Event()
        self._running.set()
        self._cancelled: set[int] = set()
        self._closing = False
        self._vectors_at = inf
        """When the vectors are opened if nobody ordered anything until then; monotonic seconds."""
        self._is_woken = threading.Event()
        self._counting = threading.Lock()
        self._own_failure = ""
        self._beside: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._work, name="memex-jobs")

    def open(self) -> None:
        self._vectors_at = time.monotonic() + FIRST_ORDER_WAIT
        self._thread.start()

    def wake(self) -> None:
        """Any thread, when something may be due earlier than it was."""
        if not self._is_woken.is_set():
            self._is_woken.set()
            self._orders.put(WAKE)

    def take_changed(self, paths: Iterable[Path]) -> None:
        self.upkeep.take_changed(paths)
        self.wake()

    def look_soon(self) -> None:
        self.upkeep.look_soon()
        self.wake()

    def start(self, job: Job) -> int:
        """The job's number."""
        order = self._numbered(job)
        if isinstance(job, BESIDE_OTHERS):
            beside = threading.Thread(target=self._run, args=[order, True], name=f"memex-job-{order.number}")
            self._beside = [thread for thread in self._beside if thread.is_alive()] + [beside]
            beside.start()
        else:
            self._orders.put(order)
        return order.number

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

    def _numbered(self, job: Job) -> Order:
        with self._counting:
            self._last_job += 1
            return Order(self._last_job, job)

    def _next_order(self) -> Order | None:
        """The next that was given, or else what is due."""
        if self._put_off:
            return self._put_off.popleft()
        while True:
            with suppress(Empty):
                order = self._orders.get(timeout=self._seconds_to_wait())
                if order is not WAKE:
                    return order
                self._is_woken.clear()
            if time.monotonic() >= self._vectors_at:
                self._open_vectors()
            job = self.upkeep.due()
            if job and self._library.is_in_use():
                return self._numbered(job)

    def _seconds_to_wait(self) -> float | None:
        left = (self._vectors_at - time.monotonic(), self.upkeep.seconds_left())
        soonest = min(inf if seconds is None else max(0.0, seconds) for seconds in left)
        return None if soonest == inf else soonest

    def _open_vectors(self) -> None:
        self._vectors_at = inf
        self._library.open_vectors()
        self._publish_status()

    def _give_way(self) -> None:
        """To refreshes that were asked for, or are due, meanwhile: a re-embedding may take hours."""
        with suppress(Empty):
            while True:
                self._take_up(self._orders.get_nowait())
        job = self.upkeep.due()
        if job and not self._closing:
            self._run(self._numbered(job))

    def _take_up(self, order: Order | None) -> None:
        """A refresh is run at once; any other order waits until the job under way has ended."""
        if order is WAKE:
            self._is_woken.clear()
        elif order is not None and isinstance(order.job, StartIndexing | FetchModel):
            self._run(order)
        else:
            self._put_off.append(order)

    def _run(self, order: Order, is_beside: bool = False) -> None:
        if isinstance(order.job, Reindex | Reembed) and self._vectors_at < inf:
            self._open_vectors()  # searches go on while it runs
        began = time.monotonic()
        try:
            self._publish(JobFinished(order.number, self.follow(order)))
            self._own_failure = ""
        except MemexError as error:
            self._publish_failure(order, str(error))
        except Exception as bug:
            log.exception("the job failed")
            self._publish_failure(order, f"Memex has a bug: {bug!r}; the details are in memex.log.")
        finally:
            if not is_beside:
                self.progress = None
                self._publish_status()
                self.upkeep.ran(order.job, time.monotonic() - began)

    def _publish_failure(self, order: Order, message: str) -> None:
        """What nobody asked for is not complained of again and again."""
        if not _is_own(order.job):
            self._publish(JobFailed(order.number, message))
        elif message != self._own_failure:
            self._own_failure = message
            self._publish(JobFailed(order.number, message))

    def follow(self, order: Order) -> JobOutcome:
        """Runs the job on this thread, telling of its progress now and then."""
        tell = self._tell_beside if isinstance(order.job, BESIDE_OTHERS) else self._tell
        quiet_until = time.monotonic() + QUIET if _is_own(order.job) else 0.0
        counts = JobCounts(quiet_until, quiet_until)
        return do(order.job, self._library, partial(tell, order.number, counts))

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
        if progress.stage is Stage.REEMBED:
            self._give_way()

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


def _is_own(job: Job) -> bool:
    return isinstance(job, StartIndexing) and job.changed is not None
