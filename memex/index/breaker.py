"""Whether a store that failed is tried again yet."""

import threading
import time
from collections.abc import Callable

FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
"""Seconds; each failure of a trial doubles the wait."""


class Breaker:
    """Any thread may call it. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.on_failure: Callable[[], None] = lambda: None
        """Called on the thread that met the failure."""
        self._clock = clock
        self._lock = threading.Lock()
        self._failure: str | None = None
        self._wait = 0.0
        self._retry_at = 0.0

    @property
    def failure(self) -> str | None:
        """The last one, a sentence; None while all is well."""
        return self._failure

    def failed(self, reason: str) -> None:
        """Those that come while nothing is tried, of calls that had begun, do not count."""
        with self._lock:
            if self._failure is None or self._clock() >= self._retry_at:
                self._wait = min(2 * self._wait or FIRST_WAIT, LONGEST_WAIT)
                self._retry_at = self._clock() + self._wait
            self._failure = reason
        self.on_failure()

    def worked(self) -> None:
        with self._lock:
            self._failure, self._wait = None, 0.0

    def seconds_left(self) -> float | None:
        """Until the next trial; None while all is well."""
        with self._lock:
            return None if self._failure is None else max(0.0, self._retry_at - self._clock())
