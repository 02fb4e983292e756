"""Starts the window on an indexed library and tells, as JSON, after how many seconds it was of what use."""

import json
import sys
from pathlib import Path

from tests.bench.process_start import seconds_since_start


def main() -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from memex.core.paths import LibraryPaths
    from memex.core.search import LensTable, SearchRequest
    from memex.window.app import App
    from memex.window.worker import EngineHandle, EngineState

    application = QApplication(sys.argv[:1])
    paths = LibraryPaths(Path(sys.argv[1]))
    app = App(application, paths, lambda: EngineHandle(paths), demo_command=(sys.executable,))
    told: dict[str, float] = {}

    def painted() -> None:
        told.setdefault("painted", seconds_since_start())

    def ask() -> None:
        app.engine.search(SearchRequest("linker not found"))

    def answered(table: LensTable) -> None:
        told.setdefault("words", seconds_since_start())
        if table.degraded is None:
            told["vectors"] = seconds_since_start()
            application.quit()
        else:
            QTimer.singleShot(20, ask)

    app.window.painted.connect(painted)
    app.engine.state_changed.connect(lambda state: ask() if state is EngineState.READY else None)
    app.engine.searched.connect(answered)
    app.start()
    application.exec()
    app.stop()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
