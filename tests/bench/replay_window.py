"""What the window does with a long session: opening, stepping, scrolling and playing; as JSON.

A real pane and its real engine; opening is timed from the bytes of the reply on, which is where it begins.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from memex.core.paths import LibraryPaths
from memex.engine.protocol import EngineFrame, Reply, Request, decode, encode
from memex.engine.replay_messages import GetTurns, OpenSession, SessionOpened
from memex.window.replay.pane import ReplayPane
from memex.window.replay.turn_cache import PAGE
from memex.window.style import dress
from memex.window.theme import LIGHT
from memex.window.worker import EngineHandle, EngineState
from tests.bench.figures import Figure, percentile, spread
from tests.bench.lateness import LatenessTimer
from tests.bench.window import run_offscreen

ROUNDS = 7
STEPS = 300
SCROLL_MS, PLAY_MS, IDLE_MS = 5_000, 12_000, 3_000
SCROLL_BY = 60
"""Pixels a tick: two rows."""
FRAME_MS = 16


class Measured(msgspec.Struct):
    decode_ms: list[float]
    first_turn_ms: list[float]
    list_ms: list[float]
    step_ms: list[float]
    idle_ms: list[float]
    scroll_ms: list[float]
    play_ms: list[float]
    turns: int


def figures(home: Path, session: str) -> Iterator[Figure]:
    got = msgspec.json.decode(run_offscreen("tests.bench.replay_window", home, Path(session)), type=Measured)
    name = f"replay window, {got.turns:,} turns"
    raw = f"decoding alone {percentile(got.decode_ms, 0.5):.1f} ms"
    for what, taken, limit in (
        ("first turn painted", got.first_turn_ms, 50),
        ("list usable", got.list_ms, 150),
    ):
        median = percentile(taken, 0.5)
        yield Figure(
            f"{name}: {what}",
            f"{median:.1f}, worst {max(taken):.1f} ms",
            f"≤ {limit} ms",
            median <= limit,
            raw,
        )
    holds = percentile(got.step_ms, 0.95) <= FRAME_MS
    yield Figure(f"{name}: step (50/95/99/max)", spread(got.step_ms), "p95 ≤ 16 ms", holds)
    idle = f"idle {spread(got.idle_ms)}"
    for what, late in (("scrolling", got.scroll_ms), ("playing at 8×", got.play_ms)):
        holds = percentile(late, 0.99) <= FRAME_MS
        yield Figure(f"{name}: lateness {what}", spread(late), "p99 ≤ 16 ms", holds, idle)


class Bench:
    def __init__(self, application: QApplication, engine: EngineHandle) -> None:
        self._application = application
        self._engine = engine

    def run(self, session: str) -> Measured:
        opened = self._answer(OpenSession(session))
        assert isinstance(opened, SessionOpened)
        key, count = opened.outline.card.key, len(opened.outline.turns)
        page = encode(EngineFrame(self._answer(GetTurns(key, 0, PAGE)), 2))
        outline = encode(EngineFrame(opened, 1))
        rounds = [self._open(outline, page) for _ in range(ROUNDS)]
        pane = self._pane()
        pane.set_ask(self._engine.ask)
        pane.show_session(opened.outline, count // 2)
        self._until(lambda: pane.turn is not None)
        return Measured(
            decode_ms=[one[0] for one in rounds],
            first_turn_ms=[one[1] for one in rounds],
            list_ms=[one[2] for one in rounds],
            step_ms=[self._step(pane) for _ in range(STEPS)],
            idle_ms=self._late(IDLE_MS, lambda: None),
            scroll_ms=self._late(SCROLL_MS, self._scroller(pane)),
            play_ms=self._late(PLAY_MS, self._player(pane)),
            turns=count,
        )

    def _open(self, outline: bytes, page: bytes) -> tuple[float, float, float]:
        """Milliseconds after the reply's first byte: decoded, first turn painted, list at its last row."""
        pane = self._pane()
        pane.set_ask(lambda request, answer: _decoded(page, answer) if _is_first(request) else None)
        self._application.processEvents()
        start = time.perf_counter()
        frame = decode(outline, EngineFrame)
        decoded = time.perf_counter()
        assert isinstance(frame.body, SessionOpened)
        pane.show_session(frame.body.outline)
        self._application.processEvents()
        painted = time.perf_counter()
        assert pane.turn is not None
        pane._list.scrollToBottom()
        self._application.processEvents()
        usable = time.perf_counter()
        pane.leave()
        pane.close()
        pane.deleteLater()
        return tuple((moment - start) * 1e3 for moment in (decoded, painted, usable))  # type: ignore[return-value]

    def _step(self, pane: ReplayPane) -> float:
        start = time.perf_counter()
        pane.player.step(1)
        self._application.processEvents()
        return (time.perf_counter() - start) * 1e3

    def _scroller(self, pane: ReplayPane) -> Callable[[], None]:
        bar = pane._list.verticalScrollBar()
        bar.setValue(0)
        return lambda: bar.setValue(bar.value() + SCROLL_BY)

    def _player(self, pane: ReplayPane) -> Callable[[], None]:
        pane.player.set_speed(8)
        return lambda: None if pane.player.is_playing else pane.player.play()

    def _late(self, milliseconds: int, each_frame: Callable[[], None]) -> list[float]:
        lateness = LatenessTimer()
        work = QTimer(interval=FRAME_MS)
        work.timeout.connect(each_frame)
        work.start()
        lateness.start()
        end = time.monotonic() + milliseconds / 1e3
        self._until(lambda: time.monotonic() > end)
        work.stop()
        return lateness.late_ms

    def _pane(self) -> ReplayPane:
        pane = ReplayPane(LIGHT)
        pane.resize(1_000, 820)
        pane.show()
        return pane

    def _answer(self, request: Request) -> Reply:
        replies: list[Reply] = []
        self._engine.ask(request, replies.append)
        self._until(lambda: bool(replies))
        return replies[0]

    def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._application.processEvents()
            time.sleep(0.0005)


def _is_first(request: Request) -> bool:
    return isinstance(request, GetTurns) and request.first == 0


def _decoded(data: bytes, answer: Callable[[Reply], None]) -> None:
    frame = decode(data, EngineFrame)
    answer(frame.body)  # type: ignore[arg-type]


def main() -> None:
    application = QApplication(sys.argv[:1])
    dress(application, LIGHT)
    engine = EngineHandle(LibraryPaths(Path(sys.argv[1])))
    states: list[EngineState] = []
    engine.state_changed.connect(states.append)
    engine.start()
    while EngineState.READY not in states:
        application.processEvents()
        time.sleep(0.001)
    measured = Bench(application, engine).run(sys.argv[2])
    engine.stop()
    sys.stdout.buffer.write(msgspec.json.encode(measured))


if __name__ == "__main__":
    main()
