"""Several sessions open at once: tabs, windows of their own, places, secrets, the engine's restart."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from memex.core.errors import MemexError
from memex.core.replay import SessionOutline
from memex.engine.protocol import GetTurns, OpenSession
from memex.engine.replay_messages import CloseSession, FindInSession, SessionGrew, SessionLost
from memex.window import replaying
from memex.window.app import App
from memex.window.replay.pane import ReplayPane
from memex.window.replay.tabs import DetachedReplay
from memex.window.worker import EngineState
from tests.window import values
from tests.window.conftest import QUERY

FIRST, SECOND, THIRD = values.CARDS[:3]


def open_session(app: App, qtbot, session: str) -> ReplayPane:
    app.replaying.opener.open_id(session)
    qtbot.waitUntil(
        lambda: (pane := app.window.replay.pane_of(session)) is not None and pane.turn is not None
    )
    pane = app.window.replay.pane_of(session)
    assert pane is not None
    return pane


def asked(app: App, kind: type) -> list:
    return [entry[1] for entry in app.engine.log if isinstance(entry, tuple) and isinstance(entry[1], kind)]


def titles(app: App) -> list[str]:
    tabs = app.window.replay._tabs
    return [tabs.tabText(index) for index in range(tabs.count())]


def test_sessions_open_beside_one_another_and_one_tab_has_no_bar(app: App, qtbot) -> None:
    open_session(app, qtbot, FIRST.id)
    bar = app.window.replay._bar
    assert not bar.isVisible()
    open_session(app, qtbot, SECOND.id)
    assert bar.isVisible()
    assert len(titles(app)) == 2
    assert app.window.replay.current == (SECOND.id, 0)
    app.actions["replay.previous_tab"].trigger()
    assert app.window.replay.current == (FIRST.id, 0)


def test_a_session_that_is_open_is_brought_forward_at_the_turn_that_is_wanted(app: App, qtbot) -> None:
    pane = open_session(app, qtbot, FIRST.id)
    open_session(app, qtbot, SECOND.id)
    app.window.search_box.set_text(QUERY)
    qtbot.waitUntil(lambda: app.finder.is_answered)
    row = next(app.window.model.row(n) for n in range(5) if app.window.model.row(n).card.id == FIRST.id)
    app.replaying.open_row(row, QUERY)
    assert app.window.replay.active is pane
    assert len(app.window.replay.panes) == 2
    assert pane.player.position == row.text.turn == 3


def test_a_result_takes_the_place_of_the_session_in_front_or_a_tab_of_its_own(app: App, qtbot) -> None:
    pane = open_session(app, qtbot, FIRST.id)
    app.window.results.setFocus()
    app.window.results.move(1)
    app.window.results.open_current()
    wanted = app.window.results.current_row.card
    qtbot.waitUntil(lambda: pane.current is not None and pane.current.session == wanted.id)
    assert asked(app, CloseSession) == [CloseSession(FIRST.key)]
    app.window.results.move(1)
    app.actions["session.open_tab"].trigger()
    qtbot.waitUntil(lambda: len(app.window.replay.panes) == 2)


def test_closing_gives_back_and_the_place_is_found_again(app: App, qtbot) -> None:
    open_session(app, qtbot, FIRST.id).player.seek(4)
    open_session(app, qtbot, SECOND.id)
    bar = app.window.replay._bar
    qtbot.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(0).center())
    assert asked(app, CloseSession) == [CloseSession(FIRST.key)]
    app.actions["replay.close"].trigger()
    assert asked(app, CloseSession)[-1] == CloseSession(SECOND.key)
    assert app.window.replay.current is None
    assert len(app.window.replay.panes) == 1
    pane = open_session(app, qtbot, FIRST.id)
    assert pane.player.position == 4


def test_a_session_has_a_window_of_its_own_with_the_same_keys(app: App, qtbot) -> None:
    pane = open_session(app, qtbot, FIRST.id)
    app.actions["replay.detach"].trigger()
    window = pane.window()
    assert isinstance(window, DetachedReplay)
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(lambda: app.window.replay.active is pane)
    pane.focus_turns()
    qtbot.keyClick(pane._list, "]")
    assert pane.player.position == 1
    assert pane.outline is not None
    assert pane.outline.card.title[:10] in window.windowTitle()
    window.close()
    assert pane.window() is app.window
    assert pane.current == (FIRST.id, 1)
    assert len(app.window.replay.panes) == 1


def test_play_goes_on_in_a_tab_that_is_not_seen(app: App, qtbot) -> None:
    pane = open_session(app, qtbot, FIRST.id)
    pane.player._step_ms = 1
    pane.player.play()
    open_session(app, qtbot, SECOND.id)
    qtbot.waitUntil(lambda: pane.player.position == pane.player.count - 1 and not pane.player.is_playing)


def test_open_sessions_come_back_and_are_read_when_they_are_seen(make_app: Callable[[], App], qtbot) -> None:
    first = make_app()
    first.start()
    qtbot.waitUntil(lambda: first.engine.is_ready)
    for card, turn in ((FIRST, 3), (SECOND, 2), (THIRD, 1)):
        open_session(first, qtbot, card.id).player.seek(turn)
    first.window.replay.detach(first.window.replay.pane_of(THIRD.id))
    first.window.replay._tabs.setCurrentIndex(0)
    first.window.close()

    second = make_app()
    second.start()
    tabs = second.window.replay
    qtbot.waitUntil(lambda: tabs.pane_of(THIRD.id).current == (THIRD.id, 1))
    qtbot.waitUntil(lambda: tabs.pane_of(FIRST.id).current == (FIRST.id, 3))
    assert isinstance(tabs.pane_of(THIRD.id).window(), DetachedReplay)
    assert tabs.pane_of(SECOND.id).outline is None
    assert ("open", SECOND.id) not in second.engine.log
    second.actions["replay.next_tab"].trigger()
    qtbot.waitUntil(lambda: tabs.pane_of(SECOND.id).current == (SECOND.id, 2))


def test_secrets_are_hidden_in_every_open_session_and_the_reader_stays(app: App, qtbot) -> None:
    panes = [open_session(app, qtbot, card.id) for card in (FIRST, SECOND)]
    panes[0].player.seek(3)
    app.engine.log.clear()
    app.actions["replay.secrets"].trigger()
    qtbot.waitUntil(lambda: all(pane.turn is not None for pane in panes))
    qtbot.waitUntil(lambda: len(asked(app, GetTurns)) >= 2)
    assert {request.session for request in asked(app, OpenSession)} == {FIRST.id, SECOND.id}
    assert all(request.hide_secrets for request in [*asked(app, OpenSession), *asked(app, GetTurns)])
    assert panes[0].current == (FIRST.id, 3)
    panes[0].open_find()
    panes[0].finding.find(replace(panes[0].finding.request, pattern="linker"))
    assert asked(app, FindInSession)[-1].request.hide_secrets
    assert app.actions["replay.secrets"].isChecked()


def test_an_engine_that_comes_back_is_asked_for_what_is_missing(app: App, qtbot) -> None:
    app.engine.is_ready = False
    app.replaying.opener.open_id(FIRST.id)
    pane = app.window.replay.active
    assert pane.failure == "The engine is not ready: ask again in a moment."
    app.engine.is_ready = True
    app.engine.state_changed.emit(EngineState.READY)
    qtbot.waitUntil(lambda: pane.current == (FIRST.id, 0))
    assert pane.failure == ""


def test_growth_and_loss_reach_the_session_that_they_are_of(app: App, qtbot) -> None:
    first, second = (open_session(app, qtbot, card.id) for card in (FIRST, SECOND))
    grown = outline_with_one_more(FIRST)
    app.engine.session_grew.emit(SessionGrew(replace(grown, turns=grown.turns[-1:]), FIRST.turn_count))
    assert first.player.count == FIRST.turn_count + 1
    assert second.player.count == SECOND.turn_count
    app.engine.session_lost.emit(SessionLost(SECOND.key, "The file is gone."))
    assert second._header._note.text() == "The file is gone."
    assert first._header._note.isHidden()


def outline_with_one_more(card) -> SessionOutline:
    outline = values.make_outline(card)
    return replace(outline, turns=(*outline.turns, replace(outline.turns[-1], index=len(outline.turns))))


def test_the_resume_command_is_copied_run_and_told_beforehand(app: App, qtbot, monkeypatch) -> None:
    pane = open_session(app, qtbot, FIRST.id)
    assert not app.actions["session.resume"].isEnabled()
    pane.show_session(replace(pane.outline, resume_command="cd /srv && claude --resume ab"))
    assert app.actions["session.resume"].toolTip() == "cd /srv && claude --resume ab"
    app.actions["session.copy_resume"].trigger()
    assert QApplication.clipboard().text() == "cd /srv && claude --resume ab"
    ran = []
    monkeypatch.setattr(replaying, "run_in_terminal", ran.append)
    app.actions["session.resume"].trigger()
    assert ran == ["cd /srv && claude --resume ab"]

    def refuse(command: str) -> None:
        raise MemexError("No terminal was found.")

    monkeypatch.setattr(replaying, "run_in_terminal", refuse)
    app.actions["session.resume"].trigger()
    assert app.window.message_strip.sentence == "No terminal was found."


def test_turn_code_and_paths_are_copied_by_key_and_by_menu(app: App, qtbot) -> None:
    pane = open_session(app, qtbot, FIRST.id)
    pane.player.seek(4)
    app.actions["replay.copy_turn"].trigger()
    assert "build-essential" in QApplication.clipboard().text()
    app.actions["replay.copy_code"].trigger()
    assert QApplication.clipboard().text().startswith("RUN apt-get update")
    pane.menu_wanted.emit(QPoint(0, 0))
    menu = next(menu for menu in pane.findChildren(QMenu) if menu.isVisible())
    assert [action.text() for action in menu.actions()] == [
        "Copy Turn",
        "Copy Code Block",
        "Copy Path",
        "Open in Editor",
    ]
    assert [action.isEnabled() for action in menu.actions()] == [True, True, False, False]
    menu.close()


def test_ctrl_f_finds_where_the_keyboard_is(app: App, qtbot) -> None:
    pane = open_session(app, qtbot, FIRST.id)
    app.window.focus_replay()
    qtbot.waitUntil(lambda: app.window.replay.has_keyboard)
    app.actions["find.here"].trigger()
    assert pane.find_bar.isVisible()
    app.window.focus_results()
    app.actions["find.here"].trigger()
    assert app.window.search_box.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize("count", [1, 3])
def test_closing_the_window_closes_those_of_sessions(app: App, qtbot, count: int) -> None:
    for card in values.CARDS[:count]:
        app.window.replay.detach(open_session(app, qtbot, card.id))
    assert len(detached()) == count
    app.window.close()
    assert detached() == []


def detached() -> list[DetachedReplay]:
    widgets = QApplication.topLevelWidgets()
    return [widget for widget in widgets if isinstance(widget, DetachedReplay) and widget.isVisible()]
