"""Aider's Markdown history: one rule a test, on a history written by hand."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memex.core.session import Agent, FileTouch, Session, TokenUsage, TouchKind
from memex.transcripts import aider
from memex.transcripts.readers import UnknownFormatError, read_transcript, read_transcripts
from tests.transcripts.lines import calls, kinds, only

PATH = Path("/home/me/app/.aider.chat.history.md")
START = "# aider chat started at 2026-01-02 03:04:05\n\n"
HEAD = """> /usr/bin/aider a.py
> Aider v0.86.1
> Model: claude-x with diff edit format
> Git repo: .git with 3 files
> Repo-map: using 1024 tokens

"""
EDIT = """#### rename it

I will rename it.

a.py
```python
<<<<<<< SEARCH
old = 1
=======
new = 1
>>>>>>> REPLACE
```

> Tokens: 4.2k sent, 1,100 cache write, 2k cache hit, 350 received. Cost: $0.01 message, $0.02 session.
> Applied edit to a.py
> Commit d0ffbf1 refactor: rename
"""


def read_all(text: str, path: Path = PATH) -> list[Session]:
    return list(read_transcripts(io.BytesIO(text.encode()), path))


def read(text: str, path: Path = PATH) -> Session:
    return read_transcript(io.BytesIO((START + text).encode()), path)


def test_facts_of_a_session() -> None:
    session = read(HEAD + EDIT)
    assert (session.agent, session.id, session.agent_version) == (
        Agent.AIDER,
        "2026-01-02T03:04:05",
        "0.86.1",
    )
    assert (session.project_path, session.models, session.title) == (
        "/home/me/app",
        ("claude-x",),
        "rename it",
    )
    assert session.started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert [turn.time for turn in session.turns] == [None] * len(session.turns)


def test_every_session_of_the_file() -> None:
    later = START.replace("03:04:05", "04:00:00")
    sessions = read_all(
        f"#### lost its beginning\n\n{START}#### one\n\n{START}#### two\n\n{later}#### three\n"
    )
    assert [(session.id, session.title) for session in sessions] == [
        ("2026-01-02T03:04:05", "one"),
        ("2026-01-02T03:04:05-2", "two"),
        ("2026-01-02T04:00:00", "three"),
    ]


def test_a_growing_file_changes_no_id_before_its_end() -> None:
    before = read_all(f"{START}#### one\n")
    after = read_all(f"{START}#### one\n\nok\n\n{START}#### two\n")
    assert [session.id for session in after[:1]] == [session.id for session in before]


def test_one_session_is_asked_of_a_file_that_holds_many() -> None:
    with pytest.raises(UnknownFormatError, match="holds many sessions"):
        read(f"#### one\n\n{START}#### two\n")


def test_what_was_typed_what_was_said_and_what_aider_noted() -> None:
    session = read("#### two\n#### lines\n\nFirst.\n\nSecond.\n\n> Added a.py to the chat.\n")
    assert [(turn.kind, turn.text) for turn in session.turns] == [
        ("prompt", "two\nlines"),
        ("reply", "First.\n\nSecond."),
        ("notification", "Added a.py to the chat."),
    ]
    assert [turn.span.line for turn in session.turns if turn.span] == [3, 6, 10]


def test_an_applied_edit_is_a_call_with_its_diff() -> None:
    (found,) = calls(read(HEAD + EDIT))
    assert (found.name, found.result, found.files) == (
        "Applied edit",
        "",
        (FileTouch("a.py", TouchKind.EDITED),),
    )
    assert found.diffs[0].hunks[0].lines == ("-old = 1", "+new = 1")


def test_an_edit_of_another_file_is_not_its_diff() -> None:
    (found,) = calls(read(EDIT.replace("Applied edit to a.py", "Applied edit to b.py")))
    assert found.diffs[0].hunks == ()


def test_tokens_are_as_aider_shows_them() -> None:
    assert read(EDIT + EDIT).tokens == TokenUsage(2200, 700, 4000, 2200)


def test_commands_failures_and_interrupts() -> None:
    session = read(
        "#### /add a.py\n\n#### /run make\n\n#### # Fix any errors below, if possible.\n\n"
        "> The LLM did not conform to the edit format.\n\n> ^C KeyboardInterrupt\n"
    )
    assert kinds(session) == ["slash-command", "shell", "injected", "error", "interrupt"]


def test_a_file_elsewhere_names_no_project() -> None:
    assert read("#### hi\n", Path("/backup/history.md")).project_path is None
    assert read("> Working dir: /srv/app\n\n#### hi\n", Path("/backup/history.md")).project_path == "/srv/app"


def test_damage_costs_little() -> None:
    session = only(read_all(START + "#### a\0b\n")[0])
    assert session.text == "ab"
    (damaged,) = read_transcripts(io.BytesIO(START.encode() + b"#### \xff\xfe\r\n"), PATH)
    assert only(damaged).text == "��"


def test_markdown_without_a_session_is_refused() -> None:
    with pytest.raises(UnknownFormatError):
        read_all("# Notes\n\n#### hi\n")


def test_where_it_is_kept() -> None:
    assert aider.roots() == (Path.home() / ".aider.chat.history.md",)
