"""From the keyboard alone: search, weigh, choose, open at the hit's turn, step, return."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from memex.core.lenses import Lens
from memex.core.search import SearchRequest
from memex.window.app import App
from memex.window.replay.player import Player
from tests.window import values
from tests.window.conftest import QUERY

ERROR_HIT, PATH_HIT = 0, 1
"""Keys of the sessions that lead in errors and in paths."""


def press(qtbot, key: Qt.Key | str, times: int = 1) -> None:
    """To whatever has the keyboard, as a person would."""
    for _ in range(times):
        target = QApplication.focusWidget()
        assert isinstance(target, QWidget)
        if isinstance(key, str):
            qtbot.keyClicks(target, key)
        else:
            qtbot.keyClick(target, key)


def keys(app: App) -> list[int]:
    model = app.window.model
    return [model.row(number).card.key for number in range(model.rowCount())]


@pytest.fixture
def found(app: App, qtbot) -> App:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "/")
    press(qtbot, QUERY)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.window.model.row(0).score is not None)
    return app


def test_an_empty_box_lists_the_newest_sessions(app: App) -> None:
    assert keys(app) == list(range(20))
    assert app.watch.count_in_words == "20 sessions"


def test_typing_pauses_then_asks_once(app: App, qtbot) -> None:
    press(qtbot, QUERY)
    qtbot.waitUntil(lambda: app.window.model.row(0).score is not None)
    assert [asked for asked in app.engine.log if isinstance(asked, SearchRequest)] == [
        SearchRequest(QUERY, as_typed=True)
    ]


def test_letters_are_typed_into_the_search_box_not_taken_as_commands(app: App, qtbot) -> None:
    press(qtbot, "jk[]ep?0127 g")
    assert app.window.search_box.text == "jk[]ep?0127 g"
    assert not app.window.key_sheet.isVisible()


def test_found_sessions_say_why(found: App) -> None:
    row = found.window.model.row(0)
    assert row.card.key == ERROR_HIT
    assert row.parts[0][0] in (Lens.ERROR, Lens.WORDS)
    assert sum(part for _, part in row.parts) + row.recency == pytest.approx(row.score, abs=0.02)
    assert found.watch.count_in_words == "20 of 1,204"


def test_a_slider_changes_order_and_chips_and_keeps_the_selection(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    before = found.window.model.row(0)
    for lens in Lens:
        press(qtbot, str(list(Lens).index(lens) + 1))
        press(qtbot, Qt.Key.Key_End if lens is Lens.PATH else Qt.Key.Key_Home)
    assert keys(found)[0] == PATH_HIT
    assert [lens for lens, _ in found.window.model.row(0).parts] == [Lens.PATH]
    assert before.parts != found.window.results.current_row.parts
    assert found.window.results.current_row.card.key == ERROR_HIT


def test_the_arrow_weighs_the_chosen_lens_by_one_step(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "3")
    press(qtbot, Qt.Key.Key_Left, times=2)
    assert found.window.lens_panel.weights.path == 0.9
    press(qtbot, "0")
    assert found.window.lens_panel.weights.path == 1.0


def test_enter_opens_the_replay_at_the_turn_of_the_hit(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)  # the search is answered: Enter opens
    qtbot.waitUntil(lambda: found.window.replay.current is not None)
    row = found.window.results.current_row
    assert found.window.replay.current == (row.card.id, row.text.turn) == (row.card.id, 3)


def test_replay_is_stepped_and_escape_returns_to_the_results(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: found.window.replay.current is not None)
    qtbot.waitUntil(lambda: _is_within(QApplication.focusWidget(), found.window.replay))
    press(qtbot, "]")
    assert found.window.replay.current[1] == 4
    press(qtbot, "[[")
    assert found.window.replay.current[1] == 2
    press(qtbot, "e")
    assert found.window.replay.current[1] == 3
    press(qtbot, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is found.window.results


def test_j_and_k_move_the_selection_and_the_details_follow(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "jj")
    press(qtbot, "k")
    assert found.window.results.currentIndex().row() == 1
    assert found.window.inspector.title == found.window.model.row(1).text.title


def test_arrows_move_the_selection_while_typing(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Down, times=2)
    assert found.window.results.currentIndex().row() == 2


def test_the_question_mark_shows_the_keys_and_any_key_hides_them(app: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "?")
    assert app.window.key_sheet.isVisible()
    press(qtbot, "j")
    assert not app.window.key_sheet.isVisible()
    assert app.window.results.currentIndex().row() == 0


def test_space_presses_a_focused_button_and_plays_elsewhere(app: App, qtbot, monkeypatch) -> None:
    played = []
    monkeypatch.setattr(Player, "toggle", lambda self: played.append(True))
    button = app.window.lens_panel.reset_button
    app.window.lens_panel.slider(Lens.PATH).set_weight(0.2)
    button.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    assert app.window.lens_panel.weights.path == 1.0
    assert not played


def test_panes_are_shown_and_hidden(app: App, qtbot) -> None:
    for name, key in (("lenses", Qt.Key.Key_1), ("details", Qt.Key.Key_2), ("replay", Qt.Key.Key_3)):
        qtbot.keyClick(app.window, key, Qt.KeyboardModifier.ControlModifier)
        assert app.window.panes[name].isHidden()
        assert not app.actions[f"pane.{name}"].isChecked()


def test_every_widget_that_takes_the_keyboard_has_a_name(app: App) -> None:
    takers = [
        widget
        for widget in app.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and _is_ours(widget, app)
    ]
    unnamed = [widget for widget in takers if not (widget.accessibleName() or _text(widget))]
    assert takers
    assert not unnamed


def _text(widget: QWidget) -> str:
    return getattr(widget, "text", str)()


def _is_ours(widget: QWidget, app: App) -> bool:
    """The replay has tests of its own; Qt names its own inner widgets."""
    return not _is_within(widget, app.window.replay) and not widget.objectName().startswith("qt_")


def _is_within(widget: QWidget | None, ancestor: QWidget) -> bool:
    return widget is not None and (widget is ancestor or ancestor.isAncestorOf(widget))


def test_enter_does_not_open_what_the_last_search_found(found: App, qtbot) -> None:
    app_log = found.engine.log
    found.engine.library.tables["other"] = values.make_table("other")
    found.engine.is_ready = False  # nothing is answered for a while
    found.window.search_box.focus_all()
    press(qtbot, "other")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Return)
    assert not [asked for asked in app_log if isinstance(asked, tuple) and asked[0] == "open"]


def test_the_speed_of_the_replay_is_changed_by_keys(found: App, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: found.window.replay.current is not None)
    press(qtbot, ">>")
    assert found.window.replay.active.player.speed == 4
    press(qtbot, ">>")
    assert found.window.replay.active.player.speed == 8
    press(qtbot, "<")
    assert found.window.replay.active.player.speed == 4
