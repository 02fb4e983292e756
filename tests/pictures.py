"""Draws the main states of the window to docs/pictures: `python -m tests.pictures [FOLDER [NAME…]]`.

The real engine over the demo library, at one fixed moment, so that the same code draws the same pictures.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):
    time.tzset()

import msgspec
from filelock import FileLock
from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from memex.catalog.catalog import Catalog
from memex.core.errors import DiskFullError
from memex.core.filters import Field
from memex.core.lenses import Fusion, RankOptions
from memex.core.library import FileFailure, Progress, Stage
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.core.replay import FindRequest
from memex.core.settings import Settings, Theme, load_settings, save_settings
from memex.embedding.minilm import DIMENSION
from memex.embedding.prepared import Variant
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256
from memex.engine.client import attach_or_start
from memex.library.demo_library import prepare_demo
from memex.window.app import App
from memex.window.arrangement import Grouping
from memex.window.results_model import Verdict
from memex.window.worker import EngineHandle

NOW = datetime(2026, 3, 17, 15, 30, tzinfo=UTC)
PATIENCE_MS = 60_000
QUERY = "rust ci image: linker missing, exit 101"
QUERY_OF_EDIT = "delivery date one day early toIsoDate"
Pose = Callable[[App], None]


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    theme: Theme
    pose: Pose
    size: tuple[int, int] = (1440, 900)
    is_empty: bool = False
    """Of a library in which there is nothing yet."""


def stand_still(app: App) -> None:
    """The state that the window starts in."""


def search(app: App, query: str) -> None:
    app.window.search_box.set_text(query)
    settle(lambda: app.finder.is_answered)


def search_and_open(app: App, query: str = QUERY) -> None:
    search(app, query)
    app.window.results.open_current()
    settle(lambda: app.window.replay.current is not None)
    app.window.results.setFocus()


def open_at_an_edit(app: App) -> None:
    search_and_open(app, QUERY_OF_EDIT)
    outline = app.window.replay.active.outline
    assert outline is not None
    app.window.replay.active.player.seek(next(turn.index for turn in outline.turns if turn.has_edit))
    app.window.focus_replay()


def find_in_tabs(app: App) -> None:
    """Two sessions open, and an expression found in the one in front."""
    search_and_open(app, QUERY_OF_EDIT)
    search(app, QUERY)
    app.actions["session.open_tab"].trigger()
    settle(lambda: len(app.window.replay.panes) == 2 and app.window.replay.current is not None)
    app.window.focus_replay()
    app.window.replay.active.open_find()
    app.window.replay.active.find_bar.look_for(FindRequest(r"link\w+|cargo", is_regex=True))
    settle(lambda: bool(app.window.replay.active.finding.turns))


def search_in_vain(app: App) -> None:
    search(app, "zzyzx")


def index(app: App) -> None:
    """Half-way, at figures that are the same each time."""
    app.window.search_box.setFocus()
    before = app.watch.situation.status
    assert before is not None
    job = Progress(Stage.EMBED, 170, 281, "texts", per_second=62.0, seconds_left=2.0)
    app.engine.status_changed.emit(msgspec.structs.replace(before, with_vectors=21, indexed=21, job=job))


def fail(app: App) -> None:
    """What cannot be brought about on a sound machine comes in by the engine's own signals."""
    search_and_open(app)
    before = app.watch.situation.status
    assert before is not None
    folder = "~/.claude/projects/-home-robin-work-ferry"
    failed = (FileFailure(f"{folder}/1274c5f3.jsonl", "Permission denied"),)
    degraded = "The embedding model is not on this machine: search runs on words alone."
    status = msgspec.structs.replace(
        before, failed=failed, degraded=degraded, model_missing=True, with_vectors=0
    )
    app.engine.status_changed.emit(status)
    app.engine.failed.emit(
        DiskFullError("There is no room left on the disk of ~/memex: free some, then choose File > Rescan.")
    )


def show_keys(app: App) -> None:
    search_and_open(app)
    app.actions["help.keys"].trigger()


def open_facets(app: App) -> None:
    app.window.facet_panel.set_expanded([Field.PROJECT, Field.OUTCOME])
    search(app, f"{QUERY} project:ferry,skylark")
    app.window.focus_pane("filters")


def complete(app: App) -> None:
    search(app, "linker missing")
    app.window.search_box.setFocus()
    QTest.keyClicks(QApplication.focusWidget(), " project:")
    settle(lambda: bool(app.window.search_box.choices.titles))
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)


