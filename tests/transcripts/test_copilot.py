"""GitHub Copilot CLI: one rule a test, on events written by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memex.core.session import Agent, FileTouch, Session, TitleSource, TokenUsage, ToolKind, TouchKind
from memex.transcripts import copilot
from tests.transcripts.lines import Record, calls, kinds, only
from tests.transcripts.lines import read as read_lines

PATH = Path("/home/me/.copilot/session-state/0e9ab4de/events.jsonl")
PATCH = "*** Begin Patch\n*** Update File: /a.py\n@@\n-x\n+y\n*** End Patch"


def event(type: str, time: str = "2026-01-02T03:04:06.000Z", **data: Any) -> Record:
    return {"type": type, "data": data, "id": "e", "timestamp": time, "parentId": None}


def start(**data: Any) -> Record:
    context = {"cwd": "/home/me/app", "branch": "main"}
    known = {"sessionId": "0e9ab4de", "copilotVersion": "1.0.72", "context": context}
    return event("session.start", "2026-01-02T03:04:05.000Z", **{**known, **data})


def prompt(words: str, **data: Any) -> Record:
    return event("user.message", content=words, **data)


def reply(words: str = "", *requests: Record, id: str = "m1", **data: Any) -> Record:
    return event("assistant.message", messageId=id, content=words, toolRequests=list(requests), **data)


def request(name: str, arguments: Any, id: str = "c1") -> Record:
    return {"toolCallId": id, "name": name, "arguments": arguments, "type": "function"}


def done(content: Any = "ok", id: str = "c1", time: str = "2026-01-02T03:04:08.500Z", **data: Any) -> Record:
    return event(
        "tool.execution_complete", time, **{"toolCallId": id, "result": {"content": content}, **data}
    )


def read(*records: Record) -> Session:
    return read_lines(*records, path=PATH)


def one_call(name: str, arguments: Any, *more: Record) -> Any:
    (found,) = calls(read(start(), reply("", request(name, arguments)), *more))
    return found


SAMPLE = [
    start(),
    event("session.model_change", newModel="m"),
    prompt("go", attachments=[{"type": "image/png"}], source="user"),
    reply("ok", request("bash", {"command": "ls"}), reasoningText="hm", model="m", outputTokens=3),
    event("tool.execution_start", toolCallId="c1", toolName="bash", arguments={"command": "ls"}),
    done("x\n<shellId: 0 completed with exit code 1>", success=True, result={"content": "x"}),
    event("tool.execution_start", toolCallId="c2", toolName="view", arguments='{"path": "/a"}'),
    done(id="c2", success=False, error={"message": "no", "code": "failure"}),
    event("session.error", message="429"),
    event("session.compaction_complete", summaryContent="so far"),
    event("session.context_changed", cwd="/x", branch="b"),
    event("session.shutdown", modelMetrics={"m": {"usage": {"inputTokens": 9, "outputTokens": 2}}}),
]


def test_facts_of_the_session() -> None:
    changed = event("session.context_changed", cwd="/elsewhere", branch="fix")
    session = read(start(), prompt("hi"), reply("ok", model="gpt-5"), changed)
    assert (session.agent, session.id, session.agent_version) == (Agent.COPILOT, "0e9ab4de", "1.0.72")
    assert (session.project_path, session.branch) == ("/home/me/app", "fix")
    assert session.models == ("gpt-5",)
    assert session.started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert kinds(session) == ["prompt", "reply"]


def test_the_model_is_the_one_last_changed_to() -> None:
    session = read(start(), event("session.model_change", newModel="gpt-4.1"), reply("ok"))
    assert only(session).model == "gpt-4.1"


def test_the_title_the_agent_gave() -> None:
    session = read(start(), prompt("hi"), event("session.title_changed", title="A name"))
    assert (session.title, session.title_source) == ("A name", TitleSource.AGENT)


def test_a_prompt_is_what_was_typed() -> None:
    session = read(
        start(), prompt("hi", transformedContent="<now>…</now> hi"), prompt("rules", source="agents")
    )
    assert [(turn.kind, turn.text) for turn in session.turns] == [("prompt", "hi"), ("injected", "rules")]


def test_chunks_of_a_message_are_one_reply() -> None:
    turn = only(read(start(), reply("one", reasoningText="hm"), reply("two")))
    assert (turn.text, turn.thinking) == ("one\n\ntwo", "hm")


def test_a_command_with_its_status_and_duration() -> None:
    found = one_call(
        "bash",
        {"command": "make"},
        event("tool.execution_start", toolCallId="c1", toolName="bash", arguments={"command": "make"}),
        done("no rule\n<shellId: 3 completed with exit code 2>", success=True),
    )
    assert (found.kind, found.command, found.exit_status) == (ToolKind.SHELL, "make", 2)
    assert (found.is_error, found.duration_ms) == (True, 2500)


def test_a_sub_agent_speaks_in_its_parents_file() -> None:
    session = read(
        start(),
        reply("", request("task", {"prompt": "look"})),
        reply("I look.", id="m2", parentToolCallId="c1"),
        event("tool.execution_start", toolCallId="c2", toolName="view", arguments={}, parentToolCallId="c1"),
        reply("It is there.", id="m3"),
    )
    assert [turn.subagent for turn in session.turns] == [None, "c1", "c1", None]
    assert [call.child_session for call in calls(session)] == ["c1", None]


def test_a_failed_call_says_why() -> None:
    found = one_call(
        "view", {"path": "/a.py"}, done(success=False, result=None, error={"message": "no file"})
    )
    assert (found.result, found.is_error, found.files) == ("no file", True, ())


def test_calls_without_a_message_and_without_a_result() -> None:
    session = read(start(), event("tool.execution_start", toolCallId="c9", toolName="bash", arguments={}))
    assert [(call.id, call.result) for call in calls(session)] == [("c9", None)]
    assert read(start(), reply("ok"), done(id="?")).skipped_records == {"result without its call": 1}


@pytest.mark.parametrize("arguments", [PATCH, {"input": PATCH}, json.dumps({"input": PATCH})])
def test_patches(arguments: Any) -> None:
    found = one_call("apply_patch", arguments, done(success=True))
    assert found.files == (FileTouch("/a.py", TouchKind.EDITED),)
    assert found.diffs[0].hunks[0].lines == ("-x", "+y")


def test_edited_and_created_files() -> None:
    edited = one_call("edit", {"path": "/a.py", "old_str": "x", "new_str": "y"}, done())
    assert (edited.files[0].kind, edited.diffs[0].hunks[0].lines) == (TouchKind.EDITED, ("-x", "+y"))
    created = one_call("create", {"path": "/b.py", "file_text": "z\n"}, done())
    assert (created.files[0].kind, created.diffs[0].hunks[0].lines) == (TouchKind.CREATED, ("+z",))


def test_tokens_are_of_each_run_else_of_the_messages() -> None:
    spent = {"inputTokens": 100, "outputTokens": 7, "cacheReadTokens": 80, "cacheWriteTokens": 3}
    end = event("session.shutdown", modelMetrics={"m": {"usage": spent}})
    written = reply("ok", outputTokens=5)
    assert read(start(), written, end, end).tokens == TokenUsage(40, 14, 160, 6)
    assert read(start(), written).tokens == TokenUsage(output=5)


def test_errors_aborts_and_summaries() -> None:
    session = read(
        start(),
        event("session.error", message="429"),
        event("abort", reason="user initiated"),
        event("session.compaction_complete", summaryContent="so far"),
        event("system.notification", content="done"),
        event("hook.start", hookType="x"),
        event("brand.new"),
    )
    assert kinds(session) == ["error", "interrupt", "summary", "notification"]
    assert session.skipped_records == {"brand.new": 1}


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COPILOT_HOME", str(tmp_path))
    assert copilot.roots() == (tmp_path / "session-state",)
