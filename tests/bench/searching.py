"""How long a query takes in libraries of 1,000 and more generated sessions, beside the bare engines.

`python -m tests.bench.searching SOURCE CORPUS [SESSIONS…]`; SOURCE is an indexed library of the corpus, and
the generated libraries are kept below `.bench`. `make bench` has 1,000 and 10,000 sessions; 50,000 take ten
minutes and 4 GB to make the first time: `make bench ARGS=50000` adds them.
"""

import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from memex.catalog.word_forms import match_expression, query_words
from memex.core.search import SearchRequest
from memex.index.plans import candidates, exact_scores
from memex.library.library import Library
from memex.library.search import TURN_HITS, search
from tests.bench.figures import Figure, percentile, spread
from tests.bench.generated import generate
from tests.bench.query_texts import query_texts
from tests.bench.window import run_offscreen

SIZES = (1_000, 10_000)
JUDGED = 10_000
"""The size that the limits are for; the others show the growth."""
KEPT = Path(".bench")
ENGINE_END = 30.0
"""Seconds that an engine has for its end, before its folder is removed."""
CANDIDATES = SearchRequest("").candidates


def figures(source: Path, corpus: Path, sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    for sessions in sizes:
        home = generated(source, sessions)
        library = Library(home)
        library.open_vectors()
        try:
            yield _full_text(library, sessions)
            yield _library(library, sessions)
        finally:
            library.close()
        took = msgspec.json.decode(run_offscreen("tests.bench.query_latency", home), type=list[float])
        yield _figure(f"query to model, {sessions:,} sessions", took, 60, sessions)
    yield _while_indexing(generated(source, JUDGED), corpus)


def generated(source: Path, sessions: int) -> Path:
    """Made once; a folder that was left half made is made again."""
    home = KEPT / f"{sessions}-sessions"
    if not home.exists():
        made = home.with_suffix(".part")
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(source / "models", made / "models")
        generate(source, made, sessions)
        made.rename(home)
    return home


def _while_indexing(home: Path, corpus: Path) -> Figure:
    """Into a copy, as what is indexed stays in a library."""
    with tempfile.TemporaryDirectory(prefix="memex-bench-", dir=KEPT) as folder:
        copy = shutil.copytree(home, Path(folder) / "library")
        took = msgspec.json.decode(run_offscreen("tests.bench.query_latency", copy, corpus), type=list[float])
        Library(copy, wait_seconds=ENGINE_END).close()
    return _figure(f"query to model while {corpus.name} is indexed", took, 150, JUDGED)


def _full_text(library: Library, sessions: int) -> Figure:
    full_text = library.reader.full_text
    took = _times(lambda text: full_text.best_turns(query_words(text), limit=TURN_HITS))
    bare = sqlite3.connect(library.paths.catalog)
    raw = _times(lambda text: _bare_match(bare, text))
    bare.close()
    name = f"full text, {sessions:,} sessions"
    return _figure(name, took, 15, sessions, f"bare FTS5 MATCH, unranked {spread(raw)}")


def _bare_match(db: sqlite3.Connection, text: str) -> None:
    expression = match_expression(query_words(text))
    db.execute("SELECT count(*) FROM turn_text WHERE turn_text MATCH ?", (expression,)).fetchone()


def _library(library: Library, sessions: int) -> Figure:
    side = library.vectors
    assert side is not None
    took = _times(lambda text: search(library.reader, side, SearchRequest(text)))

    def bare(text: str) -> float:
        queries = side.lane_queries(text)
        begun = time.perf_counter()
        proposed = side.index.query_batch(candidates(queries, CANDIDATES))
        side.index.query_batch(exact_scores(queries, {point.id for lane in proposed for point in lane}))
        return time.perf_counter() - begun

    raw = [bare(text) * 1_000 for text in query_texts()]
    return _figure(
        f"library's search, {sessions:,} sessions", took, None, sessions, f"Edge alone {spread(raw)}"
    )


def _times(ask: Callable[[str], object]) -> list[float]:
    taken = []
    for text in query_texts():
        begun = time.perf_counter()
        ask(text)
        taken.append((time.perf_counter() - begun) * 1_000)
    return taken


def _figure(name: str, took: Sequence[float], limit: float | None, sessions: int, raw: str = "") -> Figure:
    if limit is None or sessions != JUDGED:
        return Figure(name, spread(took), "", True, raw)
    return Figure(name, spread(took), f"p95 ≤ {limit:g} ms", percentile(took, 0.95) <= limit, raw)


def main() -> None:
    sizes = tuple(int(size) for size in sys.argv[3:]) or SIZES
    for figure in figures(Path(sys.argv[1]), Path(sys.argv[2]).resolve(), sizes):
        print(figure.row(), flush=True)


if __name__ == "__main__":
    main()
