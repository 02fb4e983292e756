"""The pane as a user meets it: opening, stepping, playing, finding, failing."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QPushButton,
    QTextEdit,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from memex.core.replay import Origin
from memex.core.session import Outcome, Problem, Turn
from memex.core.steps.rows import copied
from memex.engine.protocol import Failed
from memex.engine.replay_messages import Turns
from memex.window.replay import turn_view
from memex.window.replay.landmarks import Stop, marks_of
from memex.window.replay.pane import ReplayPane
from memex.window.replay.scrubber import Scrubber
from memex.window.replay.turn_cache import MAX_PAGES, PAGE
from memex.window.replay.turn_view import TurnView
from memex.window.replay.widgets.context import match_pattern
from memex.window.replay.widgets.rows_view import RowsView
from memex.window.theme import DARK, LIGHT
from memex.window.wording import exact_time
from tests.window.replay.answering import Answering
from tests.window.replay.sessions import BEGAN, STORY, long_session, outline_of, page_of, prompt, reply, shell

MakePane = Callable[..., ReplayPane]


@pytest.fixture
def make_pane(qtbot: QtBot) -> MakePane:
    def make(step_ms: int = 1) -> ReplayPane:
        pane = ReplayPane(LIGHT, step_ms=step_ms)
        qtbot.addWidget(pane)
        pane.resize(900, 700)
        pane.show()
        return pane

    return make


@pytest.fixture
def pane(make_pane: MakePane) -> ReplayPane:
    return make_pane()


def detail_of(pane: ReplayPane) -> TurnView:
    """The turn, once it is built: on a slow machine that takes several turns of the event loop."""
    while pane._detail._pump.isActive():
        QApplication.processEvents()
    return pane._detail


def shown_text(pane: ReplayPane) -> str:
    detail = detail_of(pane)
    prose = [view.toPlainText() for view in detail.findChildren(QTextEdit)]
    rows = [copied(view._rows, view.shown[:2_000]) for view in detail.findChildren(RowsView)]
    labels = [label.text() for label in detail.findChildren(QLabel)]
    return "\n".join([*prose, *rows, *labels])


def marked_words(pane: ReplayPane) -> list[str]:
    """Of all the rows in sight, what is marked as a match."""
    QApplication.processEvents()
    detail_of(pane).grab()
    layouts = (
        layout for view in detail_of(pane).findChildren(RowsView) for layout in view._laid_out.values()
    )
    return [
        layout.between(part.start, part.start + part.length)
        for layout in layouts
        for part in layout._layout.formats()
        if part.format.background().color().name() == LIGHT.match
    ]


def open_story(pane: ReplayPane, turn: int = 0) -> None:
    Answering(pane, STORY)
    pane.show_session(outline_of(STORY), turn)


def open_turn(pane: ReplayPane, turn: Turn, *words: str) -> None:
    Answering(pane, (turn,))
    pane.show_session(outline_of((turn,), key=9), words=words)


def test_before_a_session_it_says_what_to_do(pane: ReplayPane) -> None:
    assert pane.current is None
    assert pane._empty.isVisible()
    pane.player.step(1)
    pane.player.toggle()
    pane.step_to(Stop.ERROR, 1)
    pane.player.seek(9)
    assert pane.current is None


def test_it_opens_at_the_turn_of_the_hit(qtbot: QtBot, pane: ReplayPane) -> None:
    with qtbot.waitSignal(pane.position_changed) as moved:
        open_story(pane, 4)
    assert moved.args == [("session-1", 4)]
    assert pane.current == ("session-1", 4)
    assert "ships no C compiler" in shown_text(pane)


def test_the_gist_stands_there_until_the_page_arrives(pane: ReplayPane) -> None:
    engine = Answering(pane, STORY, holds=True)
    pane.show_session(outline_of(STORY), 2)
    assert "cargo build" in shown_text(pane)
    assert "Reading this turn…" in shown_text(pane)
    engine.release()
    assert "linker `cc` not found" in shown_text(pane)


def test_a_page_of_another_session_is_dropped(pane: ReplayPane) -> None:
    engine = Answering(pane, STORY, holds=True)
    pane.show_session(outline_of(STORY, key=77))
    engine.held, late = [], engine.held
    pane.show_session(outline_of(STORY), 2)
    for request, answer in late:
        answer(Turns(page_of(STORY, 0, 12, request.session_key)))
    assert "Reading this turn…" in shown_text(pane)


def test_a_turn_that_did_not_come_with_its_page_is_named_missing(pane: ReplayPane) -> None:
    Answering(pane, STORY[:5])
    pane.show_session(outline_of(STORY), 11)
    assert "This turn could not be read." in shown_text(pane)


def test_stepping_asks_for_pages_ahead_and_keeps_few(pane: ReplayPane) -> None:
    turns = long_session(600)
    engine = Answering(pane, turns)
    pane.show_session(outline_of(turns))
    for _ in range(599):
        pane.player.step(1)
    assert engine.pages == list(range(0, 600, PAGE))
    assert pane.current == ("session-1", 599)
    assert len(pane.source) <= MAX_PAGES * PAGE


def test_steps_by_error_and_by_prompt(pane: ReplayPane) -> None:
    open_story(pane, 3)
    places = []
    for command in (
        partial(pane.step_to, Stop.ERROR, 1),
        partial(pane.step_to, Stop.ERROR, 1),
        partial(pane.step_to, Stop.ERROR, -1),
        partial(pane.step_to, Stop.PROMPT, 1),
        partial(pane.step_to, Stop.PROMPT, -1),
        partial(pane.player.seek, 99),
        partial(pane.player.step, -1),
        partial(pane.player.seek, 0),
        partial(pane.player.step, -1),
    ):
        command()
        places.append(pane.current[1] if pane.current else None)
    assert places == [10, 10, 2, 8, 0, 11, 10, 0, 0]


def test_play_runs_to_the_end(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane)
    pane.player.set_speed(8)
    pane.player.toggle()
    qtbot.waitUntil(lambda: not pane.player.is_playing)
    assert pane.current == ("session-1", 11)


def test_play_goes_on_while_the_pane_is_out_of_sight(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane)
    pane.player.toggle()
    pane.hide()
    qtbot.waitUntil(lambda: pane.current == ("session-1", 11))


def test_another_session_stops_play_and_replaces_the_first(make_pane: MakePane) -> None:
    pane = make_pane(step_ms=60_000)
    open_story(pane)
    pane.player.toggle()
    pane.show_session(outline_of(STORY[:3], key=2), 1)
    assert not pane.player.is_playing
    assert pane.current == ("session-2", 1)
    assert pane._list.model().rowCount() == 3


def test_choosing_a_row_goes_there(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane)
    place = pane._list.visualRect(pane._list.model().index(6, 0)).center()
    qtbot.mouseClick(pane._list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert pane.current == ("session-1", 6)


def test_the_scrubber_is_dragged_and_driven_by_keys(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane)
    scrubber = pane.findChild(Scrubber)
    qtbot.mousePress(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(scrubber.x_of(3), 10))
    qtbot.mouseMove(scrubber, QPoint(scrubber.x_of(7), 10))
    qtbot.mouseRelease(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(scrubber.x_of(7), 10))
    assert pane.current == ("session-1", 7)
    qtbot.keyClick(scrubber, Qt.Key.Key_Right)
    assert pane.current == ("session-1", 8)


def test_the_scrubber_marks_what_lies_where() -> None:
    marks = marks_of(outline_of(STORY).turns)
    assert (marks.prompts, marks.errors, marks.edits, marks.subagents) == ((0, 8), (2, 10), (4,), (5,))


def test_an_error_has_the_red_border_and_success_has_not(pane: ReplayPane) -> None:
    open_story(pane, 2)
    (card,) = detail_of(pane).findChildren(QFrame, "toolCard")
    assert card.property("error") is True
    edge = card.grab().toImage().pixelColor(1, card.height() // 2).name()
    assert edge == LIGHT.error
    pane.player.seek(0)
    pane.player.step(1)
    cards = detail_of(pane).widget().findChildren(QFrame, "toolCard")
    assert [card.property("error") for card in cards] == [False, False]


def test_matches_are_marked_and_scrolled_to(qtbot: QtBot, pane: ReplayPane) -> None:
    words = "\n\n".join(["filler"] * 200)
    turn = reply(0, words, shell("ls", "here is the needle", 0))
    open_turn(pane, turn, "NEEDLE")
    assert detail_of(pane).verticalScrollBar().value() > 0
    assert marked_words(pane) == ["needle"]


def test_marks_stand_right_behind_characters_of_two_units(pane: ReplayPane) -> None:
    open_turn(pane, reply(0, "", shell("ls", "😀😀 needle", 0)), "needle")
    assert marked_words(pane) == ["needle"]


def test_a_match_in_the_folded_part_unfolds_it(pane: ReplayPane) -> None:
    output = "\n".join("needle" if number == 150 else f"line {number}" for number in range(300))
    open_turn(pane, reply(0, "", shell("ls", output, 0)), "needle")
    assert "needle" in shown_text(pane)


def test_long_output_is_folded_until_asked_for(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane, 7)
    assert "case_150" not in shown_text(pane)
    (button,) = detail_of(pane).findChildren(QPushButton, "foldButton")
    assert button.text() == "Show all 312 lines"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "case_150" in shown_text(pane)


def test_thinking_is_folded_until_asked_for(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane, 1)
    assert "no compiler" not in shown_text(pane)
    (toggle,) = detail_of(pane).findChildren(QToolButton, "foldToggle")
    qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert "no compiler" in shown_text(pane)


def test_a_subagent_session_is_asked_for(qtbot: QtBot, pane: ReplayPane) -> None:
    open_story(pane, 5)
    (_, button) = detail_of(pane).findChildren(QPushButton, "linkButton")
    with qtbot.waitSignal(pane.session_wanted) as wanted:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert wanted.args == ["agent-7f3a"]


def test_a_failure_leaves_the_last_good_state_and_asks_again(pane: ReplayPane) -> None:
    turns = long_session(100)
    engine = Answering(pane, turns)
    pane.show_session(outline_of(turns))
    pane.show_failure("The file is gone; open the archived copy.")
    assert pane._failure.isVisible()
    assert "Please find out" in shown_text(pane)
    engine.asked.clear()
    engine.holds = True
    pane.player.seek(2 * PAGE)
    engine.release(Failed("TranscriptError", "It cannot be read."))
    assert pane._failure.text() == "It cannot be read."
    engine.asked.clear()
    pane.player.step(1)
    assert engine.pages == [2 * PAGE, 3 * PAGE]
    engine.release()
    assert not pane._failure.isVisible()


def test_the_header_says_what_this_is_and_where_it_comes_from(pane: ReplayPane) -> None:
    pane.show_session(
        outline_of(
            STORY,
            origin=Origin.ARCHIVE,
            outcome=Outcome.RESOLVED,
            problems=(Problem(3, "line skipped", "it is not JSON"),) * 2,
        )
    )
    texts = [label.text() for label in pane._header.findChildren(QLabel)]
    assert texts == [
        "The Rust CI job fails when linking",
        f"infra · main · Claude Code · {exact_time(BEGAN)}, 14 min",
        "Archived copy: the source is gone or cannot be read. 2 lines could not be read.",
    ]
    links = [button.text() for button in pane._header.findChildren(QPushButton, "factLink")]
    assert links == ["resolved", "3 files, 3 changed"]


def test_the_theme_switches_at_run_time(pane: ReplayPane) -> None:
    open_story(pane, 2)
    pane.set_palette(DARK)
    picture = detail_of(pane).grab().toImage()
    assert picture.pixelColor(5, picture.height() - 10).name() == DARK.surface
    assert pane.current == ("session-1", 2)


def test_a_long_turn_is_built_in_slices_and_left_at_once(
    pane: ReplayPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_view, "BUDGET", 0)
    long = reply(0, "", *(shell(f"command {number}", "ok", 0) for number in range(30)))
    turns = (long, prompt(1, "next"))
    Answering(pane, turns)
    pane.show_session(outline_of(turns))
    assert len(pane._detail.widget().findChildren(QFrame, "toolCard")) == 1
    pane.player.step(1)
    assert not detail_of(pane).widget().findChildren(QFrame, "toolCard")
    pane.player.step(-1)
    assert len(detail_of(pane).widget().findChildren(QFrame, "toolCard")) == 30


def test_an_empty_session_is_no_fault(pane: ReplayPane) -> None:
    pane.show_session(outline_of(()), 3)
    pane.player.step(1)
    pane.player.toggle()
    assert not pane.player.is_playing


@pytest.mark.parametrize(
    "turn",
    [
        prompt(0, "<script>alert(1)</script>\u202e\x00" * 50),
        prompt(0, "x" * 5_000_000),
        reply(0, "", shell("cat", "x" * 5_000_000, 0)),
        reply(0, "", shell("yes", "y\n" * 1_000_000, 1)),
        reply(0, "", shell("x" * 100_000, "\x00\x1b[31m\u202e" * 1_000, 0)),
        reply(0, "word " * 1_000_000, thinking="t" * 5_000_000),
    ],
    ids=["html", "prompt-5mb", "line-5mb", "million-lines", "binary", "prose-5mb"],
)
def test_hostile_turns_are_shown_within_bounds(pane: ReplayPane, turn: Turn) -> None:
    open_turn(pane, turn, "alert", "y")
    shown = shown_text(pane)
    assert len(shown) < 600_000
    assert not {"\x00", "\x1b", "\u202e"} & set(shown)
    if turn.text.startswith("<script>"):
        assert "<script>alert(1)</script>" in shown


def test_everything_that_takes_focus_has_a_name(pane: ReplayPane) -> None:
    open_story(pane, 7)
    buttons = [*pane.findChildren(QToolButton), *pane.findChildren(QPushButton)]
    assert all(button.accessibleName() or button.text() for button in buttons if button.isVisible())
    for widget in (pane, pane._list, pane._detail, pane.findChild(Scrubber)):
        assert widget.accessibleName()
    stops = [widget for widget in (*buttons, pane._list, pane._detail) if widget.isVisible()]
    assert all(widget.focusPolicy() & Qt.FocusPolicy.TabFocus for widget in stops)


@pytest.mark.parametrize(
    ("words", "marked"),
    [(["no"], ["no"]), (["link"], ["link", "link"]), (["a"], []), (["note"], ["note"]), (["c++"], ["c++"])],
)
def test_words_are_marked_from_their_beginning_and_short_ones_whole(
    words: list[str], marked: list[str]
) -> None:
    pattern = match_pattern(words)
    text = "no linker, a note: not linked, unlinked; use c++"
    assert (pattern.findall(text) if pattern else []) == marked
