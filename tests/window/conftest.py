"""A window over an engine of the test's own."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, save_settings
from memex.window.app import App
from tests.window import values
from tests.window.fakes import FakeEngine, FakeLibrary

QUERY = "linker `cc` not found"


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary(tables={QUERY: values.make_table(QUERY)})


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    paths = LibraryPaths(tmp_path / "library")
    save_settings(paths.settings, Settings(animations=False))
    return paths


@pytest.fixture
def make_app(qapp: QApplication, paths: LibraryPaths, library: FakeLibrary) -> Iterator[Callable[[], App]]:
    made: list[App] = []

    def make() -> App:
        app = App(
            qapp,
            paths,
            lambda: FakeEngine(library),
            demo_command=(sys.executable, "--version"),
            find_agent_folders=lambda: (Path("projects"),),
            clock=lambda: values.NOW,
        )
        made.append(app)
        return app

    yield make
    for app in made:
        app.window.close()
        app.window.deleteLater()  # Qt styles every window that is alive, shown or not
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def app(make_app: Callable[[], App], qtbot) -> App:
    """Started, and with its list of newest sessions."""
    app = make_app()
    app.start()
    qtbot.waitExposed(app.window)
    qtbot.waitUntil(lambda: app.window.model.rowCount() > 0 or bool(app.watch.situation.status))
    qtbot.waitUntil(lambda: app.watch.situation.count is not None)
    return app
