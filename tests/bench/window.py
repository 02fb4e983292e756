"""The window: how soon it is of use, and whether it stays smooth while the engine works."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import msgspec

from tests.bench.figures import Figure, percentile, spread

STARTS = 5


class Start(msgspec.Struct):
    """Seconds after the process was started."""

    painted: float
    words: float
    vectors: float
    bare_qt: float = 0.0


class Lateness(msgspec.Struct):
    idle_ms: list[float]
    indexing_ms: list[float]


def figures(home: Path, corpus: Path, scratch: Path) -> Iterator[Figure]:
    starts = [
        msgspec.json.decode(run_offscreen("tests.bench.window_start", home), type=Start)
        for _ in range(STARTS)
    ]
    bare = median(float(run_offscreen("tests.bench.bare_qt")) for _ in range(STARTS))
    for name, limit in (("painted", 1.0), ("words", 2.5), ("vectors", 4.0)):
        seconds = [getattr(start, name) for start in starts]
        shown = f"{median(seconds):.2f} s, worst {max(seconds):.2f} s"
        raw = f"a bare Qt window {bare:.2f} s" if name == "painted" else ""
        yield Figure(f"window start: {name}", shown, f"≤ {limit} s", median(seconds) <= limit, raw)
    steps = msgspec.json.decode(run_offscreen("tests.bench.slider"), type=list[float])
    holds = percentile(steps, 0.95) <= 16
    yield Figure("slider step, 1,000 candidates (50/95/99/max)", spread(steps), "p95 ≤ 16 ms", holds)
    late = msgspec.json.decode(run_offscreen("tests.bench.lateness", scratch, corpus), type=Lateness)
    holds = percentile(late.indexing_ms, 0.99) <= 16 and max(late.indexing_ms) <= 50
    yield Figure(
        "lateness while indexing (50/95/99/max)",
        spread(late.indexing_ms),
        "p99 ≤ 16, max ≤ 50 ms",
        holds,
        f"idle {spread(late.idle_ms)}",
    )


def run_offscreen(module: str, *arguments: Path) -> bytes:
    # The offscreen platform says of every window that it cannot propagate size hints.
    quiet = {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.qpa.*=false;default.debug=false"}
    environment = {**os.environ, **quiet}
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout
