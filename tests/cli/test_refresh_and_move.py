"""`memex refresh` and `memex move`, as their sections in docs/command-line.md have them."""

import socket
from pathlib import Path

import pytest

from memex.core.library import Health, IndexReport, LibraryStatus, MoveReport
from memex.core.paths import LibraryPaths
from memex.core.settings import QdrantServer, Settings, load_settings, save_settings
from tests.cli.commands import exit_code, json_of, run, text_of
from tests.transcript_files import TranscriptFile, session_id


@pytest.fixture
def known(prepared_home: LibraryPaths, tmp_path: Path) -> LibraryPaths:
    """A library that knows one folder."""
    folder = tmp_path / "transcripts"
    TranscriptFile(folder, session_id(1)).prompt("The linker is missing").run("make", "ld: error", fails=True)
    save_settings(prepared_home.settings, Settings((str(folder),), agent_folders=False))
    return prepared_home


@pytest.fixture
def nobody() -> str:
    """Where no server is."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_refresh_takes_in_what_the_known_folders_hold(known: LibraryPaths) -> None:
    first = json_of(IndexReport, known.home, "refresh")
    assert (first.sessions_before, first.sessions, first.new, first.stale) == (0, 1, 1, ())
    assert 0 < first.passages_embedded < first.texts_embedded
    second = json_of(IndexReport, known.home, "refresh")
    assert (second.sessions_before, second.unchanged, second.texts_embedded) == (1, 1, 0)


def test_without_its_server_a_refresh_is_done_and_says_what_it_left(known: LibraryPaths, nobody: str) -> None:
    save_settings(
        known.settings,
        Settings(load_settings(known.settings).folders, agent_folders=False, server=QdrantServer(nobody)),
    )
    printed = text_of(known.home, "refresh")
    assert "1 sessions from 1 files: 1 new" in printed
    assert "left as they were: 1 sessions: The Qdrant server cannot be reached: start it" in printed
    status = json_of(LibraryStatus, known.home, "status")
    assert (status.backend, status.health, status.repairs.count) == (nobody, Health.DEGRADED, 1)
    assert status.repairs.oldest is not None
    assert status.degraded == status.repairs.last_error
    assert "The linker is missing" in text_of(known.home, "search", "linker")
    assert f"Index     {nobody}, degraded" in text_of(known.home, "status")


def test_a_move_to_nobody_is_one_sentence_and_changes_nothing(known: LibraryPaths, nobody: str) -> None:
    text_of(known.home, "refresh")
    before = known.settings.read_bytes()
    done = run(known.home, "move", "--to", "server", "--url", nobody)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("memex: The Qdrant server cannot be reached: start it")
    assert known.settings.read_bytes() == before
    status = json_of(LibraryStatus, known.home, "status")
    assert (status.backend, status.health, status.indexed) == ("embedded", Health.FINE, 1)


def test_a_move_to_where_it_is_says_so(known: LibraryPaths) -> None:
    text_of(known.home, "refresh")
    moved = json_of(MoveReport, known.home, "move", "--to", "embedded")
    assert (moved.backend, moved.sessions) == ("embedded", 1)
    assert "The index is in this library's folder: 1 sessions" in text_of(
        known.home, "move", "--to", "embedded"
    )


def test_a_host_that_is_not_allowed_is_not_contacted(known: LibraryPaths) -> None:
    done = run(known.home, "move", "--to", "server", "--url", "http://qdrant.example.org")
    assert done.returncode == 1
    assert "does not contact qdrant.example.org" in done.stderr
    assert "--allow-host" in done.stderr


def test_a_url_is_for_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code(monkeypatch, "move", "--to", "embedded", "--url", "http://localhost") == 2
