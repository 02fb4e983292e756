"""Asks a library's window one query after the other; milliseconds from key press to the model, as JSON.

Without the pause that the window leaves for typing. The engine is a process of its own, and
embeds each query with the real model. With a second folder, what is asked while that is indexed.
"""

import json
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from memex.core.library import Progress
from memex.core.paths import LibraryPaths
from memex.core.search import LensTable, SearchRequest
from memex.window.app import App
from memex.window.worker import EngineHandle, EngineState
from tests.bench.query_texts import query_texts

WARMING = 5


class Asking:
    def __init__(self, application: QApplication, app: App, transcripts: str | None = None) -> None:
        self._application = application
        self._app = app
        self._transcripts = transcripts
        self._left = query_texts()
        self._begun = 0.0
        self.took_ms: list[float] = []
        app.engine.state_changed.connect(self._on_state)
        app.engine.searched.connect(self._on_searched)
        app.engine.job_progressed.connect(self._on_progress)
        app.engine.job_finished.connect(self._on_finished)
        app.window.model.modelReset.connect(self._on_shown)

    def _on_state(self, state: EngineState) -> None:
        if state is EngineState.READY:
            self._app.engine.search(SearchRequest("warm"))

    def _on_searched(self, table: LensTable) -> None:
        """Until the vectors are there, the first query is asked again."""
        if not self._begun:
            if table.degraded is not None:
                self._app.engine.search(SearchRequest("warm"))
            elif self._transcripts:
                self._app.engine.start_indexing((self._transcripts,))
            else:
                self._ask()

    def _on_finished(self) -> None:
        """Of the job that was asked for: the window's own, at its start, ends before the first query."""
        if self._transcripts and self._begun:
            self._application.quit()

    def _on_progress(self, progress: Progress) -> None:
        """From the first transcripts on, which the job has found and begins to read."""
        if self._transcripts and not self._begun and progress.done:
            self._ask()

    def _ask(self) -> None:
        if not self._left:
            self._application.quit()
            return
        self._begun = time.perf_counter()
        self._app.finder.find(self._left.pop())

    def _on_shown(self) -> None:
        if self._begun and self._app.finder.is_answered:
            self.took_ms.append((time.perf_counter() - self._begun) * 1_000)
            self._ask()


def main() -> None:
    application = QApplication(sys.argv[:1])
    paths = LibraryPaths(Path(sys.argv[1]))
    app = App(application, paths, lambda: EngineHandle(paths), demo_command=(sys.executable,))
    asking = Asking(application, app, *sys.argv[2:3])
    app.start()
    application.exec()
    app.stop()
    sys.stdout.write(json.dumps(asking.took_ms[WARMING:]))


if __name__ == "__main__":
    main()
