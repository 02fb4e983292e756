"""int8 only where it is clearly faster and says the same."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from memex.core.models import ModelSignature
from memex.embedding.minilm import open_minilm
from memex.embedding.variants import PROBE_SECONDS, choose_variant


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class TimedEmbedder:
    """Takes the next of `seconds` (then the last again) for each call, and points where it is told."""

    max_tokens = 256

    def __init__(self, variant: str, clock: Clock, seconds: Sequence[float], cosine: float = 1.0) -> None:
        self.signature = ModelSignature("fake", 2, "0" * 64, variant)
        self.calls = 0
        self._clock, self._seconds = clock, seconds
        self._row = [cosine, (1 - cosine**2) ** 0.5]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._clock.now += self._seconds[min(self.calls, len(self._seconds) - 1)]
        self.calls += 1
        return np.array([self._row] * len(texts), np.float32)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("fp32_seconds", "int8_seconds", "chosen"),
    [
        ([0.10], [0.05], "int8"),
        ([0.10], [0.08], "fp32"),
        ([0.10], [0.20], "fp32"),
        # The first call warms up; a stall in one round does not decide.
        ([9.0, 0.10], [0.05, 0.80, 0.05], "int8"),
        ([0.05, 0.90, 0.05], [0.05], "fp32"),
    ],
)
def test_the_probe_picks_int8_only_for_a_clear_gain(
    fp32_seconds: list[float], int8_seconds: list[float], chosen: str
) -> None:
    clock = Clock()
    fp32, int8 = TimedEmbedder("fp32", clock, fp32_seconds), TimedEmbedder("int8", clock, int8_seconds)
    assert choose_variant(fp32, int8, clock).signature.variant == chosen


def test_a_fast_int8_that_says_something_else_is_not_picked() -> None:
    clock = Clock()
    int8 = TimedEmbedder("int8", clock, [0.01], cosine=0.9)
    assert choose_variant(TimedEmbedder("fp32", clock, [0.10]), int8, clock).signature.variant == "fp32"


def test_a_slow_machine_is_probed_for_one_round_only() -> None:
    clock = Clock()
    fp32, int8 = TimedEmbedder("fp32", clock, [PROBE_SECONDS]), TimedEmbedder("int8", clock, [0.1])
    choose_variant(fp32, int8, clock)
    assert (fp32.calls, int8.calls) == (2, 2)


def test_the_real_model_is_probed_when_no_variant_is_fixed(prepared_cache: Path) -> None:
    embedder = open_minilm(prepared_cache)
    assert embedder.signature.variant in {"fp32", "int8"}
    assert embedder.encode(["still open"]).shape == (1, 384)
    embedder.close()
