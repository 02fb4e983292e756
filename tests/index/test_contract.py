"""What every vector index does: what goes in is found, scored as numpy scores it, filtered, compared.

Run over each of `backends`, the same for all but what `Can` lists.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from math import log
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from memex.core.errors import IndexingError
from memex.core.lenses import DENSE_LANES, SPARSE_LANES, VECTOR_LANES, Lane
from memex.index.discovery_plans import similar
from memex.index.errors import PlanError, RefusedPointError, StaleGenerationError
from memex.index.plans import Filter, candidates, exact_scores
from memex.index.points import IndexPoint
from memex.index.protocol import ScoredPoint, VectorIndex
from memex.index.shape import CollectionShape
from memex.index.sparse import SparseVector
from tests.index.backends import (
    Backend,
    Can,
    backends,
    local_mode_warns,
    on_backends_that,
    on_every_backend,
    started,
)
from tests.index.builders import DIMENSION, SHAPE, bag, directions, number, question, session

pytestmark = local_mode_warns

Fill = Callable[[int], list[IndexPoint]]


def scores(answer: Sequence[ScoredPoint]) -> dict[UUID, float]:
    return {point.id: point.score for point in answer}


def expected(points: Sequence[IndexPoint], lane: Lane, query: Any) -> dict[UUID, float]:
    """Cosine, MaxSim, or Σ q·d·idf with idf = ln((N − df + ½) / (df + ½) + 1), by brute force."""
    if lane in SPARSE_LANES:
        return sparse_scores(points, lane, query)
    if lane is Lane.CONTENT_LATE:
        return {
            point.id: float((query @ point.late.T).max(axis=1).sum())
            for point in points
            if point.late is not None
        }
    return {point.id: float(point.dense[lane] @ query) for point in points if lane in point.dense}


def sparse_scores(points: Sequence[IndexPoint], lane: Lane, query: SparseVector) -> dict[UUID, float]:
    bags = {
        p.id: dict(zip(p.sparse[lane].indices, p.sparse[lane].values, strict=True))
        for p in points
        if lane in p.sparse
    }
    asked = dict(zip(query.indices, query.values, strict=True))
    found = {index: sum(index in held for held in bags.values()) for index in asked}
    idf = {index: log((len(bags) - df + 0.5) / (df + 0.5) + 1) for index, df in found.items()}
    return {
        point: sum(asked[index] * held[index] * idf[index] for index in asked if index in held)
        for point, held in bags.items()
        if asked.keys() & held.keys()
    }


@on_every_backend
def test_exact_scores_of_all_eight_lanes_equal_brute_force(index: VectorIndex, indexed: Fill) -> None:
    points = indexed(150)
    asked = question(1)
    for (lane, query), answer in zip(
        asked.items(), index.query_batch(exact_scores(asked, [point.id for point in points])), strict=True
    ):
        assert scores(answer) == pytest.approx(expected(points, lane, query), abs=2e-5), lane
        assert [point.score for point in answer] == sorted((point.score for point in answer), reverse=True)


@on_every_backend
def test_a_search_of_candidates_then_exact_scores_finds_the_true_best(
    index: VectorIndex, indexed: Fill
) -> None:
    points = indexed(300)
    asked = question(2)
    proposed = {point.id for answer in index.query_batch(candidates(asked, 40)) for point in answer}
    assert len(proposed) < len(points)
    for (lane, query), answer in zip(
        asked.items(), index.query_batch(exact_scores(asked, proposed)), strict=True
    ):
        truth = expected(points, lane, query)
        best = sorted(truth, key=truth.__getitem__, reverse=True)[:5]
        assert [point.id for point in answer[:5]] == best, lane


@on_every_backend
def test_a_session_is_absent_from_the_lanes_it_has_nothing_in(index: VectorIndex) -> None:
    whole, bare = session(1), IndexPoint(number(2), {Lane.CONTENT: directions(np.random.default_rng(2))})
    index.upsert([whole, bare])
    answers = index.query_batch(exact_scores(question(1), [whole.id, bare.id]))
    lanes = {lane for lane, answer in zip(VECTOR_LANES, answers, strict=True) if bare.id in scores(answer)}
    assert lanes == {Lane.CONTENT}


@on_every_backend
def test_upserting_again_replaces_the_whole_point(index: VectorIndex) -> None:
    index.upsert([session(1)])
    changed = IndexPoint(
        number(1), {Lane.TOOL: directions(np.random.default_rng(9))}, payload={"intent": "chore"}
    )
    index.upsert([changed])
    answers = index.query_batch(exact_scores(question(1), [number(1)]))
    assert [len(answer) for answer in answers] == [lane is Lane.TOOL for lane in VECTOR_LANES]
    assert index.count() == 1


@on_every_backend
def test_delete_passes_over_what_is_not_there(index: VectorIndex, indexed: Fill) -> None:
    points = indexed(5)
    index.delete([points[0].id, number(99)])
    assert index.ids() == {point.id for point in points[1:]}
    assert index.count() == 4


@on_every_backend
def test_nothing_asked_nothing_answered(index: VectorIndex) -> None:
    index.upsert([])
    index.delete([])
    assert index.query_batch([]) == []
    assert index.query_batch(exact_scores(question(1), [])) == [[]] * len(VECTOR_LANES)
    assert (index.count(), index.ids()) == (0, set())


@pytest.fixture(scope="module", params=backends())
def forty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorIndex]:
    """Sessions 0 to 39, for tests that only ask."""
    with started(request.param, tmp_path_factory.mktemp("forty")) as backend:
        index = backend.create(SHAPE)
        index.upsert([session(seed) for seed in range(40)])
        yield index
        index.close()


def month(value: int) -> datetime:
    return datetime(2026, value, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        (Filter(projects=("atlas",)), lambda seed: seed % 2 == 1),
        (Filter(projects=("atlas", "memex")), lambda seed: True),
        (Filter(agents=("codex",)), lambda seed: seed // 2 % 2 == 1),
        (Filter(branches=("fix/login", "release")), lambda seed: seed % 3 > 0),
        (Filter(intents=("build",)), lambda seed: seed % 2 == 1),
        (Filter(outcomes=("resolved",)), lambda seed: seed % 3 == 0),
        (Filter(has_errors=True), lambda seed: seed % 4 == 0),
        (Filter(has_errors=False), lambda seed: seed % 4 > 0),
        (Filter(since=month(3)), lambda seed: seed % 12 >= 2),
        (Filter(until=month(3)), lambda seed: seed % 12 < 2),
        (Filter(since=month(3), until=month(5)), lambda seed: seed % 12 in (2, 3)),
        (Filter(projects=("elsewhere",)), lambda seed: False),
        (Filter(ids=(number(3), number(8), number(99))), lambda seed: seed in (3, 8)),
        (Filter(ids=()), lambda seed: False),
        (Filter(excluding=(Filter(projects=("atlas",)),)), lambda seed: seed % 2 == 0),
        (Filter(excluding=(Filter(has_errors=True),)), lambda seed: seed % 4 > 0),
        (Filter(excluding=(Filter(since=month(3)),)), lambda seed: seed % 12 < 2),
        (Filter(excluding=(Filter(ids=(number(0), number(7))),)), lambda seed: seed not in (0, 7)),
        (
            Filter(excluding=(Filter(projects=("atlas",)), Filter(branches=("main",)))),
            lambda seed: seed % 2 == 0 and seed % 3 > 0,
        ),
        (
            Filter(excluding=(Filter(projects=("atlas",), branches=("main",)),)),
            lambda seed: seed % 2 == 0 or seed % 3 > 0,
        ),
        (
            Filter(excluding=(Filter(projects=("atlas",), excluding=(Filter(ids=(number(1),)),)),)),
            lambda seed: seed % 2 == 0 or seed == 1,
        ),
        (Filter(excluding=(Filter(),)), lambda seed: False),
        (
            Filter(projects=("memex",), has_errors=False, excluding=(Filter(ids=(number(2),)),)),
            lambda seed: seed % 4 == 2 and seed != 2,
        ),
    ],
    ids=range(23),
)
def test_filters_hold_in_every_lane(forty: VectorIndex, where: Filter, kept: Callable[[int], bool]) -> None:
    wanted = {number(seed) for seed in range(40) if kept(seed)}
    answers = dict(zip(VECTOR_LANES, forty.query_batch(candidates(question(1), 40, where)), strict=True))
    for lane in (*DENSE_LANES, Lane.CONTENT_LATE):
        assert set(scores(answers[lane])) == wanted, lane
    for lane in SPARSE_LANES:
        assert set(scores(answers[lane])) <= wanted, lane


def test_titles_are_indexed_as_text(forty: VectorIndex) -> None:
    [plan] = candidates({Lane.CONTENT: directions(np.random.default_rng(1))}, 40)
    plan["filter"] = {"must": [{"key": "ai_title", "match": {"text": "LOGIN 7"}}]}
    assert set(scores(forty.query_batch([plan])[0])) == {number(7)}


@on_every_backend
def test_presence_of_a_slot_and_of_a_field_can_be_asked(index: VectorIndex) -> None:
    bare = IndexPoint(number(2), {Lane.CONTENT: directions(np.random.default_rng(2))})
    index.upsert([session(1), bare])
    [plan] = candidates({Lane.CONTENT: directions(np.random.default_rng(1))}, 9)
    for condition, found in [({"has_vector": "error"}, 1), ({"is_empty": {"key": "git_branch"}}, 2)]:
        [answer] = index.query_batch([plan | {"filter": {"must": [condition]}}])
        assert set(scores(answer)) == {number(found)}


@on_every_backend
def test_fusions_run_in_the_engine(index: VectorIndex, indexed: Fill) -> None:
    """RRF scores Σ 1 / (k + rank), rank from 0; the formula sees each prefetch's own score."""
    points = indexed(20)
    asked = {lane: vector for lane, vector in question(3).items() if lane in (Lane.CONTENT, Lane.TOOL)}
    prefetch: Any = exact_scores(asked, [point.id for point in points])
    formula = {"sum": [{"mult": [0.75, "$score[0]"]}, {"mult": [0.25, "$score[1]"]}]}
    dated = {
        "exp_decay": {
            "x": {"datetime_key": "start_ts_dt"},
            "target": {"datetime": "2026-12-15T12:00:00Z"},
            "scale": 86400.0,
        }
    }
    queries: list[Any] = [{"fusion": "rrf"}, {"fusion": "dbsf"}, {"formula": formula}, {"formula": dated}]
    rrf, dbsf, weighted, recent = index.query_batch(
        [{"prefetch": prefetch, "query": q, "limit": 20} for q in queries]
    )

    truth = [expected(points, lane, query) for lane, query in asked.items()]
    ranks = [{point: r for r, point in enumerate(sorted(t, key=t.__getitem__, reverse=True))} for t in truth]
    ids = [point.id for point in points]
    assert scores(rrf) == pytest.approx({i: sum(1 / (2 + rank[i]) for rank in ranks) for i in ids}, abs=1e-5)
    assert scores(weighted) == pytest.approx(
        {i: 0.75 * truth[0][i] + 0.25 * truth[1][i] for i in ids}, abs=1e-5
    )
    assert len(dbsf) == 20
    assert scores(recent)[number(11)] == pytest.approx(1.0)
    assert scores(recent)[number(0)] == pytest.approx(0.0, abs=1e-6)


