"""Mix & Match: from the click to the answers in the model, and what of it is the library's.

`python -m tests.bench.mixing SOURCE [SESSIONS]`; SOURCE as in `tests.bench.searching`.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from memex.core.filters import Filters, Order
from memex.core.mixing import MixRequest
from memex.core.search import SessionCard
from memex.library.library import Library
from memex.library.mixing.mix import mix
from tests.bench.figures import Figure, percentile, spread
from tests.bench.searching import JUDGED, generated
from tests.bench.window import run_offscreen

MIXES = 60
LIMIT_MS = 60


def figures(source: Path, sessions: int = JUDGED) -> Iterator[Figure]:
    home = generated(source, sessions)
    took, of_processor = _of_library(home)
    yield Figure(
        f"library's mix, {sessions:,} sessions", spread(took), "", True, f"processor {spread(of_processor)}"
    )
    took = msgspec.json.decode(run_offscreen("tests.bench.mix_latency", home), type=list[float])
    yield Figure(
        f"mix to model, {sessions:,} sessions",
        spread(took),
        f"p95 ≤ {LIMIT_MS} ms",
        percentile(took, 0.95) <= LIMIT_MS,
    )


def mixes(cards: Sequence[SessionCard]) -> list[MixRequest]:
    """Of one to three likes and none to three unlikes, at random but the same each time."""
    ids = [card.id for card in cards if card.title]  # one without a word has no vector
    chance = random.Random(7)
    made = []
    for _ in range(MIXES):
        marked = chance.sample(ids, 6)
        made.append(
            MixRequest(tuple(marked[: chance.randint(1, 3)]), tuple(marked[3 : chance.randint(3, 6)]))
        )
    return made


def _of_library(home: Path) -> tuple[list[float], list[float]]:
    """Milliseconds by the clock, and of the processor."""
    library = Library(home)
    library.open_vectors()
    try:
        cards, _ = library.reader.sessions.listed(Filters(), Order.NEWEST, JUDGED)
        took, of_processor = [], []
        for request in mixes(cards):
            begun, begun_processor = time.perf_counter(), time.process_time()
            mix(library.reader, library.vectors, request)
            took.append((time.perf_counter() - begun) * 1_000)
            of_processor.append((time.process_time() - begun_processor) * 1_000)
        return took, of_processor
    finally:
        library.close()


def main() -> None:
    for figure in figures(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else JUDGED):
        print(figure.row(), flush=True)


if __name__ == "__main__":
    main()
