"""Cursor's CLI: one rule a test, on lines written by hand."""

from pathlib import Path
from typing import Any

from memex.core.session import Agent, FileTouch, Session, ToolKind, TouchKind
from memex.transcripts import cursor
from tests.transcripts.lines import Record, calls, kinds, only
from tests.transcripts.lines import read as read_lines

PATH = Path("/home/me/.cursor/projects/home-me-app/agent-transcripts/0e9ab4de/0e9ab4de.jsonl")


def said(role: str, *blocks: Record, **more: Any) -> Record:
    return {"role": role, "message": {"content": list(blocks)}, **more}


def text(words: str) -> Record:
    return {"type": "text", "text": words}


def use(name: str, given: Any) -> Record:
    return {"type": "tool_use", "name": name, "input": given}


def result(words: str, **more: Any) -> Record:
    return {"type": "tool_result", "content": [text(words)], **more}


def read(*records: Record, path: Path = PATH) -> Session:
    return read_lines(*records, path=path)


SAMPLE = [
    said("user", text("<user_info>\nWorkspace Path: /x\n</user_info>\n<user_query>\ngo\n</user_query>")),
    said("assistant", {"type": "thinking", "thinking": "hm"}, text("ok"), use("Shell", {"command": "ls"})),
    said("user", result("a.py", is_error=True)),
    {"type": "turn_ended", "status": "error", "error": "x"},
]


def test_what_the_format_does_not_hold_is_absent() -> None:
    session = read(said("user", text("hi")), said("assistant", text("ok")))
    assert (session.agent, session.id) == (Agent.CURSOR, "0e9ab4de")
    assert (session.started_at, session.ended_at, session.models, session.project_path) == (
        None,
        None,
        (),
        None,
    )
    assert [turn.time for turn in session.turns] == [None, None]


def test_a_prompt_is_the_query_without_its_wrapping() -> None:
    wrapped = (
        "<timestamp>Friday</timestamp>\n<user_info>\nWorkspace Path: /home/me/app\n</user_info>\n"
        "<user_query>\nfix it\n</user_query>"
    )
    session = read(said("user", text(wrapped)))
    assert (only(session).text, session.title, session.project_path) == ("fix it", "fix it", "/home/me/app")


def test_hidden_thinking_is_no_text() -> None:
    session = read(
        said("user", text("go")), said("assistant", text("Reading.\n\n[REDACTED]"), use("Read", {}))
    )
    assert session.turns[1].text == "Reading."
    (reply,) = read(said("assistant", text("[REDACTED]"), use("Read", {}))).turns
    assert reply.text == ""


def test_calls_without_results_count_as_done() -> None:
    edit = use("StrReplace", {"path": "/a.py", "old_string": "x", "new_string": "y"})
    write = use("Write", {"path": "/b.py", "contents": "z\n"})
    edited, written = calls(read(said("assistant", edit, write)))
    assert (edited.result, edited.files) == (None, (FileTouch("/a.py", TouchKind.EDITED),))
    assert edited.diffs[0].hunks[0].lines == ("-x", "+y")
    assert written.diffs[0].hunks[0].lines == ("+z",)
    (deleted,) = calls(read(said("assistant", use("Delete", {"path": "/c.py"}))))
    assert deleted.files == (FileTouch("/c.py", TouchKind.DELETED),)


def test_results_that_an_exporter_wrote_pair_by_order() -> None:
    session = read(
        said("assistant", use("Shell", {"command": "ls"}), use("Read", {"path": "/a"})),
        said("user", result("a.py"), result("no file", is_error=True)),
        said("user", result("?")),
    )
    shell, file = calls(session)
    assert (shell.kind, shell.command, shell.result) == (ToolKind.SHELL, "ls", "a.py")
    assert (file.result, file.is_error, file.files) == ("no file", True, ())
    assert session.skipped_records == {"result without its call": 1}


def test_how_turns_end() -> None:
    session = read(
        said("user", text("go")),
        {"type": "turn_ended", "status": "success"},
        {"type": "turn_ended", "status": "error", "error": "no quota"},
        {"type": "turn_ended", "status": "aborted"},
    )
    assert kinds(session) == ["prompt", "error", "interrupt"]


def test_a_sub_agent_lies_below_its_parent() -> None:
    session = read(said("user", text("look")), path=PATH.parent / "subagents" / "child.jsonl")
    assert (session.id, session.is_subagent, session.parent_id) == ("child", True, "0e9ab4de")


def test_where_it_is_kept() -> None:
    assert cursor.roots() == (Path.home() / ".cursor" / "projects",)
