"""The snapshot verbs, from one home to another."""

from pathlib import Path

from memex.core.library import ImportReport, LibraryStatus, SnapshotReport
from tests.cli.commands import json_of, run, text_of


def test_a_library_is_carried_to_another_home(library: Path, tmp_path: Path) -> None:
    file, home = tmp_path / "all.memex", tmp_path / "other"
    written = json_of(SnapshotReport, library, "snapshot", "export", str(file), "--with-texts")
    again = run(library, "snapshot", "export", str(file))
    assert again.returncode == 1
    assert "exists: give another name, or --force" in again.stderr
    assert written == json_of(SnapshotReport, library, "snapshot", "verify", str(file))
    assert "Whole and unchanged" in text_of(library, "snapshot", "verify", str(file))
    taken = json_of(ImportReport, home, "snapshot", "import", str(file))
    there = json_of(LibraryStatus, home, "status")
    assert taken.added == written.sessions
    assert there.sessions == json_of(LibraryStatus, library, "status").sessions


def test_a_snapshot_of_titles_and_vectors_is_smaller_and_says_so(library: Path, tmp_path: Path) -> None:
    whole, slim = tmp_path / "whole.memex", tmp_path / "slim.memex"
    text_of(library, "snapshot", "export", str(whole), "--with-texts")
    assert "metadata, titles and vectors alone" in text_of(library, "snapshot", "export", str(slim))
    assert slim.stat().st_size < whole.stat().st_size
