"""Sessions over time: how many there were in each day, week, month or year, by project."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class TimeStep(StrEnum):
    DAY = "day"
    WEEK = "week"
    """From Monday."""
    MONTH = "month"
    YEAR = "year"


class TimeBar(Struct, frozen=True):
    start: date
    end: date
    """The first day no longer in it."""
    counts: tuple[int, ...]
    """Sessions that ended in it: one number for each project of the timeline, then that of all others."""
    with_errors: int

    @property
    def total(self) -> int:
        return sum(self.counts)


class Timeline(Struct, frozen=True):
    step: TimeStep = TimeStep.DAY
    projects: tuple[str, ...] = ()
    """Those with the most sessions, the most first."""
    bars: tuple[TimeBar, ...] = ()
    """One after the other, empty ones as well."""
