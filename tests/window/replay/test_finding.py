"""Find in a session: the bar, the marks in list, scrubber and turn, and what an expression may not do."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from memex.core.replay import FindRequest
from memex.engine.replay_messages import FindInSession
from memex.window.replay.finding import Finding
from memex.window.replay.landmarks import Stop
from memex.window.replay.pane import ReplayPane
from memex.window.replay.turn_list_model import TurnRole
from memex.window.theme import LIGHT
from tests.window.replay.answering import Answering
from tests.window.replay.sessions import STORY, long_session, outline_of, reply, shell


@pytest.fixture
def pane(qtbot: QtBot) -> ReplayPane:
    pane = ReplayPane(LIGHT, step_ms=60_000)
    qtbot.addWidget(pane)
    pane.resize(900, 700)
    pane.show()
    return pane


@pytest.fixture
def engine(pane: ReplayPane) -> Answering:
    engine = Answering(pane, STORY)
    pane.show_session(outline_of(STORY))
    return engine


def find(qtbot: QtBot, pane: ReplayPane, text: str) -> None:
    pane.open_find()
    line = line_of(pane)
    line.clear()
    with qtbot.waitSignal(pane.find_bar.wanted):
        qtbot.keyClicks(line, text)


def line_of(pane: ReplayPane) -> QLineEdit:
    return pane.find_bar.findChild(QLineEdit)


def toggle(pane: ReplayPane, name: str) -> None:
    buttons = pane.find_bar.findChildren(QToolButton)
    next(button for button in buttons if button.accessibleName() == name).click()


def said(pane: ReplayPane) -> str:
    return pane.find_bar.findChild(QLabel, "findSaid").text()


def marked_rows(pane: ReplayPane) -> list[int]:
    model = pane._list.model()
    rows = (model.index(row, 0).data(TurnRole.ROW) for row in range(model.rowCount()))
    return [row.turn.index for row in rows if row.has_match]


def test_matches_are_counted_marked_in_the_list_and_gone_to(
    qtbot: QtBot, pane: ReplayPane, engine: Answering
) -> None:
    find(qtbot, pane, "memchr")
    assert said(pane) == "turn 1/1 · 4 matches"
    assert marked_rows(pane) == [2]
    assert pane.walk.marks.matches == (2,)
    assert pane.current == ("session-1", 2)


def test_enter_and_keys_go_from_match_to_match(qtbot: QtBot, pane: ReplayPane, engine: Answering) -> None:
    find(qtbot, pane, "`cc`")
    places = [pane.current[1]]
    for key, modifier in ((Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),) * 2 + (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier),
    ):
        qtbot.keyClick(line_of(pane), key, modifier)
        places.append(pane.current[1])
    pane.step_to(Stop.MATCH, 1)
    places.append(pane.current[1])
    assert places == [0, 1, 2, 1, 2]


def test_tool_output_is_searched_and_case_may_count(
    qtbot: QtBot, pane: ReplayPane, engine: Answering
) -> None:
    find(qtbot, pane, "COMPILING")
    assert pane.walk.marks.matches == (2,)
    toggle(pane, "Match case")
    assert said(pane) == "nothing found"
    assert marked_rows(pane) == []


def test_a_bad_expression_is_a_sentence_and_what_is_mended_is_found(
    qtbot: QtBot, pane: ReplayPane, engine: Answering
) -> None:
    pane.open_find()
    toggle(pane, "Regular expression")
    find(qtbot, pane, "case_(")
    assert said(pane).startswith("This regular expression cannot be read:")
    find(qtbot, pane, r"case_1\d\d \.")
    assert said(pane) == "turn 1/1 · 100 matches"


def test_escape_takes_the_marks_away_and_gives_the_keyboard_to_the_turns(
    qtbot: QtBot, pane: ReplayPane, engine: Answering
) -> None:
    find(qtbot, pane, "memchr")
    qtbot.keyClick(line_of(pane), Qt.Key.Key_Escape)
    assert not pane.find_bar.isVisible()
    assert marked_rows(pane) == []
    qtbot.waitUntil(lambda: pane._list.hasFocus())


def test_an_answer_to_an_older_question_is_dropped(qtbot: QtBot, pane: ReplayPane) -> None:
    engine = Answering(pane, STORY)
    pane.show_session(outline_of(STORY))
    engine.holds = True
    pane.finding.find(FindRequest("memchr"))
    held, engine.held = engine.held, []
    engine.holds = False
    pane.finding.find(FindRequest("overloaded"))
    for request, answer in held:
        answer(engine.reply(request))
    assert pane.walk.marks.matches == (10,)


def test_another_session_is_not_searched_for_what_the_last_one_was(
    qtbot: QtBot, pane: ReplayPane, engine: Answering
) -> None:
    find(qtbot, pane, "memchr")
    pane.show_session(outline_of(STORY, key=2))
    assert pane.walk.marks.matches == ()
    assert not pane.find_bar.isVisible()
    assert marked_rows(pane) == []


def test_a_match_in_a_turn_off_the_page_is_shown_when_it_comes(qtbot: QtBot, pane: ReplayPane) -> None:
    turns = (*long_session(99), reply(99, "", shell("ls", "the needle", 0)))
    Answering(pane, turns)
    pane.show_session(outline_of(turns))
    find(qtbot, pane, "needle")
    assert pane.current == ("session-1", 99)


@pytest.mark.parametrize(
    ("request_", "marked"),
    [
        (FindRequest("LINKER"), "linker"),
        (FindRequest(r"m[a-z]+r\b", is_regex=True), "memchr"),
        (FindRequest("not", whole_word=True), "not"),
    ],
)
def test_what_the_engine_found_is_what_is_marked(
    make_finding: Callable[[FindRequest], Finding], request_: FindRequest, marked: str
) -> None:
    pattern = make_finding(request_).pattern(STORY[2])
    assert pattern is not None
    found = pattern.search(STORY[2].tool_calls[0].result or "")
    assert found is not None
    assert found[0] == marked


def test_an_expression_that_backtracks_without_end_is_never_run_in_the_window(
    make_finding: Callable[[FindRequest], Finding],
) -> None:
    finding = make_finding(FindRequest(r"memchr|(m+)+$", is_regex=True))
    pattern = finding.pattern(STORY[2])
    assert pattern is not None
    assert set(pattern.pattern.split("|")) == {"memchr"}


@pytest.fixture
def make_finding(pane: ReplayPane) -> Callable[[FindRequest], Finding]:
    def make(request: FindRequest) -> Finding:
        Answering(pane, STORY)
        pane.show_session(outline_of(STORY))
        pane.finding.find(request)
        return pane.finding

    return make


def test_nothing_is_asked_for_an_empty_pattern(pane: ReplayPane, engine: Answering) -> None:
    engine.asked.clear()
    pane.finding.find(FindRequest(""))
    assert not [request for request in engine.asked if isinstance(request, FindInSession)]
