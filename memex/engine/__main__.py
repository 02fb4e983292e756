"""`python -m memex.engine HOME`: prints `ready` once it listens, or in one sentence why it cannot."""

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from memex.core.errors import MemexError
from memex.engine.client import READY
from memex.engine.service import Service

NICENESS = 5
"""Behind the window and the user's own programs."""


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # So that a query's thread waits for the indexing thread 1 ms, not 5, each time it wants the interpreter.
    sys.setswitchinterval(0.001)
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICENESS)
    try:
        Service(Path(sys.argv[1])).run(lambda: _say(READY))
    except MemexError as error:
        _say(str(error))
        return 1
    return 0


def _say(line: str) -> None:
    """The parent reads one line only, then closes its end."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
