"""Qwen Code: one rule a test, on records written by hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memex.core.session import Agent, FileTouch, Session, TitleSource, TokenUsage, ToolKind, TouchKind
from memex.transcripts import qwen
from tests.transcripts.lines import Record, calls, kinds, only
from tests.transcripts.lines import read as read_lines

PATH = Path("/home/me/.qwen/projects/home-me-app/chats/0e9ab4de.jsonl")


def record(type: str, *parts: Record, uuid: str = "u", role: str = "user", **more: Any) -> Record:
    return {
        "uuid": uuid,
        "parentUuid": None,
        "sessionId": "0e9ab4de",
        "timestamp": "2026-01-02T03:04:05.000Z",
        "type": type,
        "cwd": "/home/me/app",
        "version": "0.21.13",
        "gitBranch": "main",
        "message": {"role": role, "parts": list(parts)},
        **more,
    }


def prompt(words: str, **more: Any) -> Record:
    return record("user", {"text": words}, **more)


def reply(*parts: Record, **more: Any) -> Record:
    return record("assistant", *parts, role="model", **{"uuid": "a", "model": "qwen3-coder", **more})


def use(name: str, args: Any, id: str = "c1") -> Record:
    return {"functionCall": {"id": id, "name": name, "args": args}}


def result(response: Any, id: str = "c1", **facts: Any) -> Record:
    part = {"functionResponse": {"id": id, "name": "t", "response": response}}
    return record("tool_result", part, uuid="r", toolCallResult={"callId": id, "status": "success", **facts})


def system(subtype: str, **payload: Any) -> Record:
    return record("system", uuid="s", subtype=subtype, systemPayload=payload)


def read(*records: Record) -> Session:
    return read_lines(*records, path=PATH)


def one_call(name: str, args: Any, *results: Record) -> Any:
    (found,) = calls(read(reply(use(name, args)), *results))
    return found


SAMPLE = [
    prompt("go", systemPayload={"displayText": "go"}),
    reply({"text": "hm", "thought": True}, {"text": "ok"}, use("edit", {"file_path": "/f"})),
    reply(use("run_shell_command", {"command": "ls"}, "c2"), usageMetadata={"promptTokenCount": 3}),
    result({"output": "x"}, resultDisplay={"fileDiff": "@@ -1 +1 @@\n-a\n+b"}),
    result({"error": "no"}, "c2"),
    system("custom_title", customTitle="t", titleSource="manual"),
    system("slash_command", rawCommand="/about", phase="invocation"),
    system("rewind", targetUuid="u"),
]


def test_facts_of_the_session() -> None:
    session = read(prompt("hi"), reply({"text": "ok"}))
    assert (session.agent, session.id, session.agent_version) == (Agent.QWEN, "0e9ab4de", "0.21.13")
    assert (session.project_path, session.branch, session.models) == (
        "/home/me/app",
        "main",
        ("qwen3-coder",),
    )
    assert session.started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert kinds(session) == ["prompt", "reply"]


def test_titles() -> None:
    named = system("custom_title", customTitle="Mine", titleSource="manual")
    guessed = system("custom_title", customTitle="Its own", titleSource="auto")
    session = read(prompt("hi"), named, guessed)
    assert (session.title, session.title_source) == ("Mine", TitleSource.CUSTOM)
    assert read(prompt("hi"), guessed).title_source is TitleSource.AGENT


def test_what_was_rewound_is_kept_as_withdrawn_and_its_title_is_not() -> None:
    session = read(
        prompt("one", uuid="1"),
        reply({"text": "x"}, uuid="2"),
        system("custom_title", customTitle="Gone", titleSource="manual"),
        system("rewind", targetUuid="1"),
        reply({"text": "y"}, uuid="3"),
    )
    assert [(turn.text, turn.branch) for turn in session.turns] == [("one", 0), ("x", 1), ("y", 0)]
    assert session.title == "one"


def test_a_prompt_without_what_hooks_put_in() -> None:
    context = "<qwen:user-prompt-submit-context>\nhook\n</qwen:user-prompt-submit-context>"
    assert only(read(record("user", {"text": "go"}, {"text": context}))).text == "go"
    assert (
        only(read(prompt("go @a.py … content", systemPayload={"displayText": "go @a.py"}))).text == "go @a.py"
    )


def test_records_of_one_uuid_are_one_reply() -> None:
    spent = {"promptTokenCount": 12, "cachedContentTokenCount": 10, "candidatesTokenCount": 4}
    session = read(
        reply({"text": "hm", "thought": True}, usageMetadata=spent),
        reply({"text": "ok"}, use("glob", {}), usageMetadata=spent),
    )
    turn = only(session)
    assert (turn.thinking, turn.text, len(turn.tool_calls)) == ("hm", "ok", 1)
    assert session.tokens == TokenUsage(2, 4, 10)


def test_calls_and_results() -> None:
    found = one_call("run_shell_command", {"command": "make"}, result({"output": "x\nExit Code: 2"}))
    assert (found.kind, found.command, found.exit_status, found.is_error) == (ToolKind.SHELL, "make", 2, True)
    assert one_call("glob", {}).result is None
    failed = one_call("read_file", {"path": "/a"}, result({"error": "no file"}, status="error"))
    assert (failed.result, failed.is_error, failed.files) == ("no file", True, ())
    shown = {"fileDiff": "@@ -7,1 +7,1 @@\n-x\n+y\n"}
    edited = one_call("edit", {"file_path": "/a.py"}, result({"output": "ok"}, resultDisplay=shown))
    assert edited.files == (FileTouch("/a.py", TouchKind.EDITED),)
    assert edited.diffs[0].hunks[0].old_start == 7
    assert read(prompt("hi"), result({}, "?")).skipped_records == {"result without its call": 1}


def test_commands_notifications_and_unknown_records() -> None:
    session = read(
        system("slash_command", rawCommand="/about", phase="invocation"),
        system("slash_command", rawCommand="/about", phase="result"),
        prompt("done", subtype="notification"),
        system("ui_telemetry"),
        system("brand_new"),
    )
    assert kinds(session) == ["slash-command", "notification"]
    assert session.skipped_records == {"system/brand_new": 1}


def test_where_it_is_kept() -> None:
    assert qwen.roots()[0] == Path.home() / ".qwen" / "projects"
