"""Which files are found, and what is passed over."""

import os
from pathlib import Path

import pytest

from memex.transcripts.discovery import FoundFile, Unreadable, default_roots, find_transcripts


def write(path: Path, size: int = 3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def found(*roots: Path) -> list[Path]:
    return [file.path for file in find_transcripts(roots) if isinstance(file, FoundFile)]


def test_transcripts_by_name_in_order(tmp_path: Path) -> None:
    wanted = [
        write(tmp_path / "a" / "one.jsonl"),
        write(tmp_path / "a" / "one" / "subagents" / "agent-1.jsonl"),
        write(tmp_path / "b" / "TWO.JSONL"),
        write(tmp_path / "rollout-2025-05-01-x.json"),
    ]
    for name in (
        "journal.jsonl",
        "history.jsonl",
        "session_index.jsonl",
        "sessions-index.json",
        "agent-1.meta.json",
    ):
        write(tmp_path / "a" / name)
    (tmp_path / "folder.jsonl").mkdir()
    assert sorted(found(tmp_path)) == sorted(wanted)
    assert found(tmp_path) == found(tmp_path)


def test_the_files_of_the_other_agents(tmp_path: Path) -> None:
    wanted = [
        write(tmp_path / ".aider.chat.history.md"),
        write(tmp_path / "chats" / "session-2026-01-02T03-04-0e9ab4de.json"),
        write(tmp_path / "opencode-dev.db"),
        write(tmp_path / "opencode.db"),
        write(tmp_path / "storage" / "session" / "p" / "ses_1.json"),
        write(tmp_path / "tasks" / "1" / "api_conversation_history.json"),
    ]
    for name in (
        "README.md",
        "opencode.db-wal",
        "opencode.db-shm",
        "package.json",
        "state.db",
        "storage/message/ses_1/msg_1.json",
        "storage/part/msg_1/prt_1.json",
        "tasks/1/ui_messages.json",
    ):
        write(tmp_path / name)
    assert sorted(found(tmp_path)) == sorted(wanted)


def test_an_agents_one_file_is_a_root_as_its_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("OPENCODE_DB", raising=False)
    database = write(tmp_path / "opencode" / "opencode.db")
    (tmp_path / "opencode" / "storage" / "session").mkdir(parents=True)
    assert {database, tmp_path / "opencode" / "storage" / "session"} <= set(default_roots())


def test_size_and_time_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl", 7)
    (file,) = find_transcripts([tmp_path])
    assert file == FoundFile(path, 7, path.stat().st_mtime_ns)


def test_a_file_may_be_given_and_nothing_comes_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "any.name")
    inner = write(tmp_path / "sub" / "s.jsonl")
    assert found(path, tmp_path, tmp_path / "sub") == [path, inner]


def test_relative_roots_give_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "sub" / "s.jsonl")
    monkeypatch.chdir(tmp_path)
    assert found(Path("sub")) == [path]


def test_loops_of_links_end_and_links_are_followed(tmp_path: Path) -> None:
    real = write(tmp_path / "real" / "s.jsonl")
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "real")
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "link").symlink_to(tmp_path / "real")
    (tmp_path / "roots" / "broken.jsonl").symlink_to(tmp_path / "nowhere")
    files = list(find_transcripts([tmp_path / "roots", tmp_path]))
    assert [file.path for file in files if isinstance(file, FoundFile)] == [
        tmp_path / "roots" / "link" / real.name
    ]
    assert [file.path.name for file in files if isinstance(file, Unreadable)] == ["broken.jsonl"]


def test_pipes_are_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert list(find_transcripts([tmp_path])) == []


def test_what_cannot_be_looked_into_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    write(closed / "s.jsonl")
    other = write(tmp_path / "open" / "s.jsonl")
    scandir = os.scandir

    def guarded(path: Path) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)  # root may read every folder
    missing = tmp_path / "missing"
    assert list(find_transcripts([tmp_path / "closed", tmp_path / "open", missing])) == [
        Unreadable(closed, "Permission denied"),
        FoundFile(other, 3, other.stat().st_mtime_ns),
        Unreadable(missing, "No such file or directory"),
    ]


def test_the_agents_own_folders(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_roots() == ()
    for folder in (".claude/projects", ".codex/sessions", ".codex/archived_sessions"):
        (home / folder).mkdir(parents=True)
    assert default_roots() == (
        home / ".claude" / "projects",
        home / ".codex" / "sessions",
        home / ".codex" / "archived_sessions",
    )
    (tmp_path / "claude" / "projects").mkdir(parents=True)
    (tmp_path / "codex" / "sessions").mkdir(parents=True)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    assert default_roots() == (tmp_path / "claude" / "projects", tmp_path / "codex" / "sessions")
