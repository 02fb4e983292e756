"""Mix & Match by keys and mouse: marks, the tray, the dialog, its answers and picture, saved mixes."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from memex.core.lenses import Lens
from memex.core.mixing import MarkedSession, Mix, MixReason, MixRequest, PlanePoint, SavedMix, SavedSearch
from memex.engine.mix_messages import (
    DeleteSavedSearch,
    ListSavedSearches,
    Mixed,
    MixSessions,
    RenameSavedSearch,
    SavedSearchList,
    SaveSearch,
)
from memex.engine.protocol import Failed, Search, Searched
from memex.window.app import App
from memex.window.mix.mark_list import MIME, MarkList
from memex.window.mix.marks import LIKE, UNLIKE
from tests.window import values
from tests.window.test_journey import press

CARDS = values.CARDS


class Saved:
    """The engine's list."""

    def __init__(self) -> None:
        self.searches: dict[str, SavedSearch] = {}

    def answer(self, request: object) -> SavedSearchList:
        match request:
            case SaveSearch(search=search):
                self.searches[search.name] = search
            case RenameSavedSearch(name=name, new_name=new_name):
                self.searches[new_name] = msgspec.structs.replace(self.searches.pop(name), name=new_name)
            case DeleteSavedSearch(name=name):
                del self.searches[name]
        return SavedSearchList(tuple(self.searches.values()))


def mixed(request: MixSessions) -> Mixed:
    """All other sessions, each nearest to the first like."""
    asked: MixRequest = request.request
    known = {card.id: card for card in CARDS}
    likes, unlikes = (tuple(known[name] for name in side) for side in (asked.likes, asked.unlikes))
    table = values.make_table("")
    near = likes[0].key if likes else None
    far = unlikes[0].key if unlikes else None
    reasons = tuple(MixReason((Lens.CONTENT,), near, 0.71, far, 0.22, ("a.py",)) for _ in table.cards)
    plane = tuple(PlanePoint(card.key, float(card.key), float(card.key % 3)) for card in CARDS)
    return Mixed(Mix(asked, table, reasons, likes, unlikes, None, plane, ("One was left out.",)))


@pytest.fixture
def saved(library) -> Saved:
    saved = Saved()
    library.replies |= dict.fromkeys(
        (ListSavedSearches, SaveSearch, RenameSavedSearch, DeleteSavedSearch), saved.answer
    )
    library.replies[MixSessions] = mixed
    library.replies[Search] = lambda asked: Searched(values.make_table(asked.request.text, 5))
    return saved


@pytest.fixture
def marked(saved: Saved, app: App, qtbot) -> App:
    """The first session is liked, the second not; by keys."""
    app.window.focus_results()
    press(qtbot, "+")
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, "-")
    return app


@pytest.fixture
def run(marked: App, qtbot) -> App:
    marked.mixing.open()
    marked.mixing.dialog.run_button.click()
    qtbot.waitUntil(lambda: marked.mixing.dialog.model.rowCount() > 0)
    return marked


def signs(app: App) -> dict[str, int]:
    return app.window.marks.signs


def drop(onto: QWidget, session_id: str) -> None:
    data = QMimeData()
    data.setData(MIME, session_id.encode())
    target = onto.viewport() if isinstance(onto, MarkList) else onto
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    move = Qt.DropAction.MoveAction
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), move, data, buttons, modifiers))
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), move, data, buttons, modifiers))


def test_keys_mark_and_the_same_key_takes_it_back(marked: App, qtbot) -> None:
    assert signs(marked) == {CARDS[0].id: LIKE, CARDS[1].id: UNLIKE}
    assert [marked.window.model.row(number).mark for number in range(3)] == [1, -1, 0]
    press(qtbot, "+")
    assert signs(marked)[CARDS[1].id] == LIKE
    press(qtbot, "+")
    assert CARDS[1].id not in signs(marked)


def test_the_replayed_session_is_marked_when_it_has_the_keyboard(marked: App, qtbot) -> None:
    marked.window.results.move(3)
    marked.window.results.open_current()
    qtbot.waitUntil(lambda: marked.window.replay.active.outline is not None)
    name = marked.window.replay.active.outline.card.id
    marked.window.focus_replay()
    press(qtbot, "+")
    assert signs(marked)[name] == LIKE


