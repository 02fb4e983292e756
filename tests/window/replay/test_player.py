"""The clock: even pace, ends at the end, position within bounds."""

import pytest
from pytestqt.qtbot import QtBot

from memex.window.replay.player import Player


@pytest.fixture
def player(qtbot: QtBot) -> Player:
    player = Player(step_ms=1)
    player.load(5, 0)
    return player


def test_play_visits_every_turn_and_stops_at_the_last(qtbot: QtBot, player: Player) -> None:
    seen: list[int] = []
    player.position_changed.connect(seen.append)
    with qtbot.waitSignal(player.playing_changed, check_params_cb=lambda playing: not playing):
        player.play()
    assert seen == [1, 2, 3, 4]
    assert not player.is_playing


def test_play_at_the_end_begins_again(player: Player) -> None:
    player.seek(4)
    player.play()
    assert (player.position, player.is_playing) == (0, True)


def test_the_ends_are_not_passed(player: Player) -> None:
    player.seek(99)
    assert player.position == 4
    player.seek(-3)
    assert player.position == 0


def test_a_step_is_shorter_at_speed(qtbot: QtBot) -> None:
    player = Player(step_ms=1200)
    player.load(3, 0)
    player.set_speed(8)
    player.play()
    assert player._clock.interval() == 150
    player.set_speed(1)
    assert player._clock.interval() == 1200


def test_another_session_stops_the_clock(qtbot: QtBot, player: Player) -> None:
    player.play()
    with qtbot.waitSignal(player.playing_changed):
        player.load(9, 3)
    assert (player.is_playing, player.position) == (False, 3)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_play_does_not_play(qtbot: QtBot, count: int) -> None:
    player = Player(step_ms=1)
    player.load(count, 0)
    player.play()
    assert (player.is_playing, player.position) == (False, 0)
