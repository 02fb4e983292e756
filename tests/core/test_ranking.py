"""From a table to an order: the arithmetic that a slider runs."""

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memex.core.lenses import MAX_WEIGHT, Lane, Lens, Weights
from memex.core.ranking import Recency, lane_weight, rank
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


def test_a_lens_that_is_turned_up_brings_its_sessions_first() -> None:
    found = table([[1.0, 0.1, 0, 0, 0.0], [0.2, 0.1, 0, 0, 1.0]])
    words_first = rank(found, msgspec.structs.replace(OFF, words=1.0, error=0.5), NO_RECENCY, NOW)
    error_first = rank(found, msgspec.structs.replace(OFF, words=0.5, error=2.0), NO_RECENCY, NOW)
    assert list(words_first.order) == [0, 1]
    assert list(error_first.order) == [1, 0]


def test_a_lens_drives_its_dense_and_its_sparse_lane() -> None:
    found = table([[0, 0, 1.0, 0.5, 0]], trust=(1.0, 1.0, 0.3, 0.1, 1.0))
    ranking = rank(found, msgspec.structs.replace(OFF, tool=1.0), NO_RECENCY, NOW)
    assert ranking.contributions[0, list(Lens).index(Lens.TOOL)] == pytest.approx((0.3 + 0.05) / 0.4)


def test_above_one_a_weight_overrides_a_lane_that_is_not_trusted() -> None:
    found = table([[1.0, 0, 0, 0, 0.0], [0.0, 0, 0, 0, 1.0]], trust=(1.0, 0, 0, 0, 0.01))
    assert list(rank(found, Weights(), NO_RECENCY, NOW).order) == [0, 1]
    assert list(rank(found, Weights(error=MAX_WEIGHT), NO_RECENCY, NOW).order) == [1, 0]


@pytest.mark.parametrize("trust", [0.0, 0.05, 0.7, 1.0])
def test_a_heavier_weight_never_counts_less(trust: float) -> None:
    weights = [lane_weight(step * 0.05, trust, 2) for step in range(21)]
    assert weights == sorted(weights)


def test_nothing_in_a_lane_counts_as_its_background() -> None:
    ranking = rank(table([[0.5, 0, 0, 0, NONE], [0.5, 0, 0, 0, 0.0]]), Weights(), NO_RECENCY, NOW)
    assert ranking.score[0] == ranking.score[1]


def test_a_lane_without_trust_has_no_say() -> None:
    found = table([[0.1, 1.0, 0, 0, 0], [0.2, 0.0, 0, 0, 0]], trust=(1.0, 0.0, 1.0, 1.0, 1.0))
    assert list(rank(found, Weights(), NO_RECENCY, NOW).order) == [1, 0]


def test_with_every_weight_at_zero_the_newest_comes_first() -> None:
    found = table([[1, 1, 1, 1, 1], [0, 0, 0, 0, 0]], ages=(400.0, 2.0))
    assert list(rank(found, OFF, NO_RECENCY, NOW).order) == [1, 0]


def test_recency_halves_with_its_half_life() -> None:
    found = table([[0] * 5, [0] * 5], ages=(0.0, 30.0))
    ranking = rank(found, Weights(), Recency(0.2, 30.0), NOW)
    assert ranking.recency == pytest.approx([0.2, 0.1])


def test_an_empty_table_has_an_empty_order() -> None:
    assert list(rank(table([]), Weights(), Recency(), NOW).order) == []


@given(
    st.lists(
        st.lists(st.one_of(st.floats(0, 1, width=32), st.just(NONE)), min_size=5, max_size=5), max_size=8
    ),
    st.lists(st.floats(0, 2), min_size=7, max_size=7),
)
def test_contributions_and_recency_always_sum_to_the_score(
    rows: list[list[float]], weights: list[float]
) -> None:
    ranking = rank(table(rows), Weights(*weights), Recency(), NOW)
    assert ranking.contributions.sum(axis=1) + ranking.recency == pytest.approx(ranking.score)
    assert sorted(ranking.order) == list(range(len(rows)))
    assert np.isfinite(ranking.score).all()
