"""Pi and Oh My Pi: one rule a test, on entries written by hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memex.core.session import Agent, FileTouch, Session, TitleSource, TokenUsage, ToolKind, TouchKind
from memex.transcripts import pi
from tests.transcripts.lines import Record, calls, kinds, only
from tests.transcripts.lines import read as read_lines

ID = "019f0000-0000-7000-8000-000000000001"
PATH = Path(f"/home/me/.pi/agent/sessions/--home-me-app--/2026-01-02T03-04-05-000Z_{ID}.jsonl")
TITLE = {"type": "title", "v": 1, "title": "Named", "updatedAt": "2026-01-02T03:04:05.000Z", "pad": "  "}
CHANGE = {"type": "model_change", "id": "m0", "parentId": None, "modelId": "m"}


def header(**more: Any) -> Record:
    time = "2026-01-02T03:04:05.000Z"
    return {"type": "session", "version": 3, "id": ID, "timestamp": time, "cwd": "/home/me/app", **more}


def entry(type: str, **more: Any) -> Record:
    return {"type": type, "timestamp": "2026-01-02T03:04:06.000Z", **more}


def message(role: str, content: Any, **more: Any) -> Record:
    return entry("message", message={"role": role, "content": content, **more})


def text(words: str) -> Record:
    return {"type": "text", "text": words}


def reply(*blocks: Record, **more: Any) -> Record:
    return message("assistant", list(blocks), model="claude-x", **more)


def use(name: str, arguments: Any, id: str = "c1") -> Record:
    return {"type": "toolCall", "id": id, "name": name, "arguments": arguments}


def result(content: Any, id: str = "c1", **more: Any) -> Record:
    return message("toolResult", [text(content)], toolCallId=id, toolName="t", **more)


def read(*records: Record, path: Path = PATH) -> Session:
    return read_lines(header(), *records, path=path)


def one_call(name: str, arguments: Any, content: str = "ok", **more: Any) -> Any:
    (found,) = calls(read(reply(use(name, arguments)), result(content, **more)))
    return found


SAMPLE = [
    TITLE,
    header(title="x", titleSource="auto"),
    entry("session_init", task="t", agent="a"),
    {**message("user", [text("go"), {"type": "image"}], attribution="agent"), "id": "a", "parentId": None},
    {
        **reply(
            {"type": "thinking", "thinking": "hm"},
            text("ok"),
            use("bash", {"command": "ls"}),
            use("edit", {"path": "/f", "edits": [{"oldText": "a", "newText": "b"}]}, "c2"),
            usage={"input": 1, "output": 2, "cacheRead": 3, "cacheWrite": 4},
            stopReason="error",
            errorMessage="x",
        ),
        "id": "b",
        "parentId": "a",
    },
    result("x", isError=True, details={"exitCode": 1, "wallTimeMs": 2.5}),
    result("y", "c2", isError=False, details={"sessionId": "s"}),
    message("bashExecution", "", command="ls", output="a"),
    entry("compaction", summary="so far"),
    entry("custom_message", content=[text("x")]),
    entry("session_info", name="n"),
]


def test_facts_of_the_session() -> None:
    session = read(CHANGE, message("user", "hi"), reply(text("ok")))
    assert (session.agent, session.id, session.project_path) == (Agent.PI, ID, "/home/me/app")
    assert session.models == ("claude-x",)
    assert (session.started_at, session.ended_at) == (
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC),
    )
    assert kinds(session) == ["prompt", "reply"]


def test_oh_my_pi_is_told_by_its_entries() -> None:
    session = read_lines(TITLE, header(), message("user", "hi"), path=PATH)
    assert (session.agent, session.title, session.title_source) == (
        Agent.OH_MY_PI,
        "Named",
        TitleSource.AGENT,
    )


def test_a_name_that_the_user_gave_comes_first() -> None:
    session = read(TITLE, message("user", "hi"), entry("session_info", name="My name"))
    assert (session.title, session.title_source) == ("My name", TitleSource.CUSTOM)


def test_a_reply_is_prose_thought_and_calls() -> None:
    turn = only(read(reply({"type": "thinking", "thinking": "hm"}, text("ok"), use("ls", {}))))
    assert (turn.text, turn.thinking, len(turn.tool_calls)) == ("ok", "hm", 1)


def test_commands() -> None:
    found = one_call("bash", {"command": "make"}, "no rule\n\nCommand exited with code 2", isError=True)
    assert (found.kind, found.command, found.exit_status, found.is_error) == (ToolKind.SHELL, "make", 2, True)
    found = one_call("bash", {"command": "make"}, details={"exitCode": 0, "wallTimeMs": 1500.4})
    assert (found.exit_status, found.duration_ms) == (0, 1500)


def test_files_and_diffs() -> None:
    found = one_call("edit", {"path": "/a.py", "oldText": "x", "newText": "y"})
    assert (found.files[0], found.diffs[0].hunks[0].lines) == (
        FileTouch("/a.py", TouchKind.EDITED),
        ("-x", "+y"),
    )
    patch = "*** Begin Patch\n*** Add File: b.py\n+z\n*** End Patch"
    assert one_call("edit", {"input": patch}).files == (FileTouch("b.py", TouchKind.CREATED),)
    failed = one_call("edit", {"path": "/a.py", "oldText": "x", "newText": "y"}, isError=True)
    assert (failed.files, failed.diffs) == ((), ())


def test_a_path_with_lines_is_the_file_and_an_address_is_none() -> None:
    assert one_call("read", {"path": "/a.py:480-620"}).files == (FileTouch("/a.py", TouchKind.READ),)
    assert one_call("read", {"path": "pr://140"}).files == ()
    assert one_call("write", {"path": "conflict://1", "content": "@both"}).diffs == ()


def test_a_call_that_was_aborted_has_no_result() -> None:
    session = read(reply(use("bash", {"command": "ls"}), stopReason="aborted", errorMessage="Aborted."))
    assert kinds(session) == ["reply", "interrupt"]
    assert calls(session)[0].result is None


def test_failures_of_the_model() -> None:
    session = read(message("user", "hi"), reply(stopReason="error", errorMessage="overloaded"))
    assert [(turn.kind, turn.text) for turn in session.turns][1] == ("error", "overloaded")


def test_tokens() -> None:
    spent = {"input": 1, "output": 2, "cacheRead": 3, "cacheWrite": 4, "totalTokens": 10}
    assert read(reply(usage=spent), reply(usage=spent)).tokens == TokenUsage(2, 4, 6, 8)


def test_shell_lines_summaries_and_what_is_put_in() -> None:
    session = read(
        message("bashExecution", None, command="ls", output="a.py"),
        entry("compaction", summary="so far"),
        entry("branch_summary", summary="the other way"),
        entry("custom_message", content="rules"),
        message("developer", [text("reminder")]),
        message("user", "from a hook", attribution="agent"),
    )
    assert kinds(session) == ["shell", "summary", "summary", "injected", "injected", "injected"]
    assert session.turns[0].text == "! ls\n\na.py"


def test_a_sub_agent_is_prompted_by_its_parent() -> None:
    path = PATH.with_suffix("") / "1-Explore.jsonl"
    session = read(
        entry("session_init", agent="explore"), message("user", "look", attribution="agent"), path=path
    )
    assert (session.agent, session.is_subagent, session.parent_id) == (Agent.OH_MY_PI, True, ID)
    assert kinds(session) == ["prompt"]


def branch(id: str, parent: str | None, words: str) -> Record:
    return {**message("user", words), "id": id, "parentId": parent}


def test_the_branch_of_the_last_entry_goes_on_and_others_are_withdrawn() -> None:
    session = read(
        branch("a", None, "one"),
        branch("b", "a", "two"),
        branch("c", "b", "three"),
        branch("d", "a", "again"),
        branch("e", "d", "and on"),
        branch("f", "b", "once more"),
        branch("g", "e", "last"),
    )
    assert [(turn.text, turn.branch) for turn in session.turns] == [
        ("one", 0),
        ("two", 1),
        ("three", 1),
        ("again", 0),
        ("and on", 0),
        ("once more", 2),
        ("last", 0),
    ]


def test_a_broken_line_of_parents_withdraws_nothing() -> None:
    session = read(
        branch("a", "?", "one"), branch("b", "a", "two"), branch("c", "lost", "three"), branch("c", "c", "x")
    )
    assert [turn.branch for turn in session.turns] == [0, 0, 0, 0]


def test_a_line_of_a_thousand_parents_is_climbed_once() -> None:
    chain = [branch(str(n), str(n - 1), "x") for n in range(1, 3000)]
    session = read(branch("0", None, "root"), *chain, branch("end", "0", "y"))
    assert {turn.branch for turn in session.turns[1:-1]} == {1}


def test_unknown_entries_and_roles_are_counted() -> None:
    session = read(message("user", "hi"), entry("brand_new"), message("oracle", "?"))
    assert session.skipped_records == {"brand_new": 1, "message/oracle": 1}


def test_where_they_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(tmp_path))
    assert pi.pi_roots() == (tmp_path / "sessions",)
    assert pi.oh_my_pi_roots()[0].parts[-3:] == (".omp", "agent", "sessions")
