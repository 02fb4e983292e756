"""How late a 16 ms timer in the window is, idle and while its engine takes in the corpus; as JSON."""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from memex.core.paths import LibraryPaths
from memex.window.app import App
from memex.window.worker import EngineHandle

TICK_MS = 16
IDLE_TICKS = 200


class LatenessTimer(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.late_ms = []
        self._clock.start()
        self._timer.start()

    def _tick(self) -> None:
        self.late_ms.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - TICK_MS))
        self._clock.start()


def main() -> None:
    application = QApplication(sys.argv[:1])
    paths = LibraryPaths(Path(sys.argv[1]))
    app = App(
        application,
        paths,
        lambda: EngineHandle(paths),
        demo_command=(sys.executable,),
        find_agent_folders=list,
    )
    timer = LatenessTimer()
    idle: list[float] = []

    def begin(_: object) -> None:
        app.engine.status_changed.disconnect(begin)
        timer.start()
        QTimer.singleShot(IDLE_TICKS * TICK_MS, index)

    def index() -> None:
        idle.extend(timer.late_ms)
        app.engine.job_finished.connect(application.quit)
        app.engine.start_indexing((sys.argv[2],))
        timer.start()

    app.engine.status_changed.connect(begin)
    app.start()
    application.exec()
    app.stop()
    sys.stdout.write(json.dumps({"idle_ms": idle, "indexing_ms": timer.late_ms}))


if __name__ == "__main__":
    main()
