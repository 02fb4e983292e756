"""The whole way with nothing faked: a real window, its real engine, and the demo library."""

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from memex.core.filters import Field, Order
from memex.core.lenses import Lens
from memex.core.paths import LibraryPaths
from memex.core.replay import FindRequest, Origin
from memex.core.settings import Settings, save_settings
from memex.core.steps.rows import copied
from memex.demo.generate import write_demo
from memex.engine.client import attach
from memex.window.app import App
from memex.window.lens_slider import WeightSlider
from memex.window.replay.export_dialog import ExportDialog
from memex.window.replay.pane import ReplayPane
from memex.window.replay.widgets.rows_view import RowsView
from memex.window.results_model import ResultRow, Verdict
from memex.window.worker import EngineHandle, EngineState

NOW = datetime(2026, 3, 17, 15, 30, tzinfo=UTC)
PATIENCE_MS = 30_000
QUERY = "rust ci image: linker missing, exit 101"
FOUND = "Fix missing linker in the slim CI image"
FAILING_TURN = 3
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows the one is the other


@pytest.fixture
def paths(prepared_home: LibraryPaths) -> LibraryPaths:
    """The demo's transcripts are written, and nothing of them is indexed."""
    write_demo(prepared_home.demo, NOW)
    settings = Settings(folders=(str(prepared_home.demo),), agent_folders=False, animations=False)
    save_settings(prepared_home.settings, settings)
    return prepared_home


@pytest.fixture
def open_window(qapp: QApplication) -> Iterator[Callable[[LibraryPaths], App]]:
    opened: list[App] = []

    def open_on(paths: LibraryPaths) -> App:
        app = App(
            qapp,
            paths,
            partial(EngineHandle, paths),
            demo_command=(sys.executable, "--version"),
            find_agent_folders=list,
            clock=lambda: NOW,
        )
        opened.append(app)
        app.start()
        return app

    yield open_on
    for app in opened:
        app.window.close()
        app.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def app(paths: LibraryPaths, open_window, qtbot) -> App:
    """A window whose library has been indexed, by itself."""
    app = open_window(paths)
    qtbot.waitSignal(app.engine.job_finished, timeout=PATIENCE_MS).wait()
    wait(qtbot, lambda: 0 < app.watch.situation.status.sessions == app.watch.situation.status.with_vectors)
    return app


def wait(qtbot, holds: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(holds()), timeout=PATIENCE_MS)


def press(qtbot, key: Qt.Key | str) -> None:
    """To whatever has the keyboard, as a person would."""
    target = QApplication.focusWidget()
    assert isinstance(target, QWidget)
    if isinstance(key, str):
        qtbot.keyClicks(target, key)
    else:
        qtbot.keyClick(target, key)


def search(app: App, qtbot, text: str) -> None:
    app.actions["search.focus"].trigger()
    press(qtbot, text)
    wait(qtbot, lambda: app.finder.text == text and app.finder.is_answered)


