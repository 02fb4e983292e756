"""The common scale and the trust: what a lane may say about a query."""

import numpy as np
import pytest

from memex.core.lenses import Lane
from memex.library.calibration import coverage, on_common_scale, trust

NONE = np.nan


def test_the_background_is_zero_and_the_best_is_one() -> None:
    scaled, _ = on_common_scale(Lane.CONTENT, np.array([0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.6], np.float32))
    assert scaled == pytest.approx([0, 0, 0, 0, 0, 0, 0, 1])


def test_no_match_is_the_background_of_words() -> None:
    scaled, _ = on_common_scale(Lane.WORDS, np.array([4.0, 2.0, NONE], np.float32))
    assert scaled[:2] == pytest.approx([1.0, 0.5])
    assert np.isnan(scaled[2])


@pytest.mark.parametrize("raw", [[], [NONE, NONE], [0.3] * 9])
def test_a_lane_in_which_all_look_alike_tells_nothing_apart(raw: list[float]) -> None:
    scaled, stands_out = on_common_scale(Lane.ERROR, np.array(raw, np.float32))
    assert np.nansum(scaled) == 0
    assert stands_out == 0


def test_the_only_session_with_an_error_is_measured_against_unrelated_texts() -> None:
    (near,), stands_out = on_common_scale(Lane.ERROR, np.array([0.7], np.float32))
    (_,), hardly = on_common_scale(Lane.ERROR, np.array([0.12], np.float32))
    assert near == 1.0
    assert stands_out > 5
    assert hardly < 1


def test_a_lane_is_trusted_the_more_its_best_stands_out() -> None:
    near = on_common_scale(Lane.CODE, np.array([0.1, 0.2, 0.3, 0.4, 0.5], np.float32))[1]
    far = on_common_scale(Lane.CODE, np.array([0.1, 0.2, 0.3, 0.4, 0.9], np.float32))[1]
    assert trust({Lane.CODE: far}, 0.0)[Lane.CODE] > trust({Lane.CODE: near}, 0.0)[Lane.CODE]


def test_vectors_yield_where_the_words_have_the_answer() -> None:
    stands_out = {Lane.CONTENT: 6.0}
    quoted, paraphrased = trust(stands_out, 0.9), trust(stands_out, 0.1)
    assert quoted[Lane.WORDS] > 2 * quoted[Lane.CONTENT]
    assert paraphrased[Lane.CONTENT] > 2 * paraphrased[Lane.WORDS]


def test_coverage_counts_words_that_occur_nowhere() -> None:
    assert coverage(11.0, [5.0]) == pytest.approx(1.0)
    assert coverage(11.0, [5.0, 15.0]) == pytest.approx(0.25)
    assert coverage(0.0, []) == 0.0
