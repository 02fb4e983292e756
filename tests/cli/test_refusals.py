"""What cannot be done: an exit code, and one sentence that says what to do."""

from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.core.paths import LibraryPaths
from tests.cli.commands import DEADLOCK, exit_code


class Refusals:
    """Of commands that cannot be done: one sentence, on standard error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def check(self, home: Path, words: list[str], sentence: str, code: int = 1) -> None:
        assert exit_code(self._monkeypatch, "--home", str(home), *words) == code
        said = self._capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("memex: ")
        assert said.err.endswith("\n")
        assert said.err.count("\n") == 1
        assert sentence in said.err


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refusals:
    return Refusals(monkeypatch, capsys)


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["replay", "nobody"], "No session “nobody” in this library: `memex sessions` lists them."),
            (["replay", "agent-"], "Several sessions begin with “agent-”: give more of the id."),
            (["replay", DEADLOCK, "--turn", "99"], "has 11 turns: choose one, counting from 0."),
            (["search", "x", "--lens", "colour=1"], "write NAME=WEIGHT with one of content, tool, path,"),
            (["search", "x", "--lens", "content"], "write NAME=WEIGHT"),
            (["search", "x", "--lens", "content=2.1"], "weight of content must lie between 0 and 2."),
            (["search", "x", "--lens", "content=-1"], "weight of content must lie between 0 and 2."),
            (["search", "x", "--lens", "content=nan"], "weight of content must lie between 0 and 2."),
            (["index", "/no/such/folder"], "/no/such/folder does not exist"),
            (["snapshot", "verify", "/no/such.memex"], "/no/such.memex cannot be read"),
            (["snapshot", "import", "x", "--map-path", "nowhere"], "“nowhere” maps no path: write OLD=NEW"),
            (["snapshot", "import", "x", "--replace"], "asks before it goes on"),
            (["fetch-model"], "asks before it goes on: run it on a terminal, or with --yes."),
        ],
    )
    def test_what_was_asked_cannot_be_done(
        self, refusals: Refusals, library: Path, words: list[str], sentence: str
    ) -> None:
        refusals.check(library, words, sentence)

    @pytest.mark.parametrize(
        "words", [["search"], ["seek"], ["search", "x", "--jsn"], ["sessions", "--limit", "0"]]
    )
    def test_a_command_that_is_none_says_where_to_look(
        self, refusals: Refusals, library: Path, words: list[str]
    ) -> None:
        refusals.check(library, words, "--help`.)", code=2)

    def test_a_home_that_cannot_be_written(self, refusals: Refusals, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        refusals.check(
            tmp_path / "file" / "home", ["status"], "cannot be written (Not a directory): choose another."
        )
        refusals.check(tmp_path / "file", ["status"], "is a file.", code=2)

    def test_a_library_from_a_newer_version(self, refusals: Refusals, prepared_home: LibraryPaths) -> None:
        with Catalog(prepared_home.catalog) as catalog:
            catalog._db.execute("PRAGMA user_version = 999")
        refusals.check(prepared_home.home, ["status"], "written by a newer Memex: update Memex to open it.")

    def test_a_damaged_library(self, refusals: Refusals, tmp_path: Path) -> None:
        (tmp_path / "catalog.db").write_bytes(b"no database, by any means" * 100)
        refusals.check(tmp_path, ["sessions"], "move it away, or restore it from a snapshot.")

    def test_settings_that_cannot_be_read(self, refusals: Refusals, tmp_path: Path) -> None:
        (tmp_path / "settings.json").write_text("{")
        refusals.check(tmp_path, ["index"], "Settings could not be read: correct or remove")
