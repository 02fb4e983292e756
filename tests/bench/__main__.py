"""`make bench`: every figure that an issue names, with its limit and the raw limit of the same run.

Figures of a shared machine: judge the ratios, and a miss only when it repeats on a quiet one.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from memex.library.library import Library
from tests.bench import indexing, window

ENGINE_END = 30.0
"""Seconds that the last window's engine has for its end, before its folder is removed."""


def main() -> int:
    corpus = Path(os.environ.get("MEMEX_CORPUS", "../shared/corpus")).resolve()
    missed = 0
    print(f"load average {os.getloadavg()}, {os.cpu_count()} cores, corpus {corpus}\n")
    with tempfile.TemporaryDirectory(prefix="memex-bench-") as folder:
        home, scratch = Path(folder) / "library", Path(folder) / "scratch"
        for figure in indexing.figures(home, corpus):
            print(figure.row(), flush=True)
            missed += not figure.holds
        scratch.mkdir()
        shutil.copytree(home / "models", scratch / "models")
        for figure in window.figures(home, corpus, scratch):
            print(figure.row(), flush=True)
            missed += not figure.holds
        for library in (home, scratch):
            Library(library, wait_seconds=ENGINE_END).close()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