@on_backends_that(Can.REOPEN)
def test_closed_and_opened_again_it_answers_the_same(
    backend: Backend, index: VectorIndex, indexed: Fill
) -> None:
    indexed(25)
    plans = candidates(question(4), 10, Filter(has_errors=False))
    before = index.query_batch(plans)
    index.flush()
    index.close()
    index.close()
    reopened = backend.reopen(SHAPE)
    assert reopened.query_batch(plans) == before
    reopened.close()


@on_every_backend
def test_ids_and_pairs_are_complete_over_several_pages(
    index: VectorIndex, monkeypatch: pytest.MonkeyPatch, indexed: Fill
) -> None:
    for backend in ("edge", "server"):
        monkeypatch.setattr(f"memex.index.{backend}.IDS_A_CALL", 7)
    points = indexed(30)
    assert index.ids() == {point.id for point in points}
    assert {pair.a for pair in index.matrix_pairs(Lane.CONTENT, 2)} == index.ids()
    index.delete([point.id for point in points[:20]])
    assert index.ids() == {point.id for point in points[20:]}


@on_every_backend
def test_long_batches_are_written_in_pieces(monkeypatch: pytest.MonkeyPatch, index: VectorIndex) -> None:
    """No call writes more vectors than the limit, and a point that alone is over it still goes in."""
    for backend in ("edge", "server"):
        monkeypatch.setattr(f"memex.index.{backend}.VECTORS_A_CALL", 25)
    random = np.random.default_rng(1)
    long = IndexPoint(number(50), {}, {Lane.TOOL_SPARSE: bag(random)}, late=directions(random, 60))
    index.upsert([*(session(seed) for seed in range(10)), long, session(11)])
    assert index.count() == 12


