"""`make bench`: every figure that an issue names, with its limit and the raw limit of the same run.

Figures of a shared machine: judge the ratios, and a miss only when it repeats on a quiet one.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from memex.library.library import Library
from tests.bench import (
    conditions,
    index_queries,
    indexing,
    mapping,
    mixing,
    parsing,
    reembedding,
    replay,
    searching,
    window,
)
from tests.bench.figures import Figure


def figures(folder: Path, corpus: Path, more_sizes: Sequence[int]) -> Iterator[Figure]:
    home, scratch = folder / "library", folder / "scratch"
    yield from parsing.figures()
    yield from replay.figures()
    yield from index_queries.figures()
    yield from conditions.figures(folder)
    yield from indexing.figures(home, corpus)
    yield from searching.figures(home, corpus, (*searching.SIZES, *more_sizes))
    yield from mapping.figures(home)
    yield from mixing.figures(home)
    yield from reembedding.figures(folder / "reembedded")
    scratch.mkdir()
    shutil.copytree(home / "models", scratch / "models")
    yield from window.figures(home, corpus, scratch)
    for library in (home, scratch):
        Library(library, wait_seconds=searching.ENGINE_END).close()


def main() -> int:
    corpus = Path(os.environ.get("MEMEX_CORPUS", "../shared/corpus")).resolve()
    print(f"load average {os.getloadavg()}, {os.cpu_count()} cores, corpus {corpus}\n")
    more_sizes = [int(size) for size in sys.argv[1:]]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="memex-bench-") as folder:
        for figure in figures(Path(folder), corpus, more_sizes):
            print(figure.row(), flush=True)
            missed += not figure.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
