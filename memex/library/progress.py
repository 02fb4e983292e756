"""How far a stage of a job has come, and how long it will take."""

import time

from memex.core.library import Progress, Stage


class Pace:
    """Turns counts of what is done into progress with a rate and the time left."""

    def __init__(self, stage: Stage, total: int, unit: str) -> None:
        self._stage, self._total, self._unit = stage, total, unit
        self._started = time.perf_counter()

    def at(self, done: int) -> Progress:
        rate = done / max(time.perf_counter() - self._started, 1e-6)
        left = (self._total - done) / rate if rate else None
        return Progress(self._stage, done, self._total, self._unit, round(rate, 1), left)