def pairs(points: Sequence[IndexPoint], lane: Lane, neighbours: int) -> dict[tuple[UUID, UUID], float]:
    """By brute force."""
    there = [point for point in points if lane in point.dense]
    found = {}
    for a in there:
        cosines = {(a.id, b.id): float(a.dense[lane] @ b.dense[lane]) for b in there if b is not a}
        found |= {pair: cosines[pair] for pair in sorted(cosines, key=cosines.__getitem__)[-neighbours:]}
    return found


@on_backends_that(Can.COMPARE_EXACTLY)
def test_pairs_are_each_session_s_nearest_others(index: VectorIndex, indexed: Fill) -> None:
    points = indexed(60)
    bare = IndexPoint(number(61), {Lane.TOOL: directions(np.random.default_rng(2))})
    index.upsert([bare])
    for lane in (Lane.CONTENT, Lane.TOOL):
        found = {(pair.a, pair.b): pair.score for pair in index.matrix_pairs(lane, 3)}
        assert found == pytest.approx(pairs([*points, bare], lane, 3), abs=1e-5)


@on_every_backend
def test_only_sessions_that_pass_the_filter_are_compared(index: VectorIndex, indexed: Fill) -> None:
    points = indexed(30)
    own = {point.id for point in points if point.payload["project_name"] == "atlas"}
    found = index.matrix_pairs(Lane.CODE, 2, Filter(projects=("atlas",)))
    assert {pair.a for pair in found} == own
    assert {pair.b for pair in found} <= own
    few = (number(1), number(2), number(3))
    assert len(index.matrix_pairs(Lane.CODE, 10, Filter(ids=few))) == 6


