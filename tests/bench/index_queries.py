"""What the index room adds to the engine's own time: making and translating plans, giving answers a shape.

A query is what search asks: the candidates of all eight lanes, then the exact score of each in every lane.
`python -m tests.bench.index_queries 50000` asks over as many sessions.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import qdrant_edge as edge

from memex.core.lenses import DENSE_LANES, Lane
from memex.index.edge import EdgeIndex
from memex.index.edge_translation import edge_requests
from memex.index.plans import candidates, exact_scores
from memex.index.points import IndexPoint
from memex.index.query_vectors import QueryVector
from memex.index.shape import CollectionShape
from tests.bench.figures import Figure, spread
from tests.index.builders import bag, number

DIMENSION = 384
CLUSTERS = 200
QUERIES = 30
CANDIDATES = 100
POINTS_AT_ONCE = 500
MOST_OVERHEAD = 1.1


def points(count: int) -> Iterator[IndexPoint]:
    """Around cluster centres, as embeddings lie; every fourth session has no error."""
    random = np.random.default_rng(1)
    centres = random.standard_normal((CLUSTERS, DIMENSION)).astype(np.float32)
    for place in range(count):
        noise = random.standard_normal((len(DENSE_LANES) + 8, DIMENSION)).astype(np.float32)
        vectors = centres[random.integers(CLUSTERS)] + noise
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        dense = dict(zip(DENSE_LANES, vectors, strict=False))
        if place % 4 == 0:
            del dense[Lane.ERROR]
        sparse = {lane: bag(random, 5000, 30) for lane in (Lane.PATH_SPARSE, Lane.TOOL_SPARSE)}
        yield IndexPoint(number(place), dense, sparse, vectors[len(DENSE_LANES) :])


def queries(seed: int) -> dict[Lane, QueryVector]:
    """As `library.search` asks: one vector for all dense lanes."""
    random = np.random.default_rng(1000 + seed)
    vector = random.standard_normal(DIMENSION).astype(np.float32)
    vector /= np.linalg.norm(vector)
    asked: dict[Lane, QueryVector] = dict.fromkeys(DENSE_LANES, vector)
    sparse = {lane: bag(random, 5000, 4) for lane in (Lane.PATH_SPARSE, Lane.TOOL_SPARSE)}
    return asked | sparse | {Lane.CONTENT_LATE: vector[np.newaxis]}


def figures(sizes: Sequence[int] = (1_000, 10_000)) -> Iterator[Figure]:
    for size in sizes:
        with TemporaryDirectory(prefix="memex-bench-") as folder:
            index = EdgeIndex.create(Path(folder) / "generation", CollectionShape(DIMENSION))
            made = points(size)
            while batch := list(islice(made, POINTS_AT_ONCE)):
                index.upsert(batch)
            yield _figure(index, size)
            index.close()


def _figure(index: EdgeIndex, size: int) -> Figure:
    whole, raw = [], []
    for seed in range(QUERIES):
        asked = queries(seed)
        both(index, asked)  # for the pages that it reads from the disk
        whole.append(timed(lambda asked=asked: both(index, asked)))
        raw.append(sum(raw_calls(index, asked)))
    ratio = float(np.median(whole) / np.median(raw))
    return Figure(
        f"index query over {size:,} sessions, over the engine's",
        f"x{ratio:.2f}, {spread([1000 * seconds for seconds in whole])}",
        f"x{MOST_OVERHEAD}",
        ratio <= MOST_OVERHEAD,
        f"engine {spread([1000 * seconds for seconds in raw])}",
    )


def both(index: EdgeIndex, asked: dict[Lane, QueryVector]) -> None:
    proposed = index.query_batch(candidates(asked, CANDIDATES))
    index.query_batch(exact_scores(asked, {point.id for lane in proposed for point in lane}))


def raw_calls(index: EdgeIndex, asked: dict[Lane, QueryVector]) -> Iterator[float]:
    """The engine's two calls, with requests made before, and the reading of ids, of which it makes UUIDs."""
    shard = index._shard
    assert shard is not None
    first = edge.QueryBatchRequest(edge_requests(candidates(asked, CANDIDATES)))
    yield timed(lambda: read(shard.query_batch(first)))
    proposed = {point.id for lane in shard.query_batch(first) for point in lane}
    second = edge.QueryBatchRequest(edge_requests(exact_scores(asked, proposed)))
    yield timed(lambda: read(shard.query_batch(second)))


def read(answers: list[list[edge.ScoredPoint]]) -> None:
    for answer in answers:
        for point in answer:
            _ = point.id, point.score


def timed(work: Callable[[], object]) -> float:
    """In CPU time of all threads, as an overhead that does not depend on who else is at work."""
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    for figure in figures([int(size) for size in sys.argv[1:]] or (1_000, 10_000, 50_000)):
        print(figure.row(), flush=True)