def mistype(app: App) -> None:
    search(app, "linker outcome:sunny projct:ferry")
    app.window.search_box.setFocus()
    settle(lambda: bool(app.window.search_box.problem))


def explain(app: App) -> None:
    search_and_open(app)
    results = app.window.results
    place = results.visualRect(results.currentIndex()).center()
    tip = str(results.currentIndex().data(Qt.ItemDataRole.ToolTipRole))
    QToolTip.showText(results.viewport().mapToGlobal(place), tip, results.viewport())
    settle(lambda: bool(tooltips()))


def group(app: App) -> None:
    search_and_open(app)
    app.window.results_bar.choose_grouping(Grouping.PROJECT)
    settle(lambda: bool(app.window.model.header_rows()))


def mark_and_unfold(app: App) -> None:
    """Sub-agents below their session, and a mark."""
    search(app, "deadlock between the job queue and the stats lock")
    app.window.results.setFocus()
    app.window.results.toggle_current(wanted=True)
    app.window.results.judge_current(Verdict.LIKED)


def miss(app: App) -> None:
    search(app, "quantum chromodynamics lattice gauge project:ferry")


def fuse_by_rank(app: App) -> None:
    search_and_open(app)
    options = RankOptions(fusion=Fusion.RRF, diversity=0.3, error_boost=0.1)
    app.window.lens_panel.set_options(options)
    app.window.lens_panel.order_options.set_open(True)


def show_commands(app: App) -> None:
    search(app, QUERY)
    app.actions["help.commands"].trigger()
    QTest.keyClicks(QApplication.focusWidget(), "re")


def brush(app: App) -> None:
    """A period of the timeline, with the keyboard in it."""
    strip = app.window.timeline
    settle(strip.isVisible)
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Left)
    for _ in range(9):
        QTest.keyClick(strip, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)


def open_map(app: App) -> None:
    app.actions["map.toggle"].trigger()
    settle(lambda: app.mapping.pane is not None and app.mapping.pane.data is not None)
    rest()


def map_radial(app: App) -> None:
    search(app, QUERY)
    open_map(app)
    pane = app.mapping.pane
    assert pane is not None
    pane.layouts.setCurrentIndex(1)
    pane.layouts.activated.emit(1)


def map_lasso(app: App) -> None:
    open_map(app)
    pane = app.mapping.pane
    assert pane is not None
    pane.lasso.setChecked(True)
    canvas = pane.canvas.viewport()
    wide, high = canvas.width(), canvas.height()
    corners = [(0.1, 0.1), (0.55, 0.1), (0.5, 0.5), (0.1, 0.6)]
    points = [QPoint(round(x * wide), round(y * high)) for x, y in corners]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=points[-1])


def map_cluster(app: App) -> None:
    open_map(app)
    pane = app.mapping.pane
    assert pane is not None
    table = pane.table.currentWidget()
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)