def drag(slider: WeightSlider, share: float) -> None:
    """From where the knob is to that share of the slider's way, with the left button held."""
    middle = slider.height() / 2
    start = QPointF(slider.width() * slider.value() / slider.maximum(), middle)
    end = QPointF(slider.width() * share, middle)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, place, button, held in (
        (QEvent.Type.MouseButtonPress, start, left, left),
        (QEvent.Type.MouseMove, (start + end) / 2, none, left),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        event = QMouseEvent(
            kind, place, slider.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(slider, event)


def rows(app: App) -> list[ResultRow]:
    return [app.window.model.row(number) for number in range(app.window.model.rowCount())]


def terminals(app: App) -> str:
    views = app.window.replay.findChildren(RowsView)
    return "\n".join(copied(view._rows, view.shown) for view in views)


def engine_pid(paths: LibraryPaths) -> int:
    client = attach(paths)
    assert client is not None
    client.close()
    return client.engine_pid


def test_index_type_weigh_open_step_play_and_stop(app: App, qtbot) -> None:
    search(app, qtbot, QUERY)
    first = app.window.results.current_row
    assert first.text.title == FOUND
    assert any(is_match for _, is_match in first.text.snippet)
    assert {Lens.WORDS, Lens.CONTENT} <= {lens for lens, _ in first.parts}

    before = rows(app)
    drag(app.window.lens_panel.slider(Lens.WORDS), 0.0)
    drag(app.window.lens_panel.slider(Lens.TOOL), 1.0)
    assert (app.window.lens_panel.weights.words, app.window.lens_panel.weights.tool) == (0.0, 2.0)
    after = rows(app)
    assert [row.card.id for row in after] != [row.card.id for row in before]
    assert Lens.WORDS not in {lens for row in after for lens, _ in row.parts}
    assert app.window.results.current_row.card.id == first.card.id
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "0")
    assert [row.card.id for row in rows(app)] == [row.card.id for row in before]

    press(qtbot, Qt.Key.Key_Return)
    wait(qtbot, lambda: app.window.replay.current == (first.card.id, FAILING_TURN))
    wait(qtbot, lambda: "error: linker `cc` not found" in terminals(app))
    press(qtbot, "]")
    assert app.window.replay.current[1] == FAILING_TURN + 1
    press(qtbot, "[")
    press(qtbot, ">>>")
    press(qtbot, " ")
    wait(qtbot, lambda: app.window.replay.current[1] == FAILING_TURN + 2)
    press(qtbot, " ")
    assert not app.window.replay.active.player.is_playing
    press(qtbot, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is app.window.results


def test_a_subagent_s_session_opens_from_the_call_that_started_it(app: App, qtbot) -> None:
    search(app, qtbot, "Find out where the tool hangs: deadlock between job queue and stats lock")
    row = next(row for row in rows(app) if row.text.title == "Deadlock between job queue and stats lock")
    app.window.replay.active.session_wanted.emit(row.card.id)
    wait(qtbot, lambda: app.window.replay.current and app.window.replay.current[0] == row.card.id)
    outline = app.window.replay.active.outline
    app.window.replay.active.player.seek(next(turn.index for turn in outline.turns if turn.has_subagent))
    link = None

    def has_link() -> bool:
        nonlocal link
        links = app.window.replay.findChildren(QPushButton, "linkButton")
        link = next((link for link in links if link.text() == "Open it"), None)
        return link is not None

    wait(qtbot, has_link)
    link.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    wait(qtbot, lambda: (shown := app.window.replay.active.outline) and shown.card.parent_id == row.card.id)
    assert len(app.window.replay.panes) == 2, "the session that it was started from stays open"


def test_a_second_window_attaches_to_the_same_engine(app: App, paths, open_window, qtbot) -> None:
    pid = engine_pid(paths)
    second = open_window(paths)
    wait(qtbot, lambda: second.watch.situation.count)
    assert engine_pid(paths) == pid
    app.window.close()
    search(second, qtbot, QUERY)
    assert second.window.model.row(0).text.title == FOUND
    assert engine_pid(paths) == pid


def test_a_killed_engine_comes_back_and_what_was_shown_stays(app: App, paths, qtbot) -> None:
    search(app, qtbot, QUERY)
    shown = [row.card.id for row in rows(app)]
    os.kill(engine_pid(paths), KILL)
    wait(qtbot, lambda: app.watch.situation.engine is EngineState.RESTARTING)
    assert app.window.status_bar.sentence == "The engine is restarting; what you see stays."
    assert [row.card.id for row in rows(app)] == shown
    wait(qtbot, lambda: app.watch.situation.engine is EngineState.READY)
    search(app, qtbot, "delivery date one day early")
    assert app.window.model.row(0).text.title == "Delivery date is one day early in US time zones"
    wait(qtbot, lambda: app.window.status_bar.sentence == "")
    wait(qtbot, lambda: Lens.CONTENT in {lens for lens, _ in app.window.model.row(0).parts})


def test_words_that_no_session_holds_find_near_misses_and_say_so(app: App, qtbot) -> None:
    search(app, qtbot, "zzyzx")
    assert rows(app)
    assert app.window.remark_strip.remark.sentence == "Nothing close. The nearest misses are below."
    app.window.search_box.clear()
    search(app, qtbot, QUERY)
    assert app.window.remark_strip.remark.sentence == ""


def test_conditions_complete_narrow_and_are_counted(app: App, qtbot) -> None:
    """Typed with completions, chosen in the panel, cleared; the counts are the engine's."""
    wait(qtbot, lambda: facet_counts(app, Field.PROJECT))
    everything = facet_counts(app, Field.PROJECT)
    assert sum(everything.values()) == app.window.model.rowCount()
    app.actions["search.focus"].trigger()
    press(qtbot, "linker project:fe")
    wait(qtbot, lambda: app.window.search_box.choices.titles == ["ferry"])
    press(qtbot, Qt.Key.Key_Tab)
    wait(qtbot, lambda: app.finder.text == "linker project:ferry" and app.finder.is_answered)
    assert {row.card.project for row in rows(app)} == {"ferry"}

    app.window.search_box.clear()
    wait(qtbot, lambda: app.window.model.rowCount() == sum(everything.values()))
    app.window.facet_panel.toggled.emit(Field.PROJECT, "ferry", True)
    app.window.facet_panel.toggled.emit(Field.AGENT, "codex", True)
    wait(qtbot, lambda: {(row.card.project, row.card.agent) for row in rows(app)} == {("ferry", "codex")})
    wait(qtbot, lambda: facet_counts(app, Field.AGENT).get("codex") == len(rows(app)))
    assert sum(facet_counts(app, Field.AGENT).values()) == everything["ferry"]
    app.actions["filters.clear"].trigger()
    wait(qtbot, lambda: facet_counts(app, Field.PROJECT) == everything)


def test_lists_are_sorted_by_the_catalog_and_ids_open_their_session(app: App, qtbot) -> None:
    app.window.results_bar.choose_order(Order.LONGEST)
    wait(qtbot, lambda: is_falling([row.card.turn_count for row in rows(app)]))
    row = rows(app)[3]
    app.window.search_box.set_text(row.card.id)
    wait(qtbot, lambda: app.window.replay.current and app.window.replay.current[0] == row.card.id)


def test_sub_agents_are_found_under_their_session_which_can_be_marked(app: App, qtbot) -> None:
    search(app, qtbot, "deadlock between the job queue and the stats lock")
    first = rows(app)[0]
    assert first.fold.subagents == 1
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, Qt.Key.Key_Right)
    member = rows(app)[1]
    assert member.is_member
    assert member.card.parent_id == first.card.id
    press(qtbot, "l")
    assert rows(app)[0].verdict is Verdict.LIKED
    app.window.results_bar.reset_button.click()
    assert rows(app)[0].verdict is Verdict.NONE


def facet_counts(app: App, field: Field) -> dict[str, int]:
    model = app.window.facet_panel.model
    parent = model.find(field)
    shown = (model.row(model.index(number, 0, parent)) for number in range(model.rowCount(parent)))
    return {row.value: row.count for row in shown if row.count}


def is_falling(numbers: list[int]) -> bool:
    return len(numbers) > 3 and numbers == sorted(numbers, reverse=True)


def test_a_library_of_a_newer_version_is_left_alone(paths, open_window, qtbot) -> None:
    with sqlite3.connect(paths.catalog) as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()
    before = paths.catalog.read_bytes()
    app = open_window(paths)
    wait(qtbot, lambda: app.window.message_strip.sentence)
    assert app.window.message_strip.sentence == (
        "This library was written by a newer Memex: update Memex to open it."
    )
    assert app.watch.situation.engine is EngineState.GONE
    assert app.window.status_bar.sentence == "The engine does not start; Memex keeps trying."
    app.window.message_strip.dismiss_button.click()
    with qtbot.waitSignal(app.engine.state_changed, timeout=PATIENCE_MS):
        pass  # the next try
    assert app.window.message_strip.sentence == ""  # said once
    assert paths.catalog.read_bytes() == before


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path, open_window, qtbot) -> None:
    occupied = tmp_path / "occupied"
    occupied.touch()
    app = open_window(LibraryPaths(occupied / "library"))
    wait(qtbot, lambda: app.watch.situation.engine is EngineState.GONE)
    assert str(occupied / "library") in app.window.message_strip.sentence


