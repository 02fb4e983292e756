"""From a table to an order: the arithmetic that a slider runs."""

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memex.core.lenses import MAX_WEIGHT, Fusion, Lane, Lens, RankOptions, Recency, Weights
from memex.core.ranking import Ranking, grouped, lane_weight, rank
from memex.core.search import LensTable, SearchRequest, SessionCard
from memex.core.session import Outcome

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LANES = (Lane.WORDS, Lane.CONTENT, Lane.TOOL, Lane.TOOL_SPARSE, Lane.ERROR)
NONE = np.nan
NO_RECENCY = Recency(0.0)
OFF = Weights(0, 0, 0, 0, 0, 0, 0)


def card(key: int, age_days: float = 0.0) -> SessionCard:
    when = NOW - timedelta(days=age_days)
    return SessionCard(
        key, "codex", f"s{key}", "", None, None, when, when, 1, 1, 0, Outcome.UNKNOWN, "/x", None
    )


def table(
    rows: list[list[float]], trust: tuple[float, ...] = (1.0,) * 5, ages: tuple[float, ...] = ()
) -> LensTable:
    cards = tuple(card(key, ages[key] if ages else 0.0) for key in range(len(rows)))
    scores = np.array(rows, np.float32).tobytes()
    return LensTable(SearchRequest("x"), cards, LANES, scores, trust)


def ranked(found: LensTable, weights: Weights) -> Ranking:
    return rank(found, RankOptions(weights, NO_RECENCY), NOW)


def test_a_lens_that_is_turned_up_brings_its_sessions_first() -> None:
    found = table([[1.0, 0.1, 0, 0, 0.0], [0.2, 0.1, 0, 0, 1.0]])
    words_first = rank(
        found, RankOptions(msgspec.structs.replace(OFF, words=1.0, error=0.5), NO_RECENCY), NOW
    )
    error_first = rank(
        found, RankOptions(msgspec.structs.replace(OFF, words=0.5, error=2.0), NO_RECENCY), NOW
    )
    assert list(words_first.order) == [0, 1]
    assert list(error_first.order) == [1, 0]


def test_a_lens_drives_its_dense_and_its_sparse_lane() -> None:
    found = table([[0, 0, 1.0, 0.5, 0]], trust=(1.0, 1.0, 0.3, 0.1, 1.0))
    ranking = rank(found, RankOptions(msgspec.structs.replace(OFF, tool=1.0), NO_RECENCY), NOW)
    assert ranking.contributions[0, list(Lens).index(Lens.TOOL)] == pytest.approx((0.3 + 0.05) / 0.4)


def test_above_one_a_weight_overrides_a_lane_that_is_not_trusted() -> None:
    found = table([[1.0, 0, 0, 0, 0.0], [0.0, 0, 0, 0, 1.0]], trust=(1.0, 0, 0, 0, 0.01))
    assert list(rank(found, RankOptions(Weights(), NO_RECENCY), NOW).order) == [0, 1]
    assert list(rank(found, RankOptions(Weights(error=MAX_WEIGHT), NO_RECENCY), NOW).order) == [1, 0]


@pytest.mark.parametrize("trust", [0.0, 0.05, 0.7, 1.0])
def test_a_heavier_weight_never_counts_less(trust: float) -> None:
    weights = [lane_weight(step * 0.05, trust, 2) for step in range(21)]
    assert weights == sorted(weights)


def test_nothing_in_a_lane_counts_as_its_background() -> None:
    ranking = rank(
        table([[0.5, 0, 0, 0, NONE], [0.5, 0, 0, 0, 0.0]]), RankOptions(Weights(), NO_RECENCY), NOW
    )
    assert ranking.score[0] == ranking.score[1]


def test_a_lane_without_trust_has_no_say() -> None:
    found = table([[0.1, 1.0, 0, 0, 0], [0.2, 0.0, 0, 0, 0]], trust=(1.0, 0.0, 1.0, 1.0, 1.0))
    assert list(rank(found, RankOptions(Weights(), NO_RECENCY), NOW).order) == [1, 0]


def test_with_every_weight_at_zero_the_newest_comes_first() -> None:
    found = table([[1, 1, 1, 1, 1], [0, 0, 0, 0, 0]], ages=(400.0, 2.0))
    ranking = rank(found, RankOptions(OFF, NO_RECENCY), NOW)
    assert list(ranking.order) == [1, 0]
    assert ranking.is_by_recency


def test_recency_halves_with_its_half_life() -> None:
    found = table([[0] * 5, [0] * 5], ages=(0.0, 30.0))
    ranking = rank(found, RankOptions(Weights(), Recency(0.2, 30.0)), NOW)
    assert ranking.recency == pytest.approx([0.2, 0.1])


def test_an_empty_table_has_an_empty_order() -> None:
    assert list(rank(table([]), RankOptions(Weights(), Recency()), NOW).order) == []


