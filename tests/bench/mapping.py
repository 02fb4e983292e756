"""The map: how long from the key to a map that can be moved, and whether the window stays smooth."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from memex.core.topology import TopologyRequest
from memex.library.library import Library
from memex.library.topology.mapping import lay_out, map_sessions
from tests.bench.figures import Figure, percentile, spread
from tests.bench.searching import generated
from tests.bench.window import run_offscreen

LIMITS = {1_000: 1.0, 5_000: 6.0}
FRAME_MS, LATE_MS = 33.0, 16.0


class MapRun(msgspec.Struct):
    nodes: int
    movable_s: float
    window_cpu_s: float
    late_ms: list[float]
    idle_ms: list[float]
    frame_ms: list[float]
    frame_cpu_ms: list[float]


def figures(source: Path) -> Iterator[Figure]:
    for sessions, limit in LIMITS.items():
        home = generated(source, sessions)
        engine_cpu, product = in_library(home)
        run = msgspec.json.decode(run_offscreen("tests.bench.map_window", home), type=MapRun)
        yield Figure(
            f"map of {run.nodes:,} sessions: key to movable",
            f"{run.movable_s:.2f} s",
            f"≤ {limit:g} s",
            run.movable_s <= limit,
            f"cpu: engine {engine_cpu:.2f} s, window {run.window_cpu_s:.2f} s; bare V·Vᵀ {product:.2f} s",
        )
        if limit > 1:  # below, the window is busy for too few ticks to have a 99th percentile
            yield _lateness(run)
        yield Figure(
            f"map of {run.nodes:,}: a frame (50/95/99/max)",
            spread(run.frame_ms),
            f"p95 ≤ {FRAME_MS:g} ms",
            percentile(run.frame_ms, 0.95) <= FRAME_MS,
            f"cpu {spread(run.frame_cpu_ms)}",
        )


def _lateness(run: MapRun) -> Figure:
    return Figure(
        f"map of {run.nodes:,}: lateness meanwhile (50/95/99/max)",
        spread(run.late_ms),
        f"p99 ≤ {LATE_MS:g} ms",
        percentile(run.late_ms, 0.99) <= LATE_MS,
        f"idle {spread(run.idle_ms)}",
    )


def in_library(home: Path) -> tuple[float, float]:
    """CPU seconds of the map and its layouts, and of the one product of vectors that it cannot do without."""
    library = Library(home)
    try:
        library.open_vectors()
        assert library.vectors is not None
        began = time.process_time()
        mapped = map_sessions(library.reader, library.vectors.index, TopologyRequest(), _silent)
        lay_out(mapped, _silent)
        took = time.process_time() - began
        count = len(mapped.topology.nodes)
    finally:
        library.close()
    vectors = np.random.default_rng(1).random((count, 384), np.float32)
    began = time.process_time()
    vectors @ vectors.T
    return took, time.process_time() - began


def _silent(_doing: str, _done: int, _total: int) -> None:
    pass
