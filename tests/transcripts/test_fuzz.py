"""A few hundred mutants of real transcripts; `python -m tests.transcripts.fuzz` reads 20,000."""

import pytest

from tests.transcripts.fuzz import mutants, survives


@pytest.mark.parametrize("seed", range(5))
def test_mutants_of_real_transcripts_are_read_or_refused(seed: int) -> None:
    for mutant in mutants(100, seed):
        survives(mutant)