@given(
    st.lists(
        st.lists(st.one_of(st.floats(0, 1, width=32), st.just(NONE)), min_size=5, max_size=5), max_size=8
    ),
    st.lists(st.floats(0, 2), min_size=7, max_size=7),
)
def test_contributions_and_recency_always_sum_to_the_score(
    rows: list[list[float]], weights: list[float]
) -> None:
    ranking = rank(table(rows), RankOptions(Weights(*weights), Recency()), NOW)
    assert ranking.contributions.sum(axis=1) + ranking.recency == pytest.approx(ranking.score)
    assert sorted(ranking.order) == list(range(len(rows)))
    assert np.isfinite(ranking.score).all()


def with_vectors(found: LensTable, vectors: list[list[float]]) -> LensTable:
    unit = np.array(vectors) / np.linalg.norm(vectors, axis=1, keepdims=True)
    return msgspec.structs.replace(found, vectors=np.round(unit * 127).astype(np.int8).tobytes())


@pytest.mark.parametrize("fusion", Fusion)
@pytest.mark.parametrize("diversity", [0.0, 0.5, 1.0])
def test_every_part_of_a_score_is_accounted_for(fusion: Fusion, diversity: float) -> None:
    generator = np.random.default_rng(7)
    rows = np.where(generator.random((40, 5)) < 0.3, NONE, generator.random((40, 5))).tolist()
    found = with_vectors(table(rows), generator.normal(size=(40, 8)).tolist())
    options = RankOptions(
        Weights(error=1.7), Recency(), fusion, diversity, error_boost=0.3, liked=(3,), disliked=(5, 6)
    )
    ranking = rank(found, options, NOW)
    rest = ranking.recency + ranking.errors + ranking.feedback
    assert ranking.contributions.sum(axis=1) + rest == pytest.approx(ranking.score)
    assert ranking.by_lane.sum(axis=1) + rest == pytest.approx(ranking.score)
    assert sorted(ranking.order) == list(range(40))


def test_reciprocal_ranks_take_the_order_of_a_lane_and_not_its_distances() -> None:
    found = table([[1.0, 0.0, 0, 0, 0], [0.9, 0.1, 0, 0, 0], [0.0, 1.0, 0, 0, 0]])
    alone = msgspec.structs.replace(OFF, words=1.0)
    ranking = rank(found, RankOptions(alone, NO_RECENCY, Fusion.RRF), NOW)
    assert ranking.score == pytest.approx([1.0, 61 / 62, 0.0])


def test_distribution_based_fusion_puts_three_deviations_at_one() -> None:
    found = table([[1.0, 0, 0, 0, 0], [0.0, 0, 0, 0, 0]])
    alone = msgspec.structs.replace(OFF, words=1.0)
    ranking = rank(found, RankOptions(alone, NO_RECENCY, Fusion.DBSF), NOW)
    assert ranking.score == pytest.approx([0.5 + 1 / 6, 0.5 - 1 / 6])


def test_diversity_puts_another_subject_before_a_copy() -> None:
    found = with_vectors(
        table([[1.0, 0, 0, 0, 0], [0.9, 0, 0, 0, 0], [0.8, 0, 0, 0, 0], [0.0, 0, 0, 0, 0]]),
        [[1, 0], [1, 0.01], [0, 1], [1, 1]],
    )
    assert list(rank(found, RankOptions(recency=NO_RECENCY), NOW).order) == [0, 1, 2, 3]
    assert list(rank(found, RankOptions(recency=NO_RECENCY, diversity=0.5), NOW).order) == [0, 2, 1, 3]


def test_what_is_like_a_liked_session_rises_and_what_is_like_a_disliked_one_sinks() -> None:
    found = with_vectors(
        table([[0.5, 0, 0, 0, 0]] * 5), [[1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 1, 0.1], [0, 0, 1]]
    )
    ranking = rank(found, RankOptions(recency=NO_RECENCY, liked=(0,), disliked=(2,)), NOW)
    assert set(ranking.order[:2]) == {0, 1}
    assert set(ranking.order[-2:]) == {2, 3}
    assert ranking.feedback[1] > 0 > ranking.feedback[3]


def test_feedback_without_vectors_changes_nothing() -> None:
    found = table([[0.5, 0, 0, 0, 0], [0.4, 0, 0, 0, 0]])
    assert not rank(found, RankOptions(liked=(1,), diversity=0.5), NOW).feedback.any()


def test_sessions_that_met_errors_can_be_raised() -> None:
    found = table([[0.5, 0, 0, 0, 0], [0.4, 0, 0, 0, 0]])
    cards = (found.cards[0], msgspec.structs.replace(found.cards[1], error_count=2))
    found = msgspec.structs.replace(found, cards=cards)
    ranking = rank(found, RankOptions(recency=NO_RECENCY, error_boost=0.2), NOW)
    assert list(ranking.order) == [1, 0]
    assert ranking.errors == pytest.approx([0.0, 0.2])


def test_copies_stand_behind_the_best_of_their_group() -> None:
    assert grouped([2, 0, 1, 3], [7, 8, 7, 8]) == {2: [0], 1: [3]}
    assert grouped([1, 0], ()) == {1: [], 0: []}
