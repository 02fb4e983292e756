"""The embedded index with the real engine: what goes in is found, scored as numpy scores it, and filtered."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from math import log
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from memex.core.lenses import DENSE_LANES, SPARSE_LANES, VECTOR_LANES, Lane
from memex.index.edge import EdgeIndex
from memex.index.errors import PlanError
from memex.index.plans import Filter, candidates, exact_scores
from memex.index.points import IndexPoint
from memex.index.protocol import ScoredPoint
from memex.index.sparse import SparseVector
from tests.index.builders import SHAPE, bag, directions, number, question, session

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


def test_exact_scores_of_all_eight_lanes_equal_brute_force(index: EdgeIndex, indexed: Fill) -> None:
    points = indexed(150)
    asked = question(1)
    for (lane, query), answer in zip(
        asked.items(), index.query_batch(exact_scores(asked, [point.id for point in points])), strict=True
    ):
        assert scores(answer) == pytest.approx(expected(points, lane, query), abs=2e-5), lane
        assert [point.score for point in answer] == sorted((point.score for point in answer), reverse=True)


def test_a_search_of_candidates_then_exact_scores_finds_the_true_best(
    index: EdgeIndex, indexed: Fill
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


def test_a_session_is_absent_from_the_lanes_it_has_nothing_in(index: EdgeIndex) -> None:
    whole, bare = session(1), IndexPoint(number(2), {Lane.CONTENT: directions(np.random.default_rng(2))})
    index.upsert([whole, bare])
    answers = index.query_batch(exact_scores(question(1), [whole.id, bare.id]))
    lanes = {lane for lane, answer in zip(VECTOR_LANES, answers, strict=True) if bare.id in scores(answer)}
    assert lanes == {Lane.CONTENT}


def test_upserting_again_replaces_the_whole_point(index: EdgeIndex) -> None:
    index.upsert([session(1)])
    changed = IndexPoint(
        number(1), {Lane.TOOL: directions(np.random.default_rng(9))}, payload={"intent": "chore"}
    )
    index.upsert([changed])
    answers = index.query_batch(exact_scores(question(1), [number(1)]))
    assert [len(answer) for answer in answers] == [lane is Lane.TOOL for lane in VECTOR_LANES]
    assert index.count() == 1


def test_delete_passes_over_what_is_not_there(index: EdgeIndex, indexed: Fill) -> None:
    points = indexed(5)
    index.delete([points[0].id, number(99)])
    assert index.ids() == {point.id for point in points[1:]}
    assert index.count() == 4


def test_ids_are_complete_over_several_pages(
    index: EdgeIndex, monkeypatch: pytest.MonkeyPatch, indexed: Fill
) -> None:
    monkeypatch.setattr("memex.index.edge.IDS_A_CALL", 7)
    points = indexed(30)
    assert index.ids() == {point.id for point in points}
    index.delete([point.id for point in points[:20]])
    assert index.ids() == {point.id for point in points[20:]}


def test_nothing_asked_nothing_answered(index: EdgeIndex) -> None:
    index.upsert([])
    index.delete([])
    assert index.query_batch([]) == []
    assert index.query_batch(exact_scores(question(1), [])) == [[]] * len(VECTOR_LANES)
    assert (index.count(), index.ids()) == (0, set())


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeIndex]:
    """Sessions 0 to 39, for tests that only ask."""
    index = EdgeIndex.create(tmp_path_factory.mktemp("forty"), SHAPE)
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
def test_filters_hold_in_every_lane(forty: EdgeIndex, where: Filter, kept: Callable[[int], bool]) -> None:
    wanted = {number(seed) for seed in range(40) if kept(seed)}
    answers = dict(zip(VECTOR_LANES, forty.query_batch(candidates(question(1), 40, where)), strict=True))
    for lane in (*DENSE_LANES, Lane.CONTENT_LATE):
        assert set(scores(answers[lane])) == wanted, lane
    for lane in SPARSE_LANES:
        assert set(scores(answers[lane])) <= wanted, lane


def test_titles_are_indexed_as_text(forty: EdgeIndex) -> None:
    [plan] = candidates({Lane.CONTENT: directions(np.random.default_rng(1))}, 40)
    plan["filter"] = {"must": [{"key": "ai_title", "match": {"text": "LOGIN 7"}}]}
    assert set(scores(forty.query_batch([plan])[0])) == {number(7)}


def test_presence_of_a_slot_and_of_a_field_can_be_asked(index: EdgeIndex) -> None:
    bare = IndexPoint(number(2), {Lane.CONTENT: directions(np.random.default_rng(2))})
    index.upsert([session(1), bare])
    [plan] = candidates({Lane.CONTENT: directions(np.random.default_rng(1))}, 9)
    for condition, found in [({"has_vector": "error"}, 1), ({"is_empty": {"key": "git_branch"}}, 2)]:
        [answer] = index.query_batch([plan | {"filter": {"must": [condition]}}])
        assert set(scores(answer)) == {number(found)}


def test_fusions_run_in_the_engine(index: EdgeIndex, indexed: Fill) -> None:
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


def test_a_plan_that_is_not_understood_asks_nothing(index: EdgeIndex, indexed: Fill) -> None:
    indexed(3)
    good = candidates(question(1), 3)
    with pytest.raises(PlanError, match="acorn"):
        index.query_batch([*good, good[0] | {"params": {"acorn": {"enable": True}}}])
    assert len(index.query_batch(good)) == len(VECTOR_LANES)


def test_closed_and_opened_again_it_answers_the_same(tmp_path: Path, index: EdgeIndex, indexed: Fill) -> None:
    indexed(25)
    plans = candidates(question(4), 10, Filter(has_errors=False))
    before = index.query_batch(plans)
    index.flush()
    index.close()
    index.close()
    reopened = EdgeIndex.open(tmp_path / "generation", SHAPE)
    assert reopened.query_batch(plans) == before
    reopened.close()


def test_long_batches_are_written_in_pieces(monkeypatch: pytest.MonkeyPatch, index: EdgeIndex) -> None:
    """No call writes more vectors than the limit, and a point that alone is over it still goes in."""
    monkeypatch.setattr("memex.index.edge_points.VECTORS_A_CALL", 25)
    random = np.random.default_rng(1)
    long = IndexPoint(number(50), {}, {Lane.TOOL_SPARSE: bag(random)}, late=directions(random, 60))
    index.upsert([*(session(seed) for seed in range(10)), long, session(11)])
    assert index.count() == 12
