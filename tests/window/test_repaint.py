"""A slider is felt at once."""

from statistics import median
from time import thread_time

from tests.window.repaint import replay_step_ms, slider_step_ms

FRAME_MS = 16


def test_a_slider_step_over_a_thousand_candidates_fits_into_a_frame(qapp) -> None:
    """In this thread's own time, which other work on the machine hardly stretches; `make bench` has p95."""
    assert median(slider_step_ms(qapp, candidates=1_000, steps=40, clock=thread_time)) <= FRAME_MS


def test_a_step_through_five_thousand_turns_fits_into_a_frame(qapp) -> None:
    assert median(replay_step_ms(qapp, turns=5_000, steps=48, clock=thread_time)) <= FRAME_MS
