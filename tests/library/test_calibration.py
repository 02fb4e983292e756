"""The common scale and the trust: what a lane may say about a query."""

import numpy as np
import pytest

from memex.core.lenses import Lane
from memex.library.calibration import (
    CLOSE,
    TYPICAL_TURNS,
    ScaledLane,
    confidence,
    coverage,
    of_typical_length,
    on_common_scale,
    trust,
)

NONE = np.nan


def scaled(lane: Lane, *raw: float) -> ScaledLane:
    return on_common_scale(lane, np.array(raw, np.float32))


def test_the_background_is_zero_and_the_best_is_one() -> None:
    found = scaled(Lane.CONTENT, 0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.6)
    assert found.scores == pytest.approx([0, 0, 0, 0, 0, 0, 0, 1])
    assert found.span == pytest.approx(0.4)


def test_no_match_is_the_background_of_words() -> None:
    found = scaled(Lane.WORDS, 4.0, 2.0, NONE)
    assert found.scores[:2] == pytest.approx([1.0, 0.5])
    assert np.isnan(found.scores[2])


@pytest.mark.parametrize("raw", [[], [NONE, NONE], [0.3] * 9])
def test_a_lane_in_which_all_look_alike_tells_nothing_apart(raw: list[float]) -> None:
    found = scaled(Lane.ERROR, *raw)
    assert np.nansum(found.scores) == 0
    assert found.span == 0


def test_the_only_session_with_an_error_is_measured_against_unrelated_texts() -> None:
    assert scaled(Lane.ERROR, 0.7).scores == [1.0]
    assert scaled(Lane.ERROR, 0.7).span > 0.5
    assert scaled(Lane.ERROR, 0.12).span < 0.05


def test_a_lane_is_trusted_the_more_its_best_stands_out() -> None:
    code = scaled(Lane.CODE, 0.1, 0.2, 0.3, 0.4, 0.9)
    near = {Lane.CODE: code, Lane.CONTENT: scaled(Lane.CONTENT, 0.3, 0.3, 0.3, 0.3, 0.35)}
    far = {Lane.CODE: code, Lane.CONTENT: scaled(Lane.CONTENT, 0.3, 0.3, 0.3, 0.3, 0.9)}
    assert trust(far, 0.0)[Lane.CONTENT] > trust(near, 0.0)[Lane.CONTENT]


def test_the_best_session_of_all_vectors_together_gets_one_from_them() -> None:
    lanes = {
        Lane.CONTENT: scaled(Lane.CONTENT, 0.1, 0.2, 0.3, 0.9),
        Lane.CODE: scaled(Lane.CODE, 0.8, 0.2, 0.3, NONE),
        Lane.WORDS: scaled(Lane.WORDS, 1.0, NONE, NONE, NONE),
    }
    trusted = trust(lanes, 0.0)
    together = sum(trusted[lane] * np.nan_to_num(lanes[lane].scores) for lane in (Lane.CONTENT, Lane.CODE))
    assert np.max(together) == pytest.approx(1.0)


def test_vectors_yield_where_the_words_have_the_answer() -> None:
    lanes = {
        Lane.CONTENT: scaled(Lane.CONTENT, 0.1, 0.2, 0.3, 0.9),
        Lane.WORDS: scaled(Lane.WORDS, 9.0, 1.0, NONE, NONE),
    }
    quoted, paraphrased = trust(lanes, 0.9), trust(lanes, 0.1)
    assert quoted[Lane.WORDS] > 2 * quoted[Lane.CONTENT]
    assert paraphrased[Lane.CONTENT] > 2 * paraphrased[Lane.WORDS]


def test_coverage_counts_words_that_occur_nowhere() -> None:
    assert coverage(11.0, [5.0]) == pytest.approx(1.0)
    assert coverage(11.0, [5.0, 15.0]) == pytest.approx(0.25)
    assert coverage(0.0, []) == 0.0


def test_words_or_meaning_make_sure_and_neither_does_not() -> None:
    assert confidence(0.6, 0.25) > CLOSE
    assert confidence(0.1, 0.55) > CLOSE
    assert confidence(0.1, 0.3) < CLOSE
    assert confidence(0.6, None) > CLOSE
    assert confidence(0.1, None) < CLOSE


def test_a_long_session_is_near_by_accident_and_is_taken_back_for_it() -> None:
    cosines = np.array([0.5, 0.5, 0.5, np.nan], np.float32)
    short, typical, long, nothing = of_typical_length(cosines, [2, TYPICAL_TURNS, 400, 5])
    assert short > typical == np.float32(0.5) > long
    assert np.isnan(nothing)
