"""The verbs on indexes and models, with their exit codes, through the real door."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from memex.cli.index_output import GenerationsOutput
from memex.cli.output import SearchOutput
from memex.core.errors import IndexingError
from memex.core.indexes import (
    GenerationComparison,
    GenerationState,
    ReembedReport,
    ReembedState,
    ReindexReport,
)
from memex.core.library import LibraryStatus
from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, save_settings
from memex.index.edge import EdgeIndex
from tests.cli.commands import Done, decoded, exit_code, json_of, text_of
from tests.small_model import make_small_model

SESSIONS = 12


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small_model(tmp_path_factory.mktemp("small") / "small-model")


@pytest.fixture
def own_library(library: Path, tmp_path: Path) -> Path:
    """A copy, to be changed."""
    return Path(shutil.copytree(library, tmp_path / "own"))


@pytest.fixture
def memex(
    own_library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """In this process, which has loaded torch already."""

    def run_here(*words: str) -> Done:
        code = exit_code(monkeypatch, "--home", str(own_library), *words)
        said = capsys.readouterr()
        return Done(words, int(str(code or 0)), said.out, said.err)

    return run_here


def listed(memex: Callable[..., Done], *words: str) -> dict[GenerationState, int]:
    done = memex("generations", *words, "--json")
    assert done.returncode == 0
    return {each.state: each.id for each in decoded(GenerationsOutput, done.stdout).generations}


def status(memex: Callable[..., Done]) -> LibraryStatus:
    return decoded(LibraryStatus, memex("status", "--json").stdout)


def test_a_library_changes_its_model_and_goes_back(memex: Callable[..., Done], small_model: Path) -> None:
    before = listed(memex)[GenerationState.CURRENT]
    done = memex("reembed", "--model", str(small_model), "--yes", "--json", "--batch", "9")
    report = decoded(ReembedReport, done.stdout)
    assert (done.returncode, report.state, report.batch) == (0, ReembedState.DONE, 9)
    (line,) = (line for line in done.stderr.splitlines() if "texts to embed" in line)
    assert line.startswith(f"{report.texts:,} of {report.texts:,} texts to embed in {report.batches} batches")
    assert "384 dimensions, int8) → small-model (32 dimensions, fp32)" in line
    assert "as a probe of 32 texts went at" in line
    new = report.switched_to
    assert listed(memex) == {GenerationState.CURRENT: new, GenerationState.COMPLETE: before}
    now = status(memex)
    assert (now.model or "").startswith("small-model-32-")
    assert (now.indexed, now.waiting, now.reembed) == (SESSIONS, 0, None)
    found = decoded(SearchOutput, memex("search", "deadlock", "--json").stdout)
    assert found.degraded is None
    assert found.hits

    compared = memex("generations", "compare", str(before), str(new), "--json")
    comparison = decoded(GenerationComparison, compared.stdout)
    assert (comparison.queries, comparison.first.ndcg) == (0, None)
    assert listed(memex, "rollback") == {GenerationState.CURRENT: before, GenerationState.COMPLETE: new}
    assert "minilm" in (status(memex).model or "")
    assert listed(memex, "drop", str(new)) == {GenerationState.CURRENT: before}
    refused = memex("generations", "drop", str(before))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is in use" in refused.stderr


def test_every_end_of_a_reembedding_has_its_exit_code(
    memex: Callable[..., Done], small_model: Path, tmp_path: Path
) -> None:
    def ended(*words: str) -> tuple[int, str]:
        done = memex("reembed", *words)
        return done.returncode, done.stdout + done.stderr

    code, said = ended("--model", "all-MiniLM-L6-v2")
    assert (code, "already" in said) == (0, True)
    code, said = ended()
    assert (code, said) == (2, "memex: No embedding model is named: give one with --model.\n")
    code, said = ended("--model", str(tmp_path / "nowhere"), "--yes")
    assert (code, "cannot be opened" in said) == (3, True)
    code, said = ended("--model", "someone/unpublished")
    assert (code, "cannot be opened" in said) == (3, True)
    code, said = ended("--model", str(small_model), "--project", "tollgate", "--yes")
    assert (code, "until they follow" in said) == (4, True)
    assert "which is not in use yet" in memex("status").stdout
    code, said = ended("--model", str(small_model))
    assert (code, "with --yes" in said) == (1, True)


def test_the_settings_name_the_model_if_no_option_does(own_library: Path, small_model: Path) -> None:
    save_settings(LibraryPaths(own_library).settings, Settings(model=str(small_model)))
    assert f"run `memex reembed --model {small_model}`" in text_of(own_library, "status")
    plan = json_of(ReembedReport, own_library, "reembed", "--dry-run")
    assert plan.target is not None
    assert (plan.state, plan.target.name) == (ReembedState.PLANNED, "small-model")


def test_a_library_is_indexed_anew(memex: Callable[..., Done]) -> None:
    before = listed(memex)[GenerationState.CURRENT]
    done = memex("reindex", "--json")
    report = decoded(ReindexReport, done.stdout)
    assert (done.returncode, report.reread, report.changed, report.waiting) == (0, SESSIONS, 0, ())
    assert listed(memex)[GenerationState.CURRENT] == report.generation != before
    assert decoded(SearchOutput, memex("search", "deadlock", "--json").stdout).degraded is None


def test_an_empty_library_is_indexed_anew_at_once(tmp_path: Path) -> None:
    assert json_of(ReindexReport, tmp_path / "new", "reindex").sessions == 0
    assert text_of(tmp_path / "new", "generations") == "No index yet: `memex index` makes one.\n"


def test_an_index_that_cannot_be_built_is_told_after_what_was_done(
    memex: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise IndexingError("The disk is full: free some space.")

    monkeypatch.setattr(EdgeIndex, "create", broken)
    done = memex("reindex")
    assert done.returncode == 1
    assert f"{SESSIONS} of {SESSIONS} sessions read again" in done.stdout
    assert done.stderr == "memex: The disk is full: free some space.\n"
