"""When an engine does of itself what it does, by a clock of the test's."""

from pathlib import Path

import pytest

from memex.engine.protocol import FetchModel, StartIndexing
from memex.engine.upkeep import LONGEST_REST, LOOK_EVERY, LOOKS_APART, MOST_FILES, REST, Upkeep


class Clock:
    """Moves on a little whenever it is looked at, as clocks do."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1e-9
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def upkeep(clock: Clock) -> Upkeep:
    upkeep = Upkeep(lambda: None, clock)
    upkeep.begin_looking()
    return upkeep


def test_a_changed_file_is_due_at_once_and_then_at_rest(upkeep: Upkeep, clock: Clock) -> None:
    upkeep.take_changed([Path("/a")])
    assert upkeep.seconds_left() == 0
    job = upkeep.due()
    assert job == StartIndexing(changed=("/a",))
    upkeep.ran(job, 0.01)
    upkeep.take_changed([Path("/a")])
    upkeep.take_changed([Path("/a"), Path("/b")])
    assert upkeep.due() is None
    assert upkeep.seconds_left() == pytest.approx(REST)
    clock.now += REST
    again = upkeep.due()
    assert again is not None
    assert sorted(again.changed or ()) == ["/a", "/b"]
    assert upkeep.due() is None


@pytest.mark.parametrize(("took", "rest"), [(0.1, REST), (3.0, 30.0), (100.0, LONGEST_REST)])
def test_what_takes_long_rests_long(upkeep: Upkeep, took: float, rest: float) -> None:
    upkeep.take_changed([Path("/a")])
    upkeep.ran(StartIndexing(changed=("/a",)), took)
    assert upkeep.seconds_left() == pytest.approx(rest)


def test_a_first_index_of_many_minutes_does_not_keep_new_sessions_waiting(upkeep: Upkeep) -> None:
    upkeep.take_changed([Path("/a")])
    upkeep.ran(StartIndexing(), 1_000.0)
    assert upkeep.seconds_left() == pytest.approx(REST)


def test_all_is_looked_at_every_few_minutes_and_when_the_user_is_back(upkeep: Upkeep, clock: Clock) -> None:
    assert upkeep.seconds_left() == pytest.approx(LOOK_EVERY)
    upkeep.ran(FetchModel(), 1.0)
    upkeep.look_soon()
    assert upkeep.due() == StartIndexing()
    upkeep.ran(StartIndexing(), 1.0)
    upkeep.look_soon()
    assert upkeep.seconds_left() == pytest.approx(LOOKS_APART)
    clock.now += LOOKS_APART
    assert upkeep.due() == StartIndexing()
    upkeep.ran(StartIndexing(), 1.0)
    clock.now += LOOK_EVERY
    assert upkeep.due() == StartIndexing()


def test_too_many_files_are_a_look_at_all(upkeep: Upkeep) -> None:
    upkeep.take_changed(Path(f"/{number}") for number in range(MOST_FILES + 1))
    assert upkeep.due() == StartIndexing()
    assert upkeep.due() is None


def test_an_index_that_failed_is_tried_when_it_is_due_and_not_in_a_hurry(clock: Clock) -> None:
    upkeep = Upkeep(lambda: max(0.0, 7.0 - clock.now), clock)
    assert upkeep.seconds_left() == pytest.approx(7.0)
    assert upkeep.due() is None
    clock.now = 7.0
    assert upkeep.due() == StartIndexing(changed=())
    upkeep.ran(StartIndexing(changed=()), 0.0)
    assert upkeep.seconds_left() == pytest.approx(REST)
    assert upkeep.due() is None


def test_without_watching_nothing_is_due(clock: Clock) -> None:
    upkeep = Upkeep(lambda: None, clock)
    upkeep.look_soon()
    assert (upkeep.seconds_left(), upkeep.due()) == (None, None)
