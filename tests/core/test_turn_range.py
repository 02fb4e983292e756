"""Turns as a user names them."""

import pytest

from memex.core.errors import QueryError
from memex.core.turn_range import turn_range, within


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("7", [7]),
        ("3-5", [3, 4, 5]),
        ("8-", [8, 9]),
        ("-2", [0, 1, 2]),
        ("0", [0]),
        (" 1-1 ", [1]),
        ("9", [9]),
    ],
)
def test_what_is_named(text: str, turns: list[int]) -> None:
    assert list(within(*turn_range(text), count=10)) == turns


@pytest.mark.parametrize("text", ["", "-", "a", "1-2-3", "1..2", "1,2", "--1", "٣", "9" * 40])
def test_what_names_no_turns(text: str) -> None:
    with pytest.raises(QueryError, match="names no turns"):
        turn_range(text)


def test_a_range_that_runs_backwards() -> None:
    with pytest.raises(QueryError, match="lower turn first"):
        turn_range("9-3")


@pytest.mark.parametrize("text", ["10", "3-10", "10-", "-10"])
def test_what_the_session_has_not_got(text: str) -> None:
    with pytest.raises(QueryError, match="10 turns, counted from 0: it has no turn 10"):
        within(*turn_range(text), count=10)


def test_all_of_a_session_without_turns() -> None:
    assert list(within(None, None, 0)) == []
