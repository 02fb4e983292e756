"""Gemini CLI: one rule a test, on messages written by hand."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memex.core.session import Agent, FileTouch, Session, TitleSource, TokenUsage, ToolKind, TouchKind
from memex.transcripts import gemini
from memex.transcripts.readers import read_transcript
from tests.transcripts.lines import Record, calls, jsonl, kinds, only

PATH = Path("/home/me/.gemini/tmp/app/chats/session-2026-01-02T03-04-0e9ab4de.json")
HEADER = {
    "sessionId": "0e9ab4de",
    "projectHash": "7e89",
    "startTime": "2026-01-02T03:04:05.000Z",
    "lastUpdated": "2026-01-02T03:09:05.000Z",
}


def said(words: Any, id: str = "u1", type: str = "user", **more: Any) -> Record:
    return {"id": id, "timestamp": "2026-01-02T03:04:06.000Z", "type": type, "content": words, **more}


def reply(words: Any = "", id: str = "g1", **more: Any) -> Record:
    return said(words, id, "gemini", model="gemini-3-pro", **more)


def call(name: str, args: Any, response: Any = None, status: str = "success", **more: Any) -> Record:
    result = (
        [] if response is None else [{"functionResponse": {"id": "c1", "name": name, "response": response}}]
    )
    return {"id": "c1", "name": name, "args": args, "result": result, "status": status, **more}


def document(*messages: Record, indent: int | None = 2, path: Path = PATH, **header: Any) -> Session:
    whole = json.dumps({**HEADER, **header, "messages": messages}, indent=indent).encode()
    return read_transcript(io.BytesIO(whole), path)


def log(*records: Record) -> Session:
    return read_transcript(io.BytesIO(jsonl(HEADER, *records)), PATH.with_suffix(".jsonl"))


def one_call(*given: Any, **more: Any) -> Any:
    (found,) = calls(document(said("go"), reply(toolCalls=[call(*given, **more)])))
    return found


SAMPLE = [
    {**HEADER, "kind": "main", "summary": "s"},
    said([{"text": "hi"}, {"inlineData": {"mimeType": "image/png"}}], displayContent="hi"),
    reply(
        "ok",
        thoughts=[{"subject": "a", "description": "b"}],
        tokens={"input": 3, "output": 2, "cached": 1, "thoughts": 1},
        toolCalls=[
            call("run_shell_command", {"command": "ls"}, {"output": "Exit Code: 1"}, resultDisplay="x"),
            call(
                "replace",
                {"file_path": "/f", "old_string": "a", "new_string": "b"},
                {"error": "no"},
                agentId="x",
                resultDisplay={"fileDiff": "@@ -1 +1 @@\n-a\n+b"},
            ),
        ],
    ),
    said("Request cancelled.", "i1", "info"),
    {"$set": {"summary": "t", "messages": [said("more", "u2")]}},
    {"$rewindTo": "u2"},
]


@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "pretty-printed"])
def test_facts_of_the_session(indent: int | None) -> None:
    session = document(said("fix it"), reply("done"), indent=indent, summary="Fixed a thing")
    assert (session.agent, session.id) == (Agent.GEMINI, "0e9ab4de")
    assert (session.title, session.title_source) == ("Fixed a thing", TitleSource.SUMMARY)
    assert (session.started_at, session.ended_at) == (
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 9, 5, tzinfo=UTC),
    )
    assert session.models == ("gemini-3-pro",)
    assert kinds(session) == ["prompt", "reply"]


def test_a_prompt_is_what_was_typed_without_what_was_put_in() -> None:
    content = [{"text": "see @a.py"}, {"text": "--- Content from files ---"}]
    turn = only(document(said(content, displayContent=[{"text": "see @a.py"}])))
    assert turn.text == "see @a.py"


def test_a_reply_with_thoughts_and_tokens() -> None:
    tokens = {"input": 100, "output": 5, "cached": 80, "thoughts": 7, "tool": 0, "total": 112}
    session = document(reply("ok", thoughts=[{"subject": "Look", "description": "at it"}], tokens=tokens))
    assert (only(session).text, only(session).thinking) == ("ok", "Look\nat it")
    assert session.tokens == TokenUsage(input=20, output=12, cache_read=80)


def test_calls_stand_with_their_results() -> None:
    found = one_call("run_shell_command", {"command": "make"}, {"output": "Output: x\nExit Code: 2"})
    assert (found.kind, found.command, found.exit_status, found.is_error) == (ToolKind.SHELL, "make", 2, True)
    found = one_call("read_file", {"absolute_path": "/a.py"}, {"error": "File not found."}, status="error")
    assert (found.result, found.is_error, found.files) == ("File not found.", True, ())
    assert one_call("read_file", {"file_path": "a.py"}, {"output": "x"}).files == (
        FileTouch("a.py", TouchKind.READ),
    )
    assert one_call("web_fetch", {}, {"llmContent": 1}).result == '{"llmContent":1}'


def test_a_call_without_status_and_result_is_unanswered() -> None:
    assert one_call("glob", {"pattern": "*"}, status="").result is None


def test_diffs_come_from_what_was_shown_else_from_the_arguments() -> None:
    shown = {"fileDiff": "Index: a.py\n@@ -7,1 +7,1 @@\n-x\n+y\n", "fileName": "a.py"}
    given = {"file_path": "/p/a.py", "old_string": "x", "new_string": "y"}
    found = one_call("replace", given, {"output": "Successfully modified"}, resultDisplay=shown)
    assert [(diff.path, diff.hunks[0].old_start) for diff in found.diffs] == [("/p/a.py", 7)]
    assert one_call("replace", given, {"output": "ok"}).diffs[0].hunks[0].lines == ("-x", "+y")


def test_a_written_file_is_new_only_where_the_result_says_so() -> None:
    given = {"file_path": "/p/a.py", "content": "x\n"}
    new = one_call("write_file", given, {"output": "Successfully created and wrote to new file: /p/a.py."})
    old = one_call("write_file", given, {"output": "Successfully overwrote file: /p/a.py."})
    assert [new.files[0].kind, old.files[0].kind] == [TouchKind.CREATED, TouchKind.EDITED]


def test_errors_interrupts_and_notices() -> None:
    session = document(
        said("[API Error: 429]", "e", "error"),
        said("Request cancelled.", "i", "info"),
        said("Update available", "n", "info"),
    )
    assert kinds(session) == ["error", "interrupt", "notification"]


def test_the_log_writes_a_message_again_and_changes_the_header() -> None:
    session = log(
        said("go"),
        reply("", tokens={"output": 1}),
        {"$set": {"lastUpdated": "2026-01-02T04:00:00.000Z"}},
        reply("done", tokens={"output": 9}),
        {"$set": {"summary": "Went"}},
    )
    assert [turn.text for turn in session.turns] == ["go", "done"]
    assert (session.tokens.output, session.title) == (9, "Went")
    assert session.turns[1].span is not None
    assert session.turns[1].span.line == 3


def test_what_was_rewound_is_kept_as_withdrawn() -> None:
    session = log(
        said("one", "1"),
        reply("two", "2"),
        said("x", "3"),
        reply("y", "4"),
        {"$rewindTo": "3"},
        said("z", "5"),
    )
    assert [(turn.text, turn.branch) for turn in session.turns] == [
        ("one", 0),
        ("two", 0),
        ("x", 1),
        ("y", 1),
        ("z", 0),
    ]


def test_a_compression_takes_nothing_away() -> None:
    session = log(said("one"), reply("two"), {"$set": {"messages": [said("three", "u3")]}})
    assert [turn.text for turn in session.turns] == ["one", "two", "three"]


def test_a_sub_agent_has_a_parent(tmp_path: Path) -> None:
    path = tmp_path / "chats" / "parent-id" / "child.jsonl"
    session = document(said("look"), kind="subagent", path=path)
    assert (session.is_subagent, session.parent_id) == (True, "parent-id")
    assert one_call("codebase_investigator", {}, {"output": "x"}, agentId="child").child_session == "child"


def test_the_project_is_in_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "app" / "chats" / "session-1.json"
    path.parent.mkdir(parents=True)
    assert document(said("hi"), path=path).project_path is None
    (tmp_path / "app" / ".project_root").write_text("/home/me/app\n", encoding="utf-8")
    assert document(said("hi"), path=path).project_path == "/home/me/app"


def test_unknown_messages_are_counted() -> None:
    session = log(said("hi"), {"id": "x", "type": "banner", "content": "?"}, {"what": 1})
    assert session.skipped_records == {"banner": 1, "(no type)": 1}


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GEMINI_CLI_HOME", str(tmp_path))
    assert gemini.roots() == (tmp_path / ".gemini" / "tmp",)
