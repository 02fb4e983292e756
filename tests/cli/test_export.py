"""`memex export` as a shell runs it."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from memex.library.export.json_export import JsonExport
from tests.cli.commands import DEADLOCK, command, run


def test_a_page_is_written_and_what_it_holds_is_said(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "session.html"
    done = run(library, "export", DEADLOCK[:8], "--out", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"bytes to {path}." in done.stdout
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_to_standard_output_with_nothing_else_on_it(library: Path) -> None:
    done = run(library, "export", DEADLOCK, "--format", "json", "--turns", "1-2", "--out", "-")
    exported = msgspec.json.decode(done.stdout, type=JsonExport)
    assert [turn.index for turn in exported.turns] == [1, 2]
    assert done.stderr.startswith("2 turns, ")


def test_a_reader_that_has_seen_enough(library: Path) -> None:
    words = command(library, "export", DEADLOCK, "--format", "md", "--out", "-")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"bug" not in process.stderr.read()
        assert process.wait() == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--turns", "400-"), "it has no turn 400"),
        (("--turns", "x"), "names no turns"),
        (("--turns", "-999"), "it has no turn 999"),
    ],
)
def test_turns_that_are_not_there(library: Path, tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    done = run(library, "export", DEADLOCK, "--out", str(tmp_path / "x.html"), *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert why in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_with_force(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text("mine")
    words = ("export", DEADLOCK, "--format", "md", "--out", str(path))
    refused = run(library, *words)
    assert (refused.returncode, path.read_text()) == (1, "mine")
    assert "exists already" in refused.stderr
    assert run(library, *words, "--force").returncode == 0
    assert path.read_text("utf-8").startswith("# ")