@on_every_backend
def test_nobody_to_compare_with_is_no_pair(index: VectorIndex) -> None:
    assert index.matrix_pairs(Lane.CONTENT, 3) == []
    index.upsert([session(1)])
    assert index.matrix_pairs(Lane.CONTENT, 3) == []
    with pytest.raises(PlanError, match="choose a dense lane"):
        index.matrix_pairs(Lane.PATH_SPARSE, 3)


@on_every_backend
def test_an_example_that_is_not_there_is_a_sentence(index: VectorIndex, indexed: Fill) -> None:
    indexed(3)
    with pytest.raises(IndexingError, match=str(number(99))):
        index.query_batch([similar(Lane.CONTENT, number(99), 3)])


@on_every_backend
def test_what_is_like_an_example_is_not_the_example(index: VectorIndex, indexed: Fill) -> None:
    points = indexed(40)
    where = Filter(projects=("memex",))
    [answer] = index.query_batch([similar(Lane.ERROR, number(4), 5, where)])
    others = [point for point in points if point.id != number(4) and point.payload["project_name"] == "memex"]
    truth = expected(others, Lane.ERROR, points[4].dense[Lane.ERROR])
    assert [point.id for point in answer] == sorted(truth, key=truth.__getitem__, reverse=True)[:5]


@on_every_backend
def test_a_refused_point_leaves_the_index_as_it_was(index: VectorIndex) -> None:
    poison = IndexPoint(number(2), {}, {Lane.PATH_SPARSE: SparseVector((1, 2), (1.0,))})
    with pytest.raises(RefusedPointError):
        index.upsert([session(1), poison])
    assert index.count() == 0


@on_every_backend
def test_a_closed_index_says_so(index: VectorIndex) -> None:
    index.close()
    with pytest.raises(IndexingError, match="closed"):
        index.count()


@on_backends_that(Can.COLLECTIONS)
def test_another_shape_or_an_unfinished_generation_is_stale(backend: Backend, index: VectorIndex) -> None:
    with pytest.raises(StaleGenerationError, match="must be rebuilt"):
        backend.reopen(CollectionShape(DIMENSION, version=99))


@on_backends_that(Can.COLLECTIONS)
def test_the_alias_leads_to_one_generation_after_the_other(backend: Backend, index: VectorIndex) -> None:
    assert backend.generations is not None
    generations = backend.generations()
    assert generations.version()
    assert (generations.all(), generations.current()) == ([1], None)
    generations.make_current(1)
    assert generations.current() == 1
    generations.drop(7)
    generations.drop(1)
    assert generations.all() == []
