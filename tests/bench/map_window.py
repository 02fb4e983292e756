"""The map in a real window: from the key to a map that can be moved, then panning and zooming; as JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from memex.core.paths import LibraryPaths
from memex.window.app import App
from memex.window.map.canvas import Canvas
from memex.window.worker import EngineHandle
from tests.bench.lateness import LatenessTimer

FRAMES = 60
IDLE_TICKS = 100


def main() -> None:
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    paths = LibraryPaths(Path(sys.argv[1]))
    app = App(
        application,
        paths,
        lambda: EngineHandle(paths),
        demo_command=(sys.executable,),
        find_agent_folders=list,
    )
    app.window.resize(1440, 900)
    app.start()
    until(lambda: app.window.model.rowCount() > 0)
    until(lambda: bool(app.watch.situation.status) and not app.watch.situation.status.degraded)
    idle = LatenessTimer()
    idle.start()
    until(lambda: len(idle.late_ms) >= IDLE_TICKS)
    opened = open_map(app)
    frames, frames_cpu = move(app.mapping.pane.canvas)
    app.stop()
    sys.stdout.write(
        json.dumps({**opened, "idle_ms": idle.late_ms, "frame_ms": frames, "frame_cpu_ms": frames_cpu})
    )


def open_map(app: App) -> dict[str, object]:
    timer = LatenessTimer()
    timer.start()
    began, cpu = time.perf_counter(), time.process_time()
    app.actions["map.toggle"].trigger()
    until(lambda: app.mapping.pane is not None and app.mapping.pane.data is not None)
    used = time.process_time() - cpu
    app.mapping.pane.canvas.grab()
    return {
        "nodes": len(app.mapping.pane.data.cards),
        "movable_s": time.perf_counter() - began,
        "window_cpu_s": used,
        "late_ms": timer.late_ms,
    }


def move(canvas: Canvas) -> tuple[list[float], list[float]]:
    """Milliseconds a frame, and of those on the processor."""
    frames, frames_cpu = [], []
    for frame in range(FRAMES):
        if frame % 2:
            canvas.pan(0.01, 0.005)
        else:
            canvas.zoom(1.05 if frame < FRAMES / 2 else 0.95)
        start, start_cpu = time.perf_counter(), time.process_time()
        canvas.grab()
        frames.append(1e3 * (time.perf_counter() - start))
        frames_cpu.append(1e3 * (time.process_time() - start_cpu))
    return frames, frames_cpu


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        QApplication.processEvents()
        time.sleep(0.001)


if __name__ == "__main__":
    main()