def map_half_grown(app: App) -> None:
    open_map(app)
    pane = app.mapping.pane
    assert pane is not None
    pane.growth.setValue(pane.growth.maximum() // 2)
    pane.table.setCurrentIndex(pane.table.count() - 1)


SMALL, LARGE = (1024, 700), (2560, 1440)
PICTURES = (
    Picture("window-light", Theme.LIGHT, search_and_open),
    Picture("window-dark", Theme.DARK, search_and_open),
    Picture("window-small-light", Theme.LIGHT, search_and_open, SMALL),
    Picture("window-large-dark", Theme.DARK, search_and_open, LARGE),
    Picture("replay-diff-light", Theme.LIGHT, open_at_an_edit),
    Picture("replay-find-dark", Theme.DARK, find_in_tabs),
    Picture("replay-find-small-light", Theme.LIGHT, find_in_tabs, SMALL),
    Picture("replay-find-large-light", Theme.LIGHT, find_in_tabs, LARGE),
    Picture("nothing-found-dark", Theme.DARK, search_in_vain),
    Picture("indexing-light", Theme.LIGHT, index),
    Picture("failing-dark", Theme.DARK, fail),
    Picture("keys-light", Theme.LIGHT, show_keys),
    Picture("keys-small-dark", Theme.DARK, show_keys, SMALL),
    Picture("empty-light", Theme.LIGHT, stand_still, is_empty=True),
    Picture("facets-light", Theme.LIGHT, open_facets),
    Picture("facets-small-dark", Theme.DARK, open_facets, SMALL),
    Picture("completion-dark", Theme.DARK, complete),
    Picture("query-error-small-light", Theme.LIGHT, mistype, SMALL),
    Picture("explanation-light", Theme.LIGHT, explain),
    Picture("explanation-dark", Theme.DARK, explain),
    Picture("nothing-close-light", Theme.LIGHT, miss),
    Picture("grouped-large-light", Theme.LIGHT, group, LARGE),
    Picture("unfolded-dark", Theme.DARK, mark_and_unfold),
    Picture("rrf-small-light", Theme.LIGHT, fuse_by_rank, SMALL),
    Picture("rrf-large-dark", Theme.DARK, fuse_by_rank, LARGE),
    Picture("commands-dark", Theme.DARK, show_commands),
    Picture("map-light", Theme.LIGHT, map_cluster),
    Picture("map-radial-dark", Theme.DARK, map_radial),
    Picture("map-lasso-small-light", Theme.LIGHT, map_lasso, SMALL),
    Picture("map-half-grown-large-dark", Theme.DARK, map_half_grown, LARGE),
    Picture("timeline-light", Theme.LIGHT, brush),
    Picture("timeline-small-dark", Theme.DARK, brush, SMALL),
    Picture("timeline-large-light", Theme.LIGHT, brush, LARGE),
)


def settle(done: Callable[[], bool], patience_ms: int = PATIENCE_MS) -> None:
    """Run the event loop until it is so; a picture of a state that does not come is an error."""
    deadline = QDeadlineTimer(patience_ms)
    while not done():
        if deadline.hasExpired():
            raise TimeoutError("the window did not get into the state of the picture")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def rest(milliseconds: int = 150) -> None:
    """For what is laid out or built in later turns of the event loop."""
    settle(QDeadlineTimer(milliseconds).hasExpired)


@contextmanager
def libraries() -> Iterator[tuple[LibraryPaths, LibraryPaths]]:
    """The demo library, which the first window indexes, and an empty one; their engines are at work."""
    with tempfile.TemporaryDirectory(prefix="memex-pictures-") as folder:
        os.environ["HOME"] = os.environ["USERPROFILE"] = folder  # the window shows it as ~
        full = LibraryPaths(prepare_demo(Path(folder, "memex"), NOW))
        empty = LibraryPaths(Path(folder, "empty"))
        save_settings(empty.settings, Settings())
        engines = []
        for paths in (full, empty):
            with Catalog(paths.catalog) as catalog, catalog.transaction():
                # Not the one that this machine is found to run faster.
                catalog.vectors.want(ModelSignature(MODEL_NAME, DIMENSION, WEIGHTS_SHA256, Variant.INT8))
            engines.append(attach_or_start(paths))
        yield full, empty
        for engine in engines:
            engine.close()
        for paths in (full, empty):
            with FileLock(paths.lock, timeout=PATIENCE_MS / 1_000):
                pass  # its engine has ended


def tooltips() -> list[QWidget]:
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and widget.windowType() == Qt.WindowType.ToolTip
    ]


def grabbed(window: QWidget) -> QPixmap:
    """With the tooltip over it, which is a window of its own."""
    picture = window.grab()
    painter = QPainter(picture)
    for tip in tooltips():
        painter.drawPixmap(window.mapFromGlobal(tip.pos()), tip.grab())
    painter.end()
    return picture


def take(application: QApplication, picture: Picture, paths: LibraryPaths, folder: Path) -> None:
    settings = msgspec.structs.replace(load_settings(paths.settings), theme=picture.theme, animations=False)
    save_settings(paths.settings, settings)
    paths.window_state.unlink(missing_ok=True)
    app = App(
        application,
        paths,
        partial(EngineHandle, paths),
        demo_command=(sys.executable, "--version"),
        find_agent_folders=lambda: (Path("~/.claude/projects"),),
        clock=lambda: NOW,
    )
    finished: list[object] = []
    app.engine.job_finished.connect(finished.append)
    app.window.resize(*picture.size)
    app.start()
    settle(lambda: app.watch.situation.count is not None and (picture.is_empty or bool(finished)))
    picture.pose(app)
    rest()
    app.window.status_bar.show_took(None)  # the one figure that is never the same
    rest()
    grabbed(app.window).save(str(folder / f"{picture.name}.png"))
    QToolTip.hideText()
    app.window.close()
    app.window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    wanted = frozenset(sys.argv[2:])
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    application.setCursorFlashTime(0)
    with libraries() as (full, empty):
        for picture in PICTURES:
            if wanted and picture.name not in wanted:
                continue
            take(application, picture, empty if picture.is_empty else full, folder)


if __name__ == "__main__":
    main()
