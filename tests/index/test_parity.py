"""The same plan gives the same order on Edge and on qdrant-client, which know nothing of one another's code.

The client's local mode knows no quantization, so both are asked for exact search. Sessions of equal score may
stand in any order, and at the end of an answer any of them may be the last.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from memex.core.lenses import DENSE_LANES, SPARSE_LANES, VECTOR_LANES, Lane
from memex.core.settings import QdrantServer
from memex.embedding.minilm import DIMENSION, open_minilm
from memex.index.edge import EdgeIndex
from memex.index.points import IndexPoint
from memex.index.protocol import ScoredPoint, VectorIndex
from memex.index.query_vectors import QueryVector
from memex.index.server import ServerIndex
from memex.index.shape import CollectionShape
from memex.index.sparse import path_tokens, query_vector, sparse_vector, tool_tokens
from tests.index.backends import local_client, local_mode_warns
from tests.index.builders import SHAPE, Floats, number, question, session
from tests.index.every_plan import Queries, every_plan

pytestmark = local_mode_warns

BY_RANK = ("rank", "weighted rank")
LICENCE = Path(__file__).parents[2] / "LICENSE"
IN_THEIR_OWN_ORDER = ("diverse", "newest", "oldest")
Pair = tuple[VectorIndex, VectorIndex]


def both(folder: Path, shape: CollectionShape, points: list[IndexPoint]) -> Iterator[Pair]:
    with local_client() as client:
        edge = EdgeIndex.create(folder, shape)
        local = ServerIndex.create(QdrantServer("http://localhost"), 1, shape, client)
        for index in (edge, local):
            index.upsert(points)
        yield edge, local
        edge.close()


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Some sessions without errors, code or tools; no two begin at the same time."""
    points = []
    for seed in range(200):
        whole = session(seed, {"start_ts_dt": (START + timedelta(hours=41 * seed)).isoformat()})
        lacks = {Lane.ERROR} if seed % 3 == 2 else {Lane.CODE, Lane.TOOL_SPARSE} if seed % 7 == 6 else set()
        points.append(
            replace(
                whole,
                dense={lane: vector for lane, vector in whole.dense.items() if lane not in lacks},
                sparse={lane: bag for lane, bag in whole.sparse.items() if lane not in lacks},
            )
        )
    yield from both(tmp_path_factory.mktemp("generated") / "edge", SHAPE, points)


START = datetime(2026, 1, 1, tzinfo=UTC)
GENERATED = every_plan(question(1), question(2), question(3), [number(seed) for seed in (3, 4, 7, 9, 12)])


@pytest.mark.parametrize("name", GENERATED)
def test_generated_sessions_stand_in_the_same_order(generated: Pair, name: str) -> None:
    edge, local = (index.query_batch([GENERATED[name]])[0] for index in generated)
    assert edge, "nothing found, nothing compared"
    assert_same_order(name, edge, local)


def test_real_texts_stand_in_the_same_order(tmp_path: Path, prepared_models: Path) -> None:
    """Sentences of the licence, which never change: vectors as a model gives them, near to one another."""
    words = LICENCE.read_text("utf-8").split()
    texts = [" ".join(words[first : first + 20]) for first in range(0, 1500, 20)]
    embedder = open_minilm(prepared_models, variant="fp32")
    vectors = embedder.encode(texts)
    embedder.close()
    points = [real_session(place, texts, vectors) for place in range(60)]
    asked, more, less = (real_question(texts[-place], vectors[-place]) for place in (1, 2, 3))
    marks = [number(place) for place in (1, 5, 9)]
    plans = every_plan(asked, more, less, marks)
    # Sessions without a common word tie in the sparse lanes, and each engine ranks ties as it likes.
    untied = [{lane: each[lane] for lane in each if lane not in SPARSE_LANES} for each in (asked, more, less)]
    by_rank = every_plan(*untied, marks)
    plans |= {name: by_rank[name] for name in BY_RANK}
    for edge, local in both(tmp_path / "edge", CollectionShape(DIMENSION), points):
        for name, plan in plans.items():
            assert_same_order(name, edge.query_batch([plan])[0], local.query_batch([plan])[0])


def real_session(place: int, texts: list[str], vectors: Floats) -> IndexPoint:
    payload = session(place).payload | {"start_ts_dt": (START + timedelta(days=place)).isoformat()}
    bags = {
        Lane.PATH_SPARSE: sparse_vector(path_tokens(texts[place : place + 2])),
        Lane.TOOL_SPARSE: sparse_vector(tool_tokens(texts[place : place + 3])),
    }
    return IndexPoint(
        number(place),
        {lane: vectors[place + offset] for offset, lane in enumerate(DENSE_LANES)},
        {lane: bag for lane, bag in bags.items() if bag},
        np.stack([vectors[place], (vectors[place] + vectors[place + 1]) / 2]),
        payload,
    )


def real_question(text: str, vector: Floats) -> Queries:
    queries: dict[Lane, QueryVector] = dict.fromkeys(DENSE_LANES, vector)
    queries[Lane.CONTENT_LATE] = vector[np.newaxis]
    if paths := query_vector(path_tokens([text])):
        queries[Lane.PATH_SPARSE] = paths
    if tools := query_vector(tool_tokens([text])):
        queries[Lane.TOOL_SPARSE] = tools
    return queries


def test_every_kind_of_plan_is_compared() -> None:
    kinds = {name.rsplit(" in ", 1)[0] for name in GENERATED}
    assert len(kinds) == 7 + 2 + 10 + 3
    assert {name.rsplit(" in ", 1)[-1] for name in GENERATED} >= set(VECTOR_LANES)


def assert_same_order(name: str, edge: list[ScoredPoint], local: list[ScoredPoint]) -> None:
    if name == "sample":
        assert {point.id for point in edge} == {point.id for point in local}
        return
    scores = [point.score for point in edge]
    tolerance = 1e-5 * max(1.0, *map(abs, scores)) if scores else 0.0
    assert scores == pytest.approx([point.score for point in local], abs=tolerance)
    if name.startswith(IN_THEIR_OWN_ORDER):
        assert [point.id for point in edge] == [point.id for point in local]
        return
    theirs = {point.id: point.score for point in local}
    last = min(scores, default=0.0) + tolerance
    for point in edge:
        assert theirs.get(point.id, last) == pytest.approx(point.score, abs=2 * tolerance), point
