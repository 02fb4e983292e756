"""Sessions over time: gathered into days, weeks, months or years, so that they fit."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.catalog.sessions import SessionOrigin
from memex.core.filters import Filters
from memex.core.session import Agent, Session
from memex.core.timeline import Timeline, TimeStep
from memex.library.listing import asked_of
from memex.library.timeline import count_by_time

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "catalog.db") as catalog:
        yield catalog


def fill(catalog: Catalog, days_ago: Sequence[float], projects: Sequence[str] = ("ferry",)) -> None:
    with catalog.transaction():
        for number, days in enumerate(days_ago):
            session = Session(
                Agent.CODEX,
                f"session-{number}",
                project_path=f"/work/{projects[number % len(projects)]}",
                ended_at=NOON - timedelta(days=days),
            )
            catalog.sessions.write(session, SessionOrigin(f"/t/{number}.jsonl", b""))


def counted(catalog: Catalog, text: str = "", most: int = 60) -> Timeline:
    return count_by_time(catalog, asked_of(text, Filters()), most)


def test_a_day_a_month_years_and_decades(catalog: Catalog) -> None:
    for days, step, bars in ((0, TimeStep.DAY, 1), (40, TimeStep.DAY, 41), (300, TimeStep.WEEK, 44)):
        fill(catalog, [0, days])
        timeline = counted(catalog)
        assert (timeline.step, len(timeline.bars)) == (step, bars)
        assert sum(bar.total for bar in timeline.bars) == 2
    fill(catalog, [0, 1000])
    assert counted(catalog).step is TimeStep.MONTH
    fill(catalog, [0, 10_000])
    assert counted(catalog).step is TimeStep.YEAR


def test_bars_follow_one_another_from_a_monday(catalog: Catalog) -> None:
    fill(catalog, [0, 300])
    bars = counted(catalog).bars
    assert bars[-1].start == date(2026, 3, 16)
    assert all(before.end == after.start for before, after in pairwise(bars))


def test_projects_are_stacked_and_the_small_ones_together(catalog: Catalog) -> None:
    names = [f"p{number}" for number in range(9)]
    fill(catalog, [0] * 19, names)
    timeline = counted(catalog)
    assert timeline.projects == tuple(names[:7])
    (bar,) = timeline.bars
    assert bar.counts == (3, 2, 2, 2, 2, 2, 2, 4)


def test_conditions_hold_but_for_the_period(catalog: Catalog) -> None:
    fill(catalog, [0, 1, 2, 3], ("ferry", "shop"))
    timeline = counted(catalog, "project:shop since:2026-03-18 some words")
    assert [bar.counts for bar in timeline.bars] == [(1, 0), (0, 0), (1, 0)]
    assert counted(catalog, "project:nobody") == Timeline()


def test_sessions_without_a_time_are_in_no_bar(catalog: Catalog) -> None:
    with catalog.transaction():
        catalog.sessions.write(Session(Agent.CODEX, "timeless"), SessionOrigin("/t", b""))
    assert counted(catalog) == Timeline()
