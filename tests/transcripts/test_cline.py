"""Cline: one rule a test, on messages written by hand."""

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memex.core.session import Agent, FileTouch, Session, TokenUsage, ToolKind, TouchKind
from memex.transcripts import cline
from memex.transcripts.readers import UnknownFormatError, read_transcript
from tests.transcripts.lines import Record, calls, kinds, only

PATH = Path("/tasks/1767323045000/api_conversation_history.json")
DETAILS = (
    "<environment_details>\n# Current Working Directory (/home/me/app) Files\na.py\n</environment_details>"
)
START = 1_767_323_045_000


def message(role: str, *blocks: Record | str, **more: Any) -> Record:
    content = [text(block) if isinstance(block, str) else block for block in blocks]
    return {"role": role, "content": content, **more}


def text(words: str) -> Record:
    return {"type": "text", "text": words}


def use(name: str, given: Any, id: str = "t1") -> Record:
    return {"type": "tool_use", "id": id, "name": name, "input": given}


def result(content: Any, id: str = "t1", **more: Any) -> Record:
    return {"type": "tool_result", "tool_use_id": id, "content": content, **more}


def read(*messages: Record, path: Path = PATH, indent: int | None = None) -> Session:
    return read_transcript(io.BytesIO(json.dumps(messages, indent=indent).encode()), path)


TASK = message("user", "<task>\nFix it\n</task>", DETAILS, ts=START)
SAMPLE = [
    TASK,
    message(
        "assistant",
        {"type": "thinking", "thinking": "hm"},
        "<read_file>\n<path>/a</path>\n</read_file>",
        modelInfo={"modelId": "m"},
        metrics={"tokens": {"prompt": 1, "completion": 2, "cached": 3}},
    ),
    message("user", "[read_file for '/a'] Result:", "x", {"type": "image"}),
    message("assistant", use("execute_command", {"command": "ls"})),
    message("user", result([text("Error x")], is_error=True)),
]


@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "pretty-printed"])
def test_facts_of_the_session(indent: int | None) -> None:
    session = read(TASK, message("assistant", "ok", modelInfo={"modelId": "claude-x"}), indent=indent)
    assert (session.agent, session.id, session.project_path) == (Agent.CLINE, "1767323045000", "/home/me/app")
    assert (session.title, session.models) == ("Fix it", ("claude-x",))
    assert session.started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert kinds(session) == ["prompt", "reply"]


def test_times_of_older_versions_are_beside(tmp_path: Path) -> None:
    path = tmp_path / "1" / PATH.name
    path.parent.mkdir()
    old = message("user", "<task>Fix it</task>")
    assert read(old, path=path).started_at is None
    path.with_name("ui_messages.json").write_text(
        json.dumps([{"ts": START, "type": "say"}]), encoding="utf-8"
    )
    assert read(old, path=path).started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_native_calls() -> None:
    call = use("write_to_file", {"path": "a.py", "content": "x\n"})
    (found,) = calls(read(TASK, message("assistant", "ok", call), message("user", result("saved"))))
    assert (found.kind, found.result) == (ToolKind.WRITE, "saved")
    assert found.files == (FileTouch("a.py", TouchKind.EDITED),)
    (failed,) = calls(read(TASK, message("assistant", call), message("user", result("no", is_error=True))))
    assert (failed.is_error, failed.files) == (True, ())


def test_calls_written_as_text() -> None:
    said = "Let me see.\n<execute_command>\n<command>make</command>\n</execute_command>"
    answer = message("user", "[execute_command for 'make'] Result:", "no rule", DETAILS)
    session = read(TASK, message("assistant", said), answer, message("assistant", "ok"))
    (found,) = calls(session)
    assert (found.kind, found.command, found.result) == (ToolKind.SHELL, "make", "no rule")
    assert [turn.text for turn in session.turns] == ["Fix it", "Let me see.", "ok"]


def test_an_answer_of_the_user_is_a_prompt() -> None:
    session = read(
        TASK, message("assistant", "done"), message("user", "<feedback>\nnot yet\n</feedback>", DETAILS)
    )
    assert [turn.text for turn in session.turns] == ["Fix it", "done", "not yet"]


def test_thinking_and_tokens() -> None:
    spent = {"tokens": {"prompt": 10, "completion": 5, "cached": 100}}
    reply = message("assistant", {"type": "thinking", "thinking": "hm"}, "ok", metrics=spent)
    session = read(TASK, reply, reply)
    assert session.turns[1].thinking == "hm"
    assert session.tokens == TokenUsage(20, 10, 200)


def test_a_damaged_array_is_read_and_a_broken_one_refused() -> None:
    whole = json.dumps([message("user", "<task>a\ud800b</task>")]).encode()
    session = read_transcript(io.BytesIO(b"\xef\xbb\xbf" + whole), PATH)
    assert (session.title, [problem.what for problem in session.problems]) == ("a�b", ["line repaired"])
    for broken in (whole[:-1], b"[\n" + b"[" * 100_000, b"[\n{\n"):
        with pytest.raises(UnknownFormatError, match="no whole JSON document"):
            read_transcript(io.BytesIO(broken), PATH)


def test_images_of_a_prompt() -> None:
    assert only(read(message("user", "see", {"type": "image", "source": {}}))).images == 1


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPDATA", str(tmp_path))
    tasks = {}
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        tasks[platform] = cline.roots()[0]
    assert {path.parts[-4:] for path in tasks.values()} == {
        ("User", "globalStorage", "saoudrizwan.claude-dev", "tasks")
    }
    assert tasks["win32"].is_relative_to(tmp_path)
    assert "Application Support" in tasks["darwin"].parts