def test_without_a_model_words_are_searched_and_its_download_is_offered(tmp_path, open_window, qtbot) -> None:
    paths = LibraryPaths(tmp_path / "library")
    write_demo(paths.demo, NOW)
    shutil.rmtree(paths.demo / "codex")
    cut_short = tmp_path / "model"
    cut_short.mkdir()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (cut_short / name).write_bytes(b"{}")
    folders = (str(paths.demo),)
    save_settings(paths.settings, Settings(folders, agent_folders=False, model_folder=str(cut_short)))
    app = open_window(paths)
    qtbot.waitSignal(app.engine.job_finished, timeout=PATIENCE_MS).wait()
    wait(qtbot, lambda: "is cut short" in app.window.status_bar.sentence)
    search(app, qtbot, "deadlock detected on transfers")
    assert app.window.model.row(0).text.title == "Postgres deadlock between transfers (40P01)"
    assert {lens for row in rows(app) for lens, _ in row.parts} == {Lens.WORDS}

    missing = msgspec.structs.replace(app.watch.situation.status, model_missing=True)
    app.engine.status_changed.emit(missing)
    assert app.window.status_bar.model_button.isVisible()
    assert app.actions["library.model"].isEnabled()


def test_a_session_is_followed_while_it_is_written_and_told_of_when_it_is_lost(app: App, qtbot) -> None:
    pane = open_found(app, qtbot)
    source = Path(pane.outline.card.source_path)
    count = pane.player.count
    pane.player.seek(count - 1)
    app.actions["replay.live"].trigger()
    wait(qtbot, lambda: pane.live.is_on)
    last = [line for line in map(json.loads, source.read_text("utf-8").splitlines()) if "uuid" in line][-1]
    message = {"role": "user", "content": "One more thing: document it."}
    record = {**last, "type": "user", "uuid": "one-more", "parentUuid": last["uuid"], "message": message}
    with source.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    wait(qtbot, lambda: pane.current == (pane.outline.card.id, count))
    wait(qtbot, lambda: pane.turn is not None)
    assert pane.turn.text == "One more thing: document it."
    assert pane.outline.origin is Origin.GROWN
    note = pane.findChild(QLabel, "replayNote")
    grown = note.text()
    source.unlink()
    wait(qtbot, lambda: note.text() != grown)
    assert "gone" in note.text()
    pane.player.seek(0)
    wait(qtbot, lambda: pane.turn is not None)


