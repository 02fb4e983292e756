"""How long it takes from a step to the repainted window: the bench prints it, a test bounds it."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from PySide6.QtWidgets import QApplication

from memex.core.lenses import Lens
from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, save_settings
from memex.window.app import App
from memex.window.replay.pane import ReplayPane
from memex.window.theme import LIGHT
from tests.window import values
from tests.window.fakes import FakeEngine, FakeLibrary
from tests.window.replay.answering import Answering
from tests.window.replay.sessions import long_session, outline_of

QUERY = "linker"
PANE_SIZE = (1_000, 820)
"""Wide enough for the list of turns with their gists."""


def slider_step_ms(
    application: QApplication,
    candidates: int = 1_000,
    steps: int = 100,
    clock: Callable[[], float] = perf_counter,
) -> list[float]:
    """Milliseconds per step over that many candidates, in a window of the default size, without glides.

    `time.thread_time` as the clock leaves out what other processes take of a shared machine.
    """
    library = FakeLibrary(tables={QUERY: values.make_table(QUERY, candidates)})
    with tempfile.TemporaryDirectory() as home:
        paths = LibraryPaths(Path(home))
        save_settings(paths.settings, Settings(animations=False))
        app = App(application, paths, lambda: FakeEngine(library), demo_command=(sys.executable,))
        app.start()
        app.window.search_box.set_text(QUERY)
        while app.window.model.rowCount() != candidates:
            application.processEvents()
        application.processEvents()
        taken = [_step(application, app, step, clock) for step in range(steps)]
        app.window.close()
        app.window.deleteLater()
    return taken


def _step(application: QApplication, app: App, step: int, clock: Callable[[], float]) -> float:
    lens = list(Lens)[step % len(Lens)]
    slider = app.window.lens_panel.slider(lens)
    start = clock()
    slider.setValue((slider.value() + 3) % slider.maximum())
    application.processEvents()
    return (clock() - start) * 1_000


def replay_step_ms(
    application: QApplication,
    turns: int = 5_000,
    steps: int = 200,
    clock: Callable[[], float] = perf_counter,
) -> list[float]:
    """Milliseconds per step forward through a session of so many turns, whose pages come at once."""
    session = long_session(turns)
    pane = ReplayPane(LIGHT)
    Answering(pane, session)
    pane.resize(*PANE_SIZE)
    pane.show()
    pane.show_session(outline_of(session), turn=turns // 2)
    application.processEvents()
    taken = []
    for _ in range(steps):
        start = clock()
        pane.player.step(1)
        application.processEvents()
        taken.append((clock() - start) * 1_000)
    pane.close()
    pane.deleteLater()
    return taken


def percentile(values_ms: list[float], share: float) -> float:
    return sorted(values_ms)[round(share * (len(values_ms) - 1))]
