"""The measures themselves, by value."""

import pytest

from memex.library.evaluation.metrics import auroc, estimate, ndcg, reciprocal_rank, success


def test_ndcg_rewards_the_better_answer_first() -> None:
    grades = {1: 2, 2: 1}
    assert ndcg([1, 2], grades) == 1.0
    assert ndcg([2, 1], grades) == pytest.approx((1 + 3 / 1.58496) / (3 + 1 / 1.58496), abs=1e-4)
    assert ndcg([9], grades) == 0.0
    assert ndcg([*range(10, 20), 1], grades) == 0.0


def test_the_first_right_place_counts() -> None:
    assert reciprocal_rank([7, 8, 1], {1: 1}) == pytest.approx(1 / 3)
    assert success([7, 8, 1], {1: 1}, within=1) == 0.0
    assert success([7, 8, 1], {1: 1}, within=5) == 1.0


def test_an_interval_holds_its_mean_and_is_the_same_each_time() -> None:
    found = estimate([1.0, 0.0, 1.0, 1.0])
    assert found == estimate([1.0, 0.0, 1.0, 1.0])
    assert found.mean == 0.75
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.75 < found.high
    assert estimate([]).mean is None


def test_auroc_is_the_chance_of_being_above() -> None:
    assert auroc([0.9, 0.8], [0.1]).mean == 1.0
    assert auroc([0.5], [0.5]).mean == 0.5
    assert auroc([0.2, 0.9], [0.5, 0.5]).mean == 0.5
    assert auroc([], [0.5]).mean is None