def test_found_by_expression_and_exported_by_the_engine(app: App, qtbot, tmp_path: Path) -> None:
    pane = open_found(app, qtbot)
    pane.open_find()
    pane.find_bar.look_for(FindRequest(r"exit (code|status) \d+", is_regex=True))
    wait(qtbot, lambda: pane.finding.turns)
    assert FAILING_TURN in pane.finding.turns
    app.actions["session.export"].trigger()
    dialog = pane.findChild(ExportDialog)
    dialog._on_file_selected(str(tmp_path / "session.html"))
    dialog._export.click()
    wait(qtbot, lambda: dialog._said.text())
    assert dialog._said.text().startswith(f"{pane.player.count} turns written to")
    page = (tmp_path / "session.html").read_text("utf-8")
    assert "linker" in page
    assert "<script" not in page
    dialog.close()


def open_found(app: App, qtbot) -> ReplayPane:
    search(app, qtbot, QUERY)
    row = next(row for row in rows(app) if row.text.title == FOUND)
    app.replaying.opener.open_id(row.card.id)
    wait(qtbot, lambda: (pane := app.window.replay.pane_of(row.card.id)) and pane.turn is not None)
    return app.window.replay.active


def test_marks_find_sessions_like_one_and_unlike_another(app: App, qtbot) -> None:
    search(app, qtbot, QUERY)
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, "+")
    app.window.results.move(4)
    press(qtbot, "-")
    app.actions["mix.open"].trigger()
    dialog = app.mixing.dialog
    wait(qtbot, dialog.isActiveWindow)
    qtbot.keyClick(dialog.finder.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait(qtbot, lambda: dialog.model.rowCount() > 0)
    found = [dialog.model.row(number) for number in range(dialog.model.rowCount())]
    assert FOUND not in [row.card.title for row in found]
    assert "like “" in found[0].text.note
    assert dialog.plane.spots("answers")
    dialog.saved.names.setEditText("linker, nothing else")
    dialog.saved.save_button.click()
    wait(qtbot, lambda: [each.name for each in app.window.search_box.saved] == ["linker, nothing else"])
