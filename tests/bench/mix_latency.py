"""Runs one mix after the other in a library's window; milliseconds from the click to the model, as JSON."""

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from memex.core.filters import Filters
from memex.core.mixing import MarkedSession, MixRequest, SavedMix
from memex.core.paths import LibraryPaths
from memex.core.search import LensTable, SearchRequest
from memex.engine.protocol import ListSessions, Reply, SessionList
from memex.window.app import App
from memex.window.worker import EngineHandle, EngineState
from tests.bench.mixing import mixes

WARMING = 5


class Mixing:
    def __init__(self, application: QApplication, app: App) -> None:
        self._application = application
        self._app = app
        self._left: list[MixRequest] = []
        self._begun = 0.0
        self.took_ms: list[float] = []
        app.engine.state_changed.connect(self._on_state)
        app.engine.searched.connect(self._on_searched)

    def _on_state(self, state: EngineState) -> None:
        if state is EngineState.READY:
            self._app.engine.search(SearchRequest("warm"))

    def _on_searched(self, table: LensTable) -> None:
        """Until the vectors are there, it is asked again."""
        if table.degraded is not None:
            self._app.engine.search(SearchRequest("warm"))
        elif not self._left:
            self._app.engine.ask(ListSessions(Filters(), 100_000), self._begin)

    def _begin(self, reply: Reply) -> None:
        assert isinstance(reply, SessionList)
        self._left = mixes(reply.cards)
        self._app.mixing.open()
        self._app.mixing.dialog.model.modelReset.connect(self._on_shown)
        QTimer.singleShot(0, self._app, self._run)  # after what is drawn of the last

    def _run(self) -> None:
        if not self._left:
            self._application.quit()
            return
        request = self._left.pop()
        likes, unlikes = (tuple(map(MarkedSession, side)) for side in (request.likes, request.unlikes))
        self._app.mixing.dialog.load(SavedMix(likes, unlikes))
        self._begun = time.perf_counter()
        self._app.mixing.dialog.run_button.click()

    def _on_shown(self) -> None:
        self.took_ms.append((time.perf_counter() - self._begun) * 1_000)
        QTimer.singleShot(0, self._app, self._run)  # after what is drawn of the last


def main() -> None:
    application = QApplication(sys.argv[:1])
    paths = LibraryPaths(Path(sys.argv[1]))
    app = App(application, paths, lambda: EngineHandle(paths), demo_command=(sys.executable,))
    mixing = Mixing(application, app)
    app.start()
    application.exec()
    app.stop()
    sys.stdout.write(json.dumps(mixing.took_ms[WARMING:]))


if __name__ == "__main__":
    main()
