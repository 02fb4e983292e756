"""How far a stage of a job has come, and how long it will take."""

import time
from collections.abc import Callable

from memex.core.library import Progress, Stage

Tell = Callable[[Progress], None]
"""May raise `JobCancelledError`: the job then stops where it stands."""


class Pace:
    """Turns counts of what is done into progress with a rate and the time left."""

    def __init__(self, stage: Stage, total: int, unit: str) -> None:
        self._stage, self._total, self._unit = stage, total, unit
        self._started = time.perf_counter()

    def at(self, done: int) -> Progress:
        return self.of(done, self._total)

    def of(self, done: int, total: int) -> Progress:
        """Where the total is known only on the way."""
        rate = done / max(time.perf_counter() - self._started, 1e-6)
        left = (total - done) / rate if rate else None
        return Progress(self._stage, done, total, self._unit, round(rate, 1), left)
