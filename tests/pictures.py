"""Renders the main states of the window to docs/pictures: `python -m tests.pictures [FOLDER]`."""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from memex.core.errors import SettingsError
from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, Theme, save_settings
from memex.window.app import App
from tests.window import values
from tests.window.fakes import FakeEngine, FakeLibrary

SETTLED_MS = 2_000
QUERY = "linker `cc` not found"
Pose = Callable[[App], None]


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    theme: Theme
    library: FakeLibrary
    pose: Pose
    size: tuple[int, int] = (1440, 900)


def found() -> FakeLibrary:
    return FakeLibrary(tables={QUERY: values.make_table(QUERY)})


def stand_still(app: App) -> None:
    """The state that the window starts in."""


def search(app: App) -> None:
    app.window.search_box.set_text(QUERY)


def search_and_open(app: App) -> None:
    search(app)
    settle(app, lambda: app.window.results.current_row is not None and bool(app.finder.text))
    settle(app, lambda: app.window.model.row(0).score is not None)
    app.window.results.open_current()
    settle(app, lambda: app.window.replay.current is not None)
    app.window.results.setFocus()


def search_in_vain(app: App) -> None:
    app.window.search_box.set_text("quantum toaster")


def fail(app: App) -> None:
    search_and_open(app)
    app.errors.take(
        SettingsError("Settings could not be read: correct or remove /home/ada/memex/settings.json.")
    )


def show_keys(app: App) -> None:
    search_and_open(app)
    app.actions["help.keys"].trigger()


def pictures() -> tuple[Picture, ...]:
    light, dark = Theme.LIGHT, Theme.DARK
    busy = FakeLibrary(status=values.BUSY, tables={QUERY: values.make_table(QUERY)})
    failing = FakeLibrary(status=values.FAILING, tables={QUERY: values.make_table(QUERY)})
    return (
        Picture("window-light", light, found(), search_and_open),
        Picture("window-dark", dark, found(), search_and_open),
        Picture("window-small-light", light, found(), search_and_open, (1024, 700)),
        Picture("window-large-dark", dark, found(), search_and_open, (2560, 1440)),
        Picture("empty-light", light, FakeLibrary(status=values.EMPTY, cards=()), stand_still),
        Picture("nothing-found-dark", dark, FakeLibrary(), search_in_vain),
        Picture("indexing-light", light, busy, stand_still),
        Picture("failing-dark", dark, failing, fail),
        Picture("keys-light", light, found(), show_keys),
    )


def settle(app: App, done: Callable[[], bool]) -> None:
    """Run the event loop until it is so; a picture of a state that does not come is an error."""
    deadline = QDeadlineTimer(SETTLED_MS)
    while not done():
        if deadline.hasExpired():
            raise TimeoutError("the window did not get into the state of the picture")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def take(application: QApplication, picture: Picture, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        paths = LibraryPaths(Path(home))
        save_settings(paths.settings, Settings(theme=picture.theme, animations=False))
        app = App(
            application,
            paths,
            lambda: FakeEngine(picture.library),
            demo_command=(sys.executable, "--version"),
            find_agent_folders=lambda: (Path("/home/ada/.claude/projects"),),
            clock=lambda: values.NOW,
        )
        app.window.resize(*picture.size)
        app.start()
        settle(app, lambda: app.watch.situation.count is not None)
        picture.pose(app)
        rest = QDeadlineTimer(150)
        settle(app, rest.hasExpired)
        app.window.grab().save(str(folder / f"{picture.name}.png"))
        app.window.close()
        app.window.deleteLater()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    for picture in pictures():
        take(application, picture, folder)


if __name__ == "__main__":
    main()
