"""The smaller parts, each by what it shows and emits."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from memex.core.errors import MemexError
from memex.core.lenses import Fusion, Lens, RankOptions, Recency, Weights
from memex.core.library import Health, LibraryStatus, Progress, RepairQueue, Stage
from memex.window import wording
from memex.window.commands import COMMANDS, Command, make_actions
from memex.window.display import require_display
from memex.window.emptiness import INDEX_FOLDER, INDEX_OWN, OPEN_DEMO, EmptyState, Situation, explain
from memex.window.failures import FailuresModel
from memex.window.key_sheet import KeySheet
from memex.window.lens_panel import LensPanel
from memex.window.main_window import shares
from memex.window.remark_strip import Remark
from memex.window.remarks import remark
from memex.window.status_bar import StatusBar, counts_in_words, pace_in_words
from memex.window.theme import LIGHT
from memex.window.worker import EngineState
from tests.window import values

READY = Situation(engine=EngineState.READY)


@pytest.fixture
def panel(qtbot) -> LensPanel:
    panel = LensPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.resize(264, 320)
    panel.show()
    return panel


def test_a_slider_emits_all_weights_as_one_value(panel: LensPanel, qtbot) -> None:
    with qtbot.waitSignal(panel.options_changed) as changed:
        panel.slider(Lens.ERROR).set_weight(1.35)
    assert changed.args == [RankOptions(msgspec.structs.replace(Weights(), error=1.35))]


def test_a_double_click_brings_the_default_back(panel: LensPanel, qtbot) -> None:
    slider = panel.slider(Lens.LATE)
    slider.set_weight(1.8)
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton)
    assert slider.weight == Weights().late


def test_a_click_on_the_track_puts_the_knob_there(panel: LensPanel, qtbot) -> None:
    code, path = panel.slider(Lens.CODE), panel.slider(Lens.PATH)
    qtbot.mouseClick(code, Qt.MouseButton.LeftButton, pos=QPoint(1, 12))
    qtbot.mouseClick(path, Qt.MouseButton.LeftButton, pos=QPoint(path.width() - 1, 12))
    assert (code.weight, path.weight) == (0.0, 2.0)


def test_all_options_are_set_and_reset_and_told_once(panel: LensPanel, qtbot) -> None:
    told = []
    panel.options_changed.connect(told.append)
    options = RankOptions(Weights(content=0, tool=2), Recency(0.0, 365.0), Fusion.DBSF, 0.25, 0.2)
    panel.set_options(options)
    panel.reset()
    assert told == [options, RankOptions()]
    assert panel.options == RankOptions()


def test_the_closed_fold_says_how_the_order_comes_about(panel: LensPanel) -> None:
    order = panel.order_options
    assert order.fold_button.text() == "30 days · Lens fusion"
    panel.set_options(RankOptions(recency=Recency(0.05, 7.0), fusion=Fusion.RRF, diversity=0.5))
    assert order.fold_button.text() == "7 days · RRF fusion · diverse 0.50"
    order.toggle()
    assert order.is_open


def test_commands_and_handlers_must_match(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    with pytest.raises(ValueError, match=r"\['a', 'b'\]"):
        make_actions(parent, (Command("a", "A", "File"),), {"b": int})


def test_no_two_commands_share_a_key() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def test_the_key_sheet_names_every_command_that_has_a_key(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    sheet = KeySheet(parent)
    shown = sheet.texts()
    assert {command.title for command in COMMANDS if command.keys} <= shown


@pytest.mark.parametrize(
    ("situation", "headline", "offers"),
    [
        (Situation(), "Opening the library…", ()),
        (Situation(EngineState.RESTARTING), "The engine is restarting.", ()),
        (Situation(EngineState.GONE), "The library cannot be opened.", ()),
        (
            Situation(EngineState.READY, values.EMPTY, count=0, has_agent_folders=True),
            "There are no sessions in this library yet.",
            (INDEX_OWN, INDEX_FOLDER, OPEN_DEMO),
        ),
        (
            Situation(EngineState.READY, values.EMPTY, count=0),
            "There are no sessions in this library yet.",
            (INDEX_FOLDER, OPEN_DEMO),
        ),
        (Situation(EngineState.READY, values.FIRST_READ, count=0), "Reading your sessions…", ()),
        (
            Situation(EngineState.READY, values.INDEXED, "toaster", 0),
            "Nothing found for “toaster”.",
            ("search.clear",),
        ),
        (Situation(EngineState.READY, values.INDEXED, "toaster", None), "Searching…", ()),
    ],
)
def test_emptiness_is_explained(situation: Situation, headline: str, offers: tuple[str, ...]) -> None:
    emptiness = explain(situation)
    assert (emptiness.headline, emptiness.offers) == (headline, offers)


def test_what_is_shown_stays_while_the_engine_restarts() -> None:
    assert explain(Situation(EngineState.RESTARTING, values.INDEXED, "linker", 20)) is None


def test_nothing_found_says_how_it_was_searched() -> None:
    by_words = explain(Situation(EngineState.READY, values.FAILING, "toaster", 0))
    by_both = explain(Situation(EngineState.READY, values.INDEXED, "toaster", 0))
    assert "by their words only" in by_words.detail
    assert "by their words and by meaning" in by_both.detail


def test_an_offer_asks_for_its_command(qtbot) -> None:
    empty = EmptyState()
    qtbot.addWidget(empty)
    empty.show_emptiness(explain(Situation(EngineState.READY, values.EMPTY, count=0)))
    empty.show()
    (first, _) = [button for button in empty.findChildren(QPushButton) if button.isVisible()]
    with qtbot.waitSignal(empty.wanted) as wanted:
        first.click()
    assert wanted.args == [INDEX_FOLDER]


def test_the_status_line_tells_counts_and_pace() -> None:
    assert (
        counts_in_words(values.BUSY) == "1,204 sessions · 1,204 with text · 1,170 with vectors · 34 waiting"
    )
    assert counts_in_words(values.EMPTY) == "No sessions yet"
    assert pace_in_words(values.EMBEDDING) == "embedding 1,170 of 1,204 sessions · 21/s · 2 s left"
    paused = msgspec.structs.replace(values.EMBEDDING, paused=True)
    assert pace_in_words(paused).startswith("paused · ")


def test_a_job_can_be_paused_resumed_and_cancelled(qtbot) -> None:
    bar = StatusBar(LIGHT)
    qtbot.addWidget(bar)
    bar.show_status(values.BUSY)
    with qtbot.waitSignal(bar.pause_wanted):
        bar.hold_button.click()
    bar.show_job(msgspec.structs.replace(values.EMBEDDING, paused=True))
    with qtbot.waitSignal(bar.resume_wanted):
        bar.hold_button.click()
    with qtbot.waitSignal(bar.cancel_wanted):
        bar.cancel_button.click()
    bar.show_job(None)
    assert bar.hold_button.isHidden()


def test_the_engine_s_state_comes_before_what_the_library_lacks(qtbot) -> None:
    bar = StatusBar(LIGHT)
    qtbot.addWidget(bar)
    bar.show_status(values.FAILING)
    bar.show_state(EngineState.RESTARTING)
    assert "restarting" in bar.sentence
    bar.show_state(EngineState.READY)
    assert bar.sentence == values.DEGRADED


def test_failures_are_listed_with_reasons(qtmodeltester) -> None:
    model = FailuresModel()
    model.show(values.FAILURES)
    qtmodeltester.check(model)
    assert model.index(0, 0).data() == "The file is empty."


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=7), "7 h ago"),
        (timedelta(days=3), "3 d ago"),
        (timedelta(days=21), "3 w ago"),
        (timedelta(days=100), "3 mo ago"),
        (timedelta(days=800), "2 y ago"),
        (timedelta(days=-1), "just now"),
    ],
)
def test_ages(before: timedelta, words: str) -> None:
    assert wording.age(values.NOW - before, values.NOW) == words
    assert wording.age(None, values.NOW) == ""


def test_durations_and_scores_are_short() -> None:
    assert [wording.seconds_in_words(s) for s in (2, 840, 11_100, 187_200)] == [
        "2 s",
        "14 min",
        "3 h 05 min",
        "2 d 4 h",
    ]
    assert [wording.score(s) for s in (0.614, 0.0, 1.04)] == [".61", ".00", "1.04"]


def test_a_search_that_only_meaning_answers_says_so() -> None:
    found = Situation(EngineState.READY, values.INDEXED, "toaster", 20)
    assert remark(found) == Remark()
    assert "nearest in meaning" in remark(replace(found, has_words=False)).sentence
    assert remark(replace(found, has_words=False, count=0)) == Remark()


def test_a_missing_model_is_offered_for_download_and_its_bytes_are_counted(qtbot) -> None:
    bar = StatusBar(LIGHT)
    qtbot.addWidget(bar)
    bar.show()
    missing = msgspec.structs.replace(values.INDEXED, model_missing=True)
    bar.show_status(missing)
    with qtbot.waitSignal(bar.model_wanted):
        bar.model_button.click()
    download = Progress(Stage.DOWNLOAD, 45_400_000, 91_335_235, "bytes")
    bar.show_status(msgspec.structs.replace(missing, job=download))
    assert not bar.model_button.isVisible()
    assert pace_in_words(download) == "downloading the model 45 of 91 MB"
    bar.show_job(Progress(Stage.DOWNLOAD, 2**33, 2**34, "bytes"))  # more than a Qt range can hold


@pytest.mark.parametrize("width", [1_024, 1_440, 2_560])
def test_the_default_widths_fill_the_window_and_favour_the_replay(width: int) -> None:
    left, results, replay = shares(width)
    assert left + results + replay == width
    assert left < results < replay


def test_without_a_screen_one_sentence_is_said_instead_of_an_abort(monkeypatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(MemexError, match="no screen"):
        require_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    require_display()


WAITING = LibraryStatus(
    home="/home/ada/.local/share/memex",
    sessions=1204,
    indexed=1170,
    waiting=34,
    backend="http://localhost:6333",
    health=Health.DEGRADED,
    degraded="The Qdrant server cannot be reached: start it.",
    repairs=RepairQueue(34, values.NOW, "The Qdrant server cannot be reached: start it."),
)


def test_the_status_line_tells_what_the_index_lacks_and_where_it_is(qtbot) -> None:
    bar = StatusBar(LIGHT)
    qtbot.addWidget(bar)
    bar.show_state(EngineState.READY)
    bar.show_status(WAITING)
    assert bar.sentence == "The Qdrant server cannot be reached: start it."
    assert counts_in_words(WAITING).endswith(f"34 waiting since {values.NOW.astimezone():%H:%M}")
    assert bar.where == "localhost:6333 · degraded"
    bar.show_took(12)
    bar.show_status(values.INDEXED)
    assert (bar.sentence, bar.where) == ("", "embedded · all-minilm-l6-v2 · 12 ms")
