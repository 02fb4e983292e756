"""`memex mix`: answers with explanations, and what it refuses."""

from pathlib import Path

from memex.cli.mixing import MixOutput
from tests.cli.commands import DEADLOCK, decoded, json_of, run, text_of


def test_hits_and_explanations_go_together(library: Path) -> None:
    first = json_of(MixOutput, library, "mix", "--like", DEADLOCK, "--limit", "30")
    other = first.hits[-1].session_id
    found = json_of(MixOutput, library, "mix", "--like", DEADLOCK[:8], "--unlike", other, "--limit", "3")
    assert (found.like, found.unlike, found.target, found.lens) == ((DEADLOCK,), (other,), None, None)
    assert [why.session_id for why in found.explanations] == [hit.session_id for hit in found.hits]
    assert not {DEADLOCK, other} & {hit.session_id for hit in found.hits}
    best = found.explanations[0]
    assert best.nearest == DEADLOCK
    assert best.pulled_in_by
    for hit in found.hits:
        assert abs(sum(hit.lenses.values()) - hit.score) < 1e-6


def test_as_text(library: Path) -> None:
    assert f"nearest to {DEADLOCK[:13]}" in text_of(library, "mix", "--like", DEADLOCK)


def test_what_is_not_there_is_told_and_the_mix_goes_on(library: Path) -> None:
    done = run(library, "mix", "--like", DEADLOCK, "--unlike", "gone", "--json")
    assert done.returncode == 0
    assert (
        done.stderr == "memex: The session gone is no longer in this library: the mix goes on without it.\n"
    )
    assert decoded(MixOutput, done.stdout).notes == (done.stderr.removeprefix("memex: ").strip(),)


def test_refusals(library: Path) -> None:
    nothing = run(library, "mix")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "mark at least one" in nothing.stderr
    assert run(library, "mix", "--like", DEADLOCK, "--lens", "words").returncode == 2
