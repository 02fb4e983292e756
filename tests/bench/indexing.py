"""Taking in the corpus: full text, vectors, a run with nothing to do, and search meanwhile."""

import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from memex.core.library import Stage
from memex.core.search import SearchRequest
from memex.library.library import Library
from memex.library.refresh import Refresh
from memex.library.search import search
from tests.bench.figures import Figure, percentile, spread

RAW_TEXTS = 800
QUERIES = ("linker not found", "why does the login test fail", "getUserData", "docker compose up", "NaN loss")


def figures(home: Path, corpus: Path) -> Iterator[Figure]:
    library = Library(home)
    begun = time.perf_counter()
    ends: dict[Stage, float] = {}
    job = Refresh(library, [corpus])
    embedding = _Embedding()
    for progress in job.steps():
        ends[progress.stage] = time.perf_counter() - begun
        embedding.take(progress.stage)
    text, report = ends[Stage.PARSE], job.report()
    yield Figure("full text of the corpus", f"{text:.1f} s", "≤ 30 s", text <= 30, f"{report.files} files")
    yield Figure(
        "everything, vectors too", f"{report.seconds:.1f} s", "", True, f"{report.texts_embedded} texts"
    )
    yield _throughput(library, report.texts_embedded / embedding.seconds)
    quiet = list(_queries(library, 100))
    yield Figure("a query when idle (50/95/99/max)", spread(quiet), "", True)
    library.close()
    yield _again(home, corpus)
    yield _while_indexing(home, corpus)


def _while_indexing(home: Path, corpus: Path) -> Figure:
    """Another library, taken in while a user types into its window."""
    busy = home.with_name("busy")
    busy.mkdir()
    shutil.copytree(home / "models", busy / "models")
    library = Library(busy)
    watch = _Meanwhile(library)
    watch.start()
    for _ in Refresh(library, [corpus]).steps():
        pass
    watch.stop()
    library.close()
    return Figure(
        "a query while indexing (50/95/99/max)",
        spread(watch.took_ms),
        "p95 ≤ 150 ms",
        percentile(watch.took_ms, 0.95) <= 150,
        f"{len(watch.took_ms)} queries",
    )


class _Embedding:
    """Seconds between two steps that end in the embedding stage, the first model load left out."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._last: tuple[Stage, float] | None = None

    def take(self, stage: Stage) -> None:
        now = time.perf_counter()
        if self._last and self._last[0] in (Stage.EMBED, Stage.UPSERT):
            self.seconds += now - self._last[1]
        self._last = (stage, now)


class _Meanwhile(threading.Thread):
    """Asks one query after the other, as a window does whose user types."""

    def __init__(self, library: Library) -> None:
        super().__init__(daemon=True)
        self.took_ms: list[float] = []
        self._library = library
        self._stopped = threading.Event()

    def run(self) -> None:
        for took in _queries(self._library, sys.maxsize):
            self.took_ms.append(took)
            if self._stopped.wait(0.25):
                return

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _queries(library: Library, count: int) -> Iterator[float]:
    for number in range(count):
        request = SearchRequest(QUERIES[number % len(QUERIES)])
        begun = time.perf_counter()
        search(library.reader, library.vectors, request)
        yield (time.perf_counter() - begun) * 1_000


def _throughput(library: Library, texts_a_second: float) -> Figure:
    """Against the same runtime on texts of the same library, with nothing around it."""
    side = library.vectors
    assert side is not None
    keys = library.reader.sessions.keys_newest_first()
    hashes = sorted({text.hash for key in keys for text in library.reader.lens_texts.of(key)})
    chosen = random.Random(0).sample(hashes, min(RAW_TEXTS, len(hashes)))
    bodies = list(library.reader.lens_texts.bodies(chosen).values())
    begun = time.perf_counter()
    side.embedder.encode(bodies)
    raw = len(bodies) / (time.perf_counter() - begun)
    share = texts_a_second / raw
    return Figure(
        "embedding stage, share of its runtime", f"{share:.0%}", "≥ 85 %", share >= 0.85,
        f"{texts_a_second:.0f} of {raw:.0f} texts/s",
    )  # fmt: skip


def _again(home: Path, corpus: Path) -> Figure:
    def seconds(*words: str) -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - begun

    again = min(seconds("-m", "memex", "--home", str(home), "index", str(corpus), "--json") for _ in range(3))
    imports = min(seconds("-c", "import memex.cli") for _ in range(3))
    return Figure(
        "index again, nothing changed", f"{again:.2f} s", "≤ 1.5 s", again <= 1.5, f"imports {imports:.2f} s"
    )