def test_the_tray_is_in_sight_and_drops_by_key_and_by_its_cross(marked: App, qtbot) -> None:
    chips = marked.window.tray.chips
    assert chips.isVisible()
    chips.setFocus()
    press(qtbot, Qt.Key.Key_Delete)
    assert list(signs(marked)) == [CARDS[1].id]
    rect = chips.visualRect(chips.model().index(0, 0))
    place = QPoint(rect.right() - 10, rect.center().y())
    QTest.mouseClick(chips.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert signs(marked) == {}
    assert marked.window.tray.isVisible()
    assert not chips.isVisible()


def test_what_is_dropped_outside_is_no_longer_marked(marked: App) -> None:
    drop(marked.window, CARDS[0].id)
    assert list(signs(marked)) == [CARDS[1].id]


def test_dropped_onto_the_other_list_it_changes_its_sign(run: App) -> None:
    drop(run.mixing.dialog.unlikes, CARDS[0].id)
    assert signs(run) == {CARDS[0].id: UNLIKE, CARDS[1].id: UNLIKE}


def test_marks_are_there_again_when_the_window_is(marked: App, make_app: Callable[[], App], qtbot) -> None:
    marked.window.close()
    again = make_app()
    assert signs(again) == {CARDS[0].id: LIKE, CARDS[1].id: UNLIKE}
    assert again.window.marks.of(LIKE) == (MarkedSession(CARDS[0].id, CARDS[0].title),)


def test_answers_say_why_and_lie_on_the_plane(run: App, qtbot) -> None:
    dialog = run.mixing.dialog
    row = dialog.model.row(0)
    likes, away, files = row.text.note.split(" · ")
    assert (likes[:21], likes[-3:]) == (f"like “{CARDS[0].title[:15]}", ".71")
    assert (away[:26], away[-3:]) == (f"away from “{CARDS[1].title[:15]}", ".22")
    assert files == "1 file shared"
    assert "One was left out." in dialog.said
    assert set(dialog.plane.spots("likes")) == {CARDS[0].key}
    assert set(dialog.plane.spots("unlikes")) == {CARDS[1].key}
    assert len(dialog.plane.spots("answers")) == len(CARDS) - 2
    dialog.plane.chosen.emit(CARDS[7].key)
    assert dialog.answers.current_row.card.key == CARDS[7].key
    assert set(dialog.plane.spots("ring")) == {CARDS[7].key}


def test_a_slider_ranks_the_answers_anew(run: App, qtbot) -> None:
    model = run.mixing.dialog.model
    before = [model.row(number).card.key for number in range(model.rowCount())]
    run.window.lens_panel.set_options(
        msgspec.structs.replace(
            run.window.lens_panel.options,
            weights=msgspec.structs.replace(run.window.lens_panel.options.weights, path=2.0, error=0.0),
        )
    )
    qtbot.waitUntil(lambda: [model.row(n).card.key for n in range(model.rowCount())] != before)


def test_by_typing_more_are_found_and_marked(run: App, qtbot) -> None:
    finder = run.mixing.dialog.finder
    qtbot.keyClicks(finder.line, "linker")
    qtbot.waitUntil(lambda: finder.found.count() > 0)
    qtbot.keyClick(finder.line, Qt.Key.Key_Down)
    qtbot.keyClick(finder.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(finder.line, Qt.Key.Key_Down)
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    assert list(signs(run).values()).count(LIKE) == 2 or list(signs(run).values()).count(UNLIKE) == 2


def test_target_and_lens_are_asked_for(run: App, qtbot) -> None:
    dialog = run.mixing.dialog
    dialog.target.setCurrentIndex(1)
    dialog.lens.setCurrentIndex(dialog.lens.findData(Lens.ERROR))
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wanted = MixRequest((CARDS[0].id,), (CARDS[1].id,), CARDS[0].id, Lens.ERROR)
    assert run.engine.log[-1] == ("ask", MixSessions(wanted))


def test_a_refusal_is_said_in_the_dialog(run: App, library, qtbot) -> None:
    library.replies[MixSessions] = lambda _: Failed("MixError", "Nothing is marked.")
    run.mixing.dialog.run_button.click()
    qtbot.waitUntil(lambda: run.mixing.dialog.said == "Nothing is marked.")


def test_a_mix_is_saved_renamed_run_again_from_the_search_box_and_deleted(
    run: App, saved: Saved, qtbot
) -> None:
    bar = run.mixing.dialog.saved
    bar.names.setEditText("linker")
    bar.save_button.click()
    qtbot.waitUntil(lambda: "linker" in saved.searches)
    kept = saved.searches["linker"].mix
    assert [each.id for each in (*kept.likes, *kept.unlikes)] == [CARDS[0].id, CARDS[1].id]
    qtbot.waitUntil(lambda: bar.names.count() == 1)
    bar.names.setEditText("not web")
    bar.rename_button.click()
    qtbot.waitUntil(lambda: list(saved.searches) == ["not web"])
    qtbot.waitUntil(lambda: [each.name for each in run.window.search_box.saved] == ["not web"])
    run.window.marks.clear()
    run.mixing.dialog.close()
    run.window.search_box.completion.mix_wanted.emit("not web")
    assert signs(run) == {CARDS[1].id: UNLIKE, CARDS[0].id: LIKE}
    qtbot.waitUntil(run.mixing.dialog.isVisible)
    bar.delete_button.click()
    qtbot.waitUntil(lambda: not saved.searches)


def test_saved_searches_come_before_recent_ones_in_the_box(marked: App, saved: Saved, qtbot) -> None:
    saved.searches["old mix"] = SavedSearch("old mix", mix=SavedMix())
    marked.window.search_box.set_text("linker")
    marked.actions["search.save"].trigger()
    qtbot.waitUntil(lambda: len(marked.window.search_box.saved) == 2)
    marked.window.activateWindow()
    marked.actions["search.recent"].trigger()
    assert marked.window.search_box.choices.titles[:2] == ["old mix", "linker"]
    marked.window.search_box.set_text("linker")
    marked.actions["search.save"].trigger()
    qtbot.waitUntil(lambda: list(saved.searches) == ["old mix"])


def test_escape_closes_the_dialog_and_every_part_has_a_name(run: App, qtbot) -> None:
    dialog = run.mixing.dialog
    for part in (
        dialog.finder.line,
        dialog.likes,
        dialog.unlikes,
        dialog.target,
        dialog.lens,
        dialog.answers,
    ):
        assert part.accessibleName()
    assert not dialog.isModal()
    qtbot.keyClick(dialog.answers, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
