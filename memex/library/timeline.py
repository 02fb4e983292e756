"""How many sessions there were when: counted by day in the catalog, gathered into as many bars as fit."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from memex.catalog.catalog import Catalog
from memex.catalog.sessions import DayCount
from memex.core.query import Query
from memex.core.timeline import TimeBar, Timeline, TimeStep
from memex.library.listing import excluded_sessions

MOST_PROJECTS = 7
"""That are told apart; the others are counted together."""
DAYS = {TimeStep.DAY: 1, TimeStep.WEEK: 7, TimeStep.MONTH: 30.4, TimeStep.YEAR: 365.2}


def count_by_time(catalog: Catalog, query: Query, most: int) -> Timeline:
    """Of main sessions under the conditions, whatever period these name; in `most` bars at most, or years."""
    anytime = msgspec.structs.replace(query.filters, since=None, until=None)
    with catalog.errors():
        days = catalog.sessions.by_day(anytime, excluded_sessions(catalog, query))
    if not days:
        return Timeline()
    first, last = min(day.day for day in days), max(day.day for day in days)
    step = _step((last - first).days + 1, most)
    totals: Counter[str] = Counter()
    for day in days:
        if day.project:
            totals[day.project] += day.sessions
    projects = tuple(sorted(totals, key=lambda name: (-totals[name], name))[:MOST_PROJECTS])
    return Timeline(step, projects, tuple(_bars(days, step, projects, first, last)))


def _bars(
    days: list[DayCount], step: TimeStep, projects: tuple[str, ...], first: date, last: date
) -> Iterator[TimeBar]:
    columns = {name: column for column, name in enumerate(projects)}
    counts: defaultdict[date, list[int]] = defaultdict(lambda: [0] * (len(projects) + 1))
    errors: Counter[date] = Counter()
    for day in days:
        start = _start(day.day, step)
        counts[start][columns.get(day.project or "", len(projects))] += day.sessions
        errors[start] += day.with_errors
    start = _start(first, step)
    while start <= last:
        end = _start(start + timedelta(days=32 if step is TimeStep.MONTH else 366), step)
        if step in (TimeStep.DAY, TimeStep.WEEK):
            end = start + timedelta(days=int(DAYS[step]))
        yield TimeBar(start, end, tuple(counts[start]), errors[start])
        start = end


def _step(days: int, most: int) -> TimeStep:
    return next((step for step in TimeStep if days / DAYS[step] <= most), TimeStep.YEAR)


def _start(day: date, step: TimeStep) -> date:
    match step:
        case TimeStep.DAY:
            return day
        case TimeStep.WEEK:
            return day - timedelta(days=day.weekday())
        case TimeStep.MONTH:
            return day.replace(day=1)
        case TimeStep.YEAR:
            return day.replace(month=1, day=1)
