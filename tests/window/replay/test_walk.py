"""How one gets about: stops, pace, branches, a session that grows."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QTextEdit
from pytestqt.qtbot import QtBot

from memex.core.replay import Origin, SessionOutline, WithdrawnBranch
from memex.core.session import Turn
from memex.engine.replay_messages import FollowSession, SessionGrew, UnfollowSession
from memex.window.clock import local_now
from memex.window.replay.branches import BranchChoice, Shown, turns_shown
from memex.window.replay.landmarks import Stop
from memex.window.replay.pane import ReplayPane
from memex.window.replay.player import LONGEST_MS, SHORTEST_MS, Pace, Player
from memex.window.replay.position_field import PositionField
from memex.window.replay.turn_list_model import TurnRole
from memex.window.replay.turn_view import TurnView
from memex.window.theme import LIGHT
from tests.window.replay.answering import Answering
from tests.window.replay.sessions import BEGAN, STORY, long_session, outline_of, prompt

TWICE_BACK = (
    WithdrawnBranch(1, (3, 4, 5), after=2),
    WithdrawnBranch(2, (6,), after=4),
)
"""The user went back from 5 to 2, and within that stretch from 6 to 4."""


@pytest.fixture
def pane(qtbot: QtBot) -> ReplayPane:
    pane = ReplayPane(LIGHT, step_ms=1)
    qtbot.addWidget(pane)
    pane.resize(900, 700)
    pane.show()
    return pane


def open_story(pane: ReplayPane, turn: int = 0, **changes: object) -> Answering:
    engine = Answering(pane, STORY)
    pane.show_session(outline_of(STORY, **changes), turn)
    return engine


def rewound() -> SessionOutline:
    outline = outline_of(STORY, branches=TWICE_BACK)
    taken = {turn for branch in TWICE_BACK for turn in branch.turns}
    turns = tuple(replace(turn, is_withdrawn=turn.index in taken) for turn in outline.turns)
    return replace(outline, turns=turns)


def rows(pane: ReplayPane) -> list[int]:
    model = pane._list.model()
    return [model.index(row, 0).data(TurnRole.ROW).turn.index for row in range(model.rowCount())]


def test_steps_and_play_go_to_what_is_chosen_alone(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane)
    pane.walk.choose_stop(Stop.ERROR)
    places = []
    for direction in (1, 1, 1, -1):
        pane.player.step(direction)
        places.append(pane.player.position)
    assert places == [2, 10, 10, 2]
    pane.player.seek(0)
    seen: list[int] = []
    pane.player.position_changed.connect(seen.append)
    with qtbot.waitSignal(pane.player.playing_changed, check_params_cb=lambda playing: not playing):
        pane.player.play()
    assert seen == [2, 10]


def test_the_next_kind_of_stop_is_one_that_the_session_has(pane: ReplayPane) -> None:
    open_story(pane)
    stops = []
    pane.walk.stop_changed.connect(stops.append)
    for _ in range(6):
        pane.walk.choose_next_stop()
    assert stops == [Stop.PROMPT, Stop.ERROR, Stop.EDIT, Stop.TOOL, Stop.SUBAGENT, Stop.TURN]


def test_each_kind_has_its_own_steps_whatever_the_arrows_do(pane: ReplayPane) -> None:
    open_story(pane)
    for stop, place in ((Stop.EDIT, 4), (Stop.SUBAGENT, 5), (Stop.TOOL, 6), (Stop.PROMPT, 8)):
        pane.step_to(stop, 1)
        assert pane.player.position == place


def test_real_time_takes_what_it_took_within_bounds(player: Player) -> None:
    times = [BEGAN + timedelta(seconds=seconds) for seconds in (0, 0, 2, 9_000)]
    player.load(5, 0, [*times, None])
    player.set_pace(Pace.REAL)
    delays = []
    for position in range(4):
        player.seek(position)
        delays.append(player._delay_ms())
    assert delays == [SHORTEST_MS, 2_000, LONGEST_MS, 1_200]
    player.set_speed(8)
    player.seek(1)
    assert player._delay_ms() == 250


@pytest.fixture
def player(qtbot: QtBot) -> Player:
    return Player(step_ms=1_200)


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        (BranchChoice(), None),
        (BranchChoice(Shown.CONVERSATION), (0, 1, 2, 7, 8, 9, 10, 11)),
        (BranchChoice(Shown.BRANCH, 1), (0, 1, 2, 3, 4, 5)),
        (BranchChoice(Shown.BRANCH, 2), (0, 1, 2, 3, 4, 6)),
    ],
)
def test_a_branch_is_shown_behind_what_it_went_on_from(
    choice: BranchChoice, shown: tuple[int, ...] | None
) -> None:
    assert turns_shown(rewound(), choice) == shown


def test_what_was_taken_back_can_be_left_out_of_list_and_steps(pane: ReplayPane) -> None:
    Answering(pane, STORY)
    pane.show_session(rewound(), 4)
    pane._header.branch_chosen.emit(BranchChoice(Shown.CONVERSATION))
    assert rows(pane) == [0, 1, 2, 7, 8, 9, 10, 11]
    assert pane.player.position == 2
    pane.player.step(1)
    assert pane.player.position == 7
    assert pane._list.currentIndex().row() == 3


def test_a_turn_that_the_branch_has_not_got_brings_all_back(pane: ReplayPane) -> None:
    Answering(pane, STORY)
    pane.show_session(rewound())
    pane.walk.choose_branch(BranchChoice(Shown.CONVERSATION))
    pane.player.seek(4)
    assert rows(pane) == list(range(12))
    assert pane._list.currentIndex().row() == 4


def test_a_number_that_is_typed_is_gone_to(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane)
    pane.edit_position()
    field = pane.findChild(PositionField)
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert pane.current == ("session-1", 6)
    assert field.text() == "7"
    qtbot.waitUntil(pane._list.hasFocus)
    pane.edit_position()
    qtbot.keyClicks(field, "99999")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert pane.current == ("session-1", 11)
    pane.edit_position()
    qtbot.keyClicks(field, "3")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (pane.player.position, field.text()) == (11, "12")


def grow(pane: ReplayPane, engine: Answering, turns: tuple[Turn, ...], first: int) -> None:
    engine.turns = turns
    outline = outline_of(turns, origin=Origin.GROWN)
    pane.take_growth(SessionGrew(replace(outline, turns=outline.turns[first:]), first))


def test_a_session_that_grows_leaves_the_reader_where_he_is(pane: ReplayPane) -> None:
    engine = open_story(pane, 3)
    turns = (*STORY[:11], prompt(11, "A reminder, longer now"), prompt(12, "And on it goes"))
    grow(pane, engine, turns, 11)
    assert pane.player.position == 3
    assert rows(pane) == list(range(13))
    assert pane._list.currentIndex().row() == 3
    assert pane._list.model().index(11, 0).data() == "A reminder, longer now"
    assert pane.walk.marks.prompts == (0, 8, 11, 12)
    pane.player.seek(12)
    assert "And on it goes" in words(pane)


def test_who_reads_at_the_end_is_carried_along(pane: ReplayPane) -> None:
    engine = open_story(pane, 11)
    grow(pane, engine, (*STORY, prompt(12, "And on it goes")), 12)
    assert pane.current == ("session-1", 12)
    assert "And on it goes" in words(pane)
    assert "The source has grown since it was indexed." in words(pane)


def test_a_turn_that_is_read_and_changes_is_shown_anew(pane: ReplayPane) -> None:
    engine = open_story(pane, 11)
    grow(pane, engine, (*STORY[:11], prompt(11, "Rewritten")), 11)
    assert pane.player.position == 11
    assert "Rewritten" in words(pane)


def test_growth_is_looked_through_for_what_is_being_looked_for(pane: ReplayPane) -> None:
    engine = open_story(pane)
    pane.open_find()
    pane.find_bar.findChild(QLineEdit).setText("memchr")
    pane.find_bar._want()
    assert pane.walk.marks.matches == (2,)
    grow(pane, engine, (*STORY, prompt(12, "memchr again")), 12)
    assert pane.walk.marks.matches == (2, 12)


def test_growth_of_another_session_is_nobody_s_news(pane: ReplayPane) -> None:
    engine = open_story(pane)
    engine.turns = long_session(20)
    pane.take_growth(SessionGrew(outline_of(long_session(20), key=9), 0))
    assert rows(pane) == list(range(12))


def test_a_session_of_a_minute_ago_is_followed_unasked(pane: ReplayPane) -> None:
    engine = open_story(pane, ended_at=local_now() - timedelta(minutes=1))
    assert FollowSession(1) in engine.asked
    assert pane.live.is_on
    pane.show_session(outline_of(STORY, key=2, ended_at=BEGAN))
    assert UnfollowSession(1) in engine.asked
    assert not pane.live.is_on


@pytest.mark.parametrize("origin", [Origin.ARCHIVE, Origin.DIVERGED])
def test_what_has_no_source_cannot_be_followed(pane: ReplayPane, origin: Origin) -> None:
    engine = open_story(pane, origin=origin, ended_at=local_now())
    assert FollowSession(1) not in engine.asked
    assert not pane._header._live.isVisible()


def test_an_engine_that_started_anew_is_asked_to_follow_again(pane: ReplayPane) -> None:
    engine = open_story(pane)
    pane._header._live.click()
    assert engine.asked[-1] == FollowSession(1)
    engine.asked.clear()
    pane.reconnect()
    assert FollowSession(1) in engine.asked


def test_a_lost_file_is_a_sentence_above_the_last_good_state(pane: ReplayPane) -> None:
    open_story(pane, 4)
    pane.show_lost("The file is gone; what was read of it stays here.")
    assert "The file is gone; what was read of it stays here." in words(pane)
    assert pane.current == ("session-1", 4)
    pane.player.step(1)
    assert pane.current == ("session-1", 5)


def test_a_compaction_is_a_rule_in_the_list(pane: ReplayPane) -> None:
    open_story(pane, compactions=(6,))
    model = pane._list.model()
    assert [row for row in range(12) if model.index(row, 0).data(TurnRole.ROW).is_compaction] == [6]
    assert "summed up" in model.index(6, 0).data(Qt.ItemDataRole.ToolTipRole)
    picture = pane._list.viewport().grab(pane._list.visualRect(model.index(6, 0))).toImage()
    top = {picture.pixelColor(x, 0).name() for x in range(picture.width())}
    assert LIGHT.accent in top


def words(pane: ReplayPane) -> str:
    detail = pane.findChild(TurnView)
    while detail._pump.isActive():
        detail._build_more()
    prose = [view.toPlainText() for view in detail.findChildren(QTextEdit)]
    return "\n".join([*prose, *(label.text() for label in pane.findChildren(QLabel))])
