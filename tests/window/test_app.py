"""The window as a whole: what it remembers, how it fails, what its process loads."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import QByteArray

from memex.core.errors import CatalogError, QueryError
from memex.core.filters import Field, Order
from memex.core.indexes import ReembedProgress
from memex.core.lenses import Fusion, RankOptions, Recency, Weights
from memex.core.library import FileFailure, IndexReport, Progress, Stage
from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, Theme, load_settings, save_settings
from memex.engine.mix_messages import ListSavedSearches
from memex.engine.protocol import CountFacets, Indexed, ListSessions
from memex.window.app import App
from memex.window.arrangement import Grouping
from memex.window.replay.pane import SessionPlace
from memex.window.replay.tabs import OpenTab
from memex.window.theme import DARK, LIGHT
from memex.window.window_state import WindowState, load_window_state, save_window_state
from memex.window.worker import EngineState
from tests.window import values
from tests.window.conftest import QUERY
from tests.window.fakes import FakeLibrary

HEAVY = (
    "torch",
    "sentence_transformers",
    "qdrant_client",
    "qdrant_edge",
    "onnxruntime",
    "pyqtgraph",
    "networkx",
)


def test_layout_weights_query_and_place_are_remembered(make_app: Callable[[], App], qtbot) -> None:
    first = make_app()
    first.start()
    qtbot.waitUntil(lambda: first.engine.is_ready)
    options = RankOptions(Weights(error=1.75, path=0.2), Recency(0.2, 90.0), Fusion.RRF, 0.3, 0.1)
    first.window.lens_panel.set_options(options)
    first.window.results_bar.choose_order(Order.NEWEST)
    first.window.results_bar.choose_grouping(Grouping.PROJECT)
    first.window.facet_panel.set_expanded([Field.AGENT, Field.MONTH])
    first.window.search_box.set_text(QUERY)
    qtbot.waitUntil(lambda: first.finder.is_answered)
    first.window.results.open_current()
    qtbot.waitUntil(lambda: first.window.replay.current is not None)
    first.window.show_pane("details", False)
    first.window.resize(790, 640)  # no larger than the offscreen screen
    open_then = first.window.replay.current
    first.window.close()

    second = make_app()
    second.start()
    qtbot.waitUntil(lambda: second.window.replay.current is not None)
    assert second.window.replay.current == open_then
    assert second.window.lens_panel.options == options
    assert second.window.results_bar.order is Order.NEWEST
    assert second.window.results_bar.grouping is Grouping.PROJECT
    assert second.window.facet_panel.expanded == {Field.AGENT, Field.MONTH}
    assert second.window.search_box.recent.searches == (QUERY,)
    assert second.window.search_box.text == QUERY
    assert second.window.hidden_panes() == {"details"}
    assert second.window.size() == first.window.size()
    qtbot.waitUntil(lambda: second.finder.is_answered)


@pytest.mark.parametrize("query", ["a, b", '50% \\n "x" = ;', "", "@Variant", "naïve ü"])
def test_any_query_survives_the_ini_file(paths: LibraryPaths, query: str) -> None:
    state = WindowState(
        geometry=b"\x00\xff",
        splitters={"left": b"\x01"},
        query=query,
        open_sessions=(OpenTab(SessionPlace("ab", 7), 'a "b"; %', b"\xff"), OpenTab(SessionPlace("cd", 0))),
        front_session="cd",
        places={"ab": 7},
        hides_secrets=True,
    )
    save_window_state(paths.window_state, state)
    assert load_window_state(paths.window_state) == state


def test_a_broken_state_file_takes_defaults(paths: LibraryPaths) -> None:
    paths.window_state.write_text("[lenses]\nweights={broken\n[replay]\nturn=x\n")
    assert load_window_state(paths.window_state) == WindowState()


def test_an_expected_failure_is_one_sentence_that_can_be_dismissed(
    app: App, library: FakeLibrary, qtbot
) -> None:
    library.refusal = QueryError("The quotation mark is not closed: add the second one.")
    app.window.search_box.set_text('"open')
    qtbot.waitUntil(lambda: bool(app.window.message_strip.sentence))
    assert app.window.message_strip.sentence == "The quotation mark is not closed: add the second one."
    app.window.message_strip.dismiss_button.click()
    assert app.window.message_strip.sentence == ""
    assert app.window.model.rowCount() == 20, "the last results stay"


def test_an_answer_to_an_older_question_is_dropped(app: App) -> None:
    app.engine.searched.emit(values.make_table("something asked before"))
    assert app.window.model.row(0).score is None
    assert app.watch.situation.text == ""


def test_a_bug_is_a_report_that_blocks_nothing(app: App) -> None:
    try:
        raise ZeroDivisionError("a mistake")
    except ZeroDivisionError as bug:
        app.engine.crashed.emit(bug)
    assert app.window.bug_report.isVisible()
    assert not app.window.bug_report.isModal()
    assert "ZeroDivisionError: a mistake" in app.window.bug_report.text
    assert "Memex 0.1" in app.window.bug_report.text
    app.window.bug_report.close()


def test_what_nobody_caught_on_a_thread_reaches_the_report(app: App, qtbot, caplog) -> None:
    caplog.set_level(logging.CRITICAL + 1)
    app.errors.install()
    try:
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
    finally:
        app.errors.uninstall()
    qtbot.waitUntil(app.window.bug_report.isVisible)
    assert "IndexError" in app.window.bug_report.text
    app.window.bug_report.close()


def test_a_session_that_cannot_be_opened_says_so_in_the_replay(app: App, qtbot) -> None:
    app.replaying.opener.open_id("no such session")
    qtbot.waitUntil(lambda: bool(app.window.replay.active.failure))
    assert app.window.replay.active.failure == "There is no such session: rescan the library."
    app.engine.failed.emit(CatalogError("The catalog is locked."))
    assert app.window.message_strip.sentence == "The catalog is locked."


def opened(app: App) -> list[object]:
    return [entry for entry in app.engine.log if isinstance(entry, tuple) and entry[0] == "opened"]


def test_what_is_opened_from_a_search_is_recorded_and_from_the_list_not(app: App, qtbot) -> None:
    app.window.results.open_current()
    assert opened(app) == []
    app.window.search_box.set_text(QUERY)
    qtbot.waitUntil(lambda: app.finder.is_answered)
    app.window.results.open_current()
    assert opened(app) == [("opened", QUERY, app.window.results.current_row.card.key)]


def test_the_status_line_says_which_model_and_what_becomes_of_it(app: App) -> None:
    bar = app.window.status_bar
    known = msgspec.structs.replace(values.INDEXED, model="all-minilm-l6-v2-384-int8-53aa51172d14")
    app.engine.status_changed.emit(known)
    assert "all-minilm-l6-v2" in bar.where
    assert bar.sentence == ""
    change = ReembedProgress("bge-small-en-v1.5-384-fp32-0123456789ab", 3_693, 1_200)
    app.engine.status_changed.emit(msgspec.structs.replace(known, reembed=change, model_advice="Do it."))
    assert bar.sentence == (
        "bge-small-en-v1.5: 1,200 of 3,693 texts embedded; searches use all-minilm-l6-v2 until all are."
    )
    app.engine.status_changed.emit(msgspec.structs.replace(known, model_advice="Run memex reembed."))
    assert bar.sentence == "Run memex reembed."


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_of_a_job_has_its_words(app: App, stage: Stage) -> None:
    app.window.status_bar.show_job(Progress(stage, 1, 2, "texts"))
    assert "1 of 2 texts" in app.window.status_bar.pace


def test_results_stay_while_the_engine_restarts_and_are_asked_again(app: App) -> None:
    app.engine.state_changed.emit(EngineState.RESTARTING)
    assert app.window.model.rowCount() == 20
    assert app.window.results.isVisible()
    assert "restarting" in app.window.status_bar.sentence
    asked = len(app.engine.log)
    app.engine.state_changed.emit(EngineState.READY)
    assert app.engine.log[asked:] == [ListSessions(), CountFacets(), ("ask", ListSavedSearches())]


def test_a_library_in_use_is_brought_up_to_date_once(app: App) -> None:
    app.engine.status_changed.emit(values.INDEXED)
    assert app.engine.log.count(("index", ())) == 1


def test_a_new_library_waits_for_the_user_and_fills_as_it_is_read(
    make_app: Callable[[], App], library: FakeLibrary, qtbot
) -> None:
    library.status, library.cards = values.EMPTY, ()
    app = make_app()
    app.start()
    qtbot.waitUntil(lambda: app.watch.situation.count == 0)
    assert ("index", ()) not in app.engine.log
    app.window.empty_state.wanted.emit("library.rescan")
    assert app.engine.log[-1] == ("index", ())
    library.cards = values.CARDS
    app.engine.status_changed.emit(values.BUSY)
    qtbot.waitUntil(lambda: app.window.model.rowCount() == 20)
    app.engine.job_finished.emit(Indexed(IndexReport(sessions=20)))
    assert app.window.status_bar.hold_button.isHidden()


def test_a_folder_that_is_indexed_is_looked_at_by_later_rescans(app: App, paths: LibraryPaths) -> None:
    app.window.folder_chosen.emit("/srv/transcripts")
    assert app.engine.log[-1] == ("index", ("/srv/transcripts",))
    assert load_settings(paths.settings).folders == ("/srv/transcripts",)


def test_failed_files_are_counted_and_listed(app: App) -> None:
    failed = (FileFailure("/x.jsonl", "The file is empty."),)
    app.engine.status_changed.emit(msgspec.structs.replace(values.INDEXED, failed=failed))
    app.window.status_bar.failures_button.click()
    assert app.window.failures.isVisible()
    assert not app.window.failures.isModal()
    assert app.window.failures.model.rowCount() == 1
    app.window.failures.close()


def test_the_theme_changes_at_run_time_and_is_remembered(app: App, paths: LibraryPaths) -> None:
    app.actions["theme.dark"].trigger()
    assert app.appearance.palette is DARK
    assert app.window.grab().toImage().pixelColor(2, 200).name() == DARK.window
    assert load_settings(paths.settings).theme is Theme.DARK
    app.actions["theme.light"].trigger()
    assert app.window.grab().toImage().pixelColor(2, 200).name() == LIGHT.window


def test_settings_that_cannot_be_read_are_reported_and_left_alone(
    make_app: Callable[[], App], paths: LibraryPaths, qtbot
) -> None:
    paths.settings.write_text("{broken")
    app = make_app()
    app.start()
    qtbot.waitUntil(lambda: "could not be read" in app.window.message_strip.sentence)
    app.actions["theme.dark"].trigger()
    assert paths.settings.read_text() == "{broken"
    app.actions["theme.light"].trigger()


def test_the_engine_starts_after_the_first_paint(make_app: Callable[[], App], qtbot) -> None:
    app = make_app()
    started_at_paint = []
    app.window.painted.connect(lambda: started_at_paint.append(app.engine.is_ready))
    app.start()
    qtbot.waitUntil(lambda: app.engine.is_ready)
    assert started_at_paint == [False]


def test_the_window_s_process_loads_nothing_heavy() -> None:
    """And no numpy before the first ranking."""
    script = f"""
import sys
from PySide6.QtWidgets import QApplication
import memex.window.app
from memex.window.main_window import MainWindow
from memex.window.replay.pane import SessionPlace
from memex.window.replay.tabs import OpenTab
from memex.window.theme import LIGHT
application = QApplication([])
window = MainWindow(LIGHT)
window.show()
application.processEvents()
print([name for name in {(*HEAVY, "numpy", "sqlite3")!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_settings_file_may_choose_the_theme(make_app: Callable[[], App], paths: LibraryPaths) -> None:
    save_settings(paths.settings, Settings(theme=Theme.DARK))
    app = make_app()
    assert app.appearance.palette is DARK
    assert app.actions["theme.dark"].isChecked()
    app.actions["theme.light"].trigger()


def test_layout_bytes_of_another_version_are_ignored(
    make_app: Callable[[], App], paths: LibraryPaths
) -> None:
    state = WindowState(geometry=b"nonsense", splitters={"across": QByteArray(b"x").data()})
    save_window_state(paths.window_state, state)
    app = make_app()
    app.start()
    assert app.window.width() > 400
