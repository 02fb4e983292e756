"""What an engine does of itself, and when: changed files, a look at all, trials of an index that failed."""

import threading
import time
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path

from memex.engine.protocol import Job, StartIndexing

LOOK_EVERY = 300.0
"""Seconds between two looks at all files: not every file system tells of changes."""
LOOKS_APART = 30.0
"""Seconds, however often a window asks for one."""
REST, LONGEST_REST = 2.0, 60.0
REST_SHARE = 10
"""Seconds after each run, and, after one for changed files, so many times as long as that took."""
MOST_FILES = 1_000
"""Of more than these, all are looked at."""


class Upkeep:
    """Any thread may call it. `clock` counts seconds; `until_trial` as `Breaker.seconds_left`."""

    def __init__(
        self, until_trial: Callable[[], float | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._until_trial = until_trial
        self._clock = clock
        self._lock = threading.Lock()
        self._changed: set[Path] = set()
        self._look_at = inf
        self._looked_at = -inf
        self._rest_until = self._trial_from = 0.0

    def begin_looking(self) -> None:
        """From now on, every now and then."""
        with self._lock:
            self._look_at = self._clock() + LOOK_EVERY

    def look_soon(self) -> None:
        """Only once looking has begun."""
        with self._lock:
            if self._look_at < inf:
                self._look_at = min(self._look_at, max(self._clock(), self._looked_at + LOOKS_APART))

    def take_changed(self, paths: Iterable[Path]) -> None:
        with self._lock:
            self._changed.update(paths)
            is_too_much = len(self._changed) > MOST_FILES
            if is_too_much:
                self._changed.clear()
        if is_too_much:
            self.look_soon()

    def seconds_left(self) -> float | None:
        """Until the next thing is due; None: nothing is to be done."""
        with self._lock:
            now = self._clock()
            at = min(self._look_at, self._rest_until if self._changed else inf, self._trial_at(now))
            return None if at == inf else max(0.0, at - now)

    def due(self) -> StartIndexing | None:
        with self._lock:
            now = self._clock()
            if self._look_at <= now:
                self._changed.clear()
                self._look_at = now + LOOK_EVERY
                return StartIndexing()
            if self._trial_at(now) <= now or (self._changed and self._rest_until <= now):
                changed = tuple(map(str, self._changed))
                self._changed.clear()
                return StartIndexing(changed=changed)
            return None

    def ran(self, job: Job, seconds: float) -> None:
        """Of whoever's asking."""
        if not isinstance(job, StartIndexing):
            return
        with self._lock:
            now = self._clock()
            self._trial_from = self._rest_until = now + REST
            if job.changed:
                self._rest_until = now + min(max(REST, REST_SHARE * seconds), LONGEST_REST)
            if job == StartIndexing():
                self._looked_at = now
                if self._look_at < inf:
                    self._look_at = now + LOOK_EVERY

    def _trial_at(self, now: float) -> float:
        left = self._until_trial()
        return inf if left is None else max(now + left, self._trial_from)
