"""OpenCode: one rule a test, on a session written by hand; and its three stores."""

import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memex.core.errors import TranscriptError
from memex.core.session import Agent, FileTouch, Session, TitleSource, TokenUsage, ToolKind, TouchKind
from memex.transcripts import opencode
from memex.transcripts.readers import UnknownFormatError, open_transcript, read_transcript, read_transcripts
from tests.transcripts.lines import Record, calls, kinds, only

PATH = Path("/home/me/export.json")
START = 1_767_323_045_000
INFO = {
    "id": "ses_1",
    "slug": "quiet-otter",
    "projectID": "p",
    "directory": "/home/me/app",
    "title": "Fix the parser",
    "version": "1.1.5",
    "time": {"created": START, "updated": START + 60_000},
}


def message(role: str, *parts: Record, id: str = "msg_1", **info: Any) -> Record:
    return {
        "info": {"id": id, "sessionID": "ses_1", "role": role, "time": {"created": START}, **info},
        "parts": list(parts),
    }


def text(words: str, **more: Any) -> Record:
    return {"type": "text", "text": words, **more}


def tool(name: str, given: Any, status: str = "completed", id: str = "c1", **state: Any) -> Record:
    state = {"status": status, "input": given, "output": "ok", **state}
    return {"type": "tool", "callID": id, "tool": name, "state": state}


def export(*messages: Record, **info: Any) -> Session:
    document = json.dumps({"info": {**INFO, **info}, "messages": messages}, indent=2).encode()
    return read_transcript(io.BytesIO(document), PATH)


def one_call(*given: Any, **state: Any) -> Any:
    (found,) = calls(export(message("assistant", tool(*given, **state))))
    return found


SAMPLE = {
    "info": {**INFO, "parentID": "ses_0"},
    "messages": [
        message("user", text("go"), text("file", synthetic=True), {"type": "file", "mime": "image/png"}),
        message(
            "assistant",
            {"type": "reasoning", "text": "hm"},
            text("ok"),
            tool("bash", {"command": "ls"}, metadata={"exit": 1}, time={"start": START, "end": START + 9}),
            tool("edit", {"filePath": "/f"}, id="c2", metadata={"diff": "@@ -1 +1 @@\n-a\n+b"}),
            tool("task", {}, "error", id="c3", error="no", metadata={"sessionId": "ses_2"}),
            {"type": "step-finish"},
            modelID="m",
            path={"cwd": "/x"},
            tokens={"input": 1, "output": 2, "reasoning": 3, "cache": {"read": 4, "write": 5}},
            error={"name": "APIError", "data": {"message": "x"}},
        ),
        message("assistant", text("so far"), summary=True, id="msg_3"),
    ],
}


def test_facts_of_the_session() -> None:
    session = export(message("user", text("hi")), message("assistant", text("ok"), modelID="claude-x"))
    assert (session.agent, session.id, session.agent_version) == (Agent.OPENCODE, "ses_1", "1.1.5")
    assert (session.title, session.title_source) == ("Fix the parser", TitleSource.AGENT)
    assert (session.project_path, session.models) == ("/home/me/app", ("claude-x",))
    assert session.started_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert kinds(session) == ["prompt", "reply"]


def test_a_title_that_was_never_given_is_no_title() -> None:
    session = export(message("user", text("hi there")), title="New session - 2026-01-02T03:04:05.000Z")
    assert (session.title, session.title_source) == ("hi there", TitleSource.FIRST_PROMPT)


def test_a_sub_agent_names_its_parent_and_is_named_by_the_call() -> None:
    session = export(message("user", text("look")), parentID="ses_0")
    assert (session.is_subagent, session.parent_id) == (True, "ses_0")
    found = one_call("task", {"prompt": "look"}, metadata={"sessionId": "ses_9"})
    assert (found.kind, found.child_session) == (ToolKind.SUBAGENT, "ses_9")


def test_what_the_harness_puts_in_is_kept_apart() -> None:
    session = export(message("user", text("see @a.py"), text("Called the Read tool", synthetic=True)))
    assert [(turn.kind, turn.text) for turn in session.turns] == [
        ("prompt", "see @a.py"),
        ("injected", "Called the Read tool"),
    ]


def test_a_reply_is_prose_thought_and_calls() -> None:
    turn = only(
        export(message("assistant", {"type": "reasoning", "text": "hm"}, text("ok"), tool("list", {})))
    )
    assert (turn.text, turn.thinking, len(turn.tool_calls)) == ("ok", "hm", 1)


def test_a_command_with_its_status_and_duration() -> None:
    facts = {"metadata": {"exit": 2}, "time": {"start": START, "end": START + 250}}
    found = one_call("bash", {"command": "make"}, output="no rule", **facts)
    assert (found.kind, found.command, found.exit_status) == (ToolKind.SHELL, "make", 2)
    assert (found.result, found.is_error, found.duration_ms) == ("no rule", True, 250)


def test_failed_and_unfinished_calls() -> None:
    failed = one_call("read", {"filePath": "/a"}, "error", error="File not found", output=None)
    assert (failed.result, failed.is_error, failed.files) == ("File not found", True, ())
    assert one_call("read", {"filePath": "/a"}, "running").result is None


def test_diffs_and_touches() -> None:
    edit = {"filePath": "/a.py", "oldString": "x", "newString": "y"}
    found = one_call("edit", edit, metadata={"diff": "--- a\n+++ a\n@@ -7,1 +7,1 @@\n-x\n+y\n"})
    assert found.files == (FileTouch("/a.py", TouchKind.EDITED),)
    assert found.diffs[0].hunks[0].old_start == 7
    assert one_call("edit", edit).diffs[0].hunks[0].lines == ("-x", "+y")
    new = one_call("write", {"filePath": "/b.py", "content": "z"}, metadata={"exists": False})
    assert new.files == (FileTouch("/b.py", TouchKind.CREATED),)
    patch = "*** Begin Patch\n*** Delete File: c.py\n*** End Patch"
    assert one_call("apply_patch", {"patchText": patch}).files == (FileTouch("c.py", TouchKind.DELETED),)


def test_tokens_count_once_a_message_with_reasoning_as_output() -> None:
    tokens = {"input": 10, "output": 5, "reasoning": 2, "cache": {"read": 100, "write": 20}}
    session = export(message("assistant", text("a"), tokens=tokens), message("assistant", text("b"), id="2"))
    assert session.tokens == TokenUsage(10, 7, 100, 20)


def test_errors_aborts_and_summaries() -> None:
    failed = message("assistant", error={"name": "APIError", "data": {"message": "overloaded"}})
    aborted = message("assistant", text("I"), error={"name": "MessageAbortedError"}, id="2")
    summary = message("assistant", text("so far"), summary=True, id="3")
    session = export(failed, aborted, summary)
    assert kinds(session) == ["error", "reply", "interrupt", "summary"]
    assert session.turns[0].text == "APIError: overloaded"


def test_what_the_user_undid_is_kept_as_withdrawn() -> None:
    session = export(
        message("user", text("one"), id="msg_1"),
        message("user", text("two"), id="msg_2"),
        message("assistant", text("three"), id="msg_3"),
        revert={"messageID": "msg_2"},
    )
    assert [(turn.text, turn.branch) for turn in session.turns] == [("one", 0), ("two", 1), ("three", 1)]


def store(root: Path, *messages: Record) -> Path:
    """The folders of OpenCode 1.1: one small file for the session, each message and each part."""
    session = root / "storage" / "session" / "p" / "ses_1.json"
    files: dict[Path, Record] = {session: INFO}
    for one in messages:
        id = one["info"]["id"]
        files[root / "storage" / "message" / "ses_1" / f"{id}.json"] = one["info"]
        for number, part in enumerate(one["parts"]):
            files[root / "storage" / "part" / id / f"prt_{number}.json"] = part
    for path, record in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record), encoding="utf-8")
    return session


MESSAGES = (
    message("user", text("go"), id="msg_1"),
    message("assistant", text("first"), tool("bash", {"command": "ls"}), text("then"), id="msg_2"),
)


def test_a_store_of_folders_reads_as_its_export(tmp_path: Path) -> None:
    session = open_transcript(store(tmp_path, *MESSAGES))
    assert session.turns == export(*MESSAGES).turns


def test_messages_stand_in_the_order_of_time(tmp_path: Path) -> None:
    early = message("user", text("first"), id="msg_9", time={"created": START})
    late = message("user", text("second"), id="msg_1", time={"created": START + 1})
    assert [turn.text for turn in open_transcript(store(tmp_path, late, early)).turns] == ["first", "second"]


def test_a_broken_part_costs_that_part_only(tmp_path: Path) -> None:
    path = store(tmp_path, *MESSAGES)
    (tmp_path / "storage" / "part" / "msg_2" / "prt_0.json").write_bytes(b'{"type":')
    session = open_transcript(path)
    assert session.turns[1].text == "then"
    assert [problem.what for problem in session.problems] == ["prt_0.json skipped"]


def test_an_id_leads_out_of_no_folder(tmp_path: Path) -> None:
    path = store(tmp_path)
    said = message("assistant", error={"name": "Secret"})["info"]
    (tmp_path / "secret.json").write_text(json.dumps(said), encoding="utf-8")
    for id in ("../..", str(tmp_path), "a\0b", ""):
        path.write_text(json.dumps({**INFO, "id": id}), encoding="utf-8")
        assert open_transcript(path).turns == ()


def database(path: Path, *messages: Record, wal: bool = False) -> Path:
    """As OpenCode 1.2 writes it: ids are columns, and the rest is JSON."""
    with closing(sqlite3.connect(path)) as connection, connection:
        if wal:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(
            "CREATE TABLE session (id TEXT, parent_id TEXT, title TEXT, directory TEXT, version TEXT,"
            " time_created INT, time_updated INT);"
            "CREATE TABLE message (id TEXT, session_id TEXT, time_created INT, data TEXT);"
            "CREATE TABLE part (id TEXT, message_id TEXT, session_id TEXT, data TEXT);"
        )
        for id, parent in (("ses_1", None), ("ses_2", "ses_1")):
            row = (id, parent, INFO["title"], INFO["directory"], INFO["version"], START, START + 60_000)
            connection.execute("INSERT INTO session VALUES (?,?,?,?,?,?,?)", row)
        for one in messages:
            info = {key: value for key, value in one["info"].items() if key not in ("id", "sessionID")}
            id = one["info"]["id"]
            connection.execute("INSERT INTO message VALUES (?,'ses_1',?,?)", (id, START, json.dumps(info)))
            for number, part in enumerate(one["parts"]):
                row = (f"{id}.{number}", id, "ses_1", json.dumps(part))
                connection.execute("INSERT INTO part VALUES (?,?,?,?)", row)
    return path


def read_file(path: Path) -> list[Session]:
    with path.open("rb") as stream:
        return list(read_transcripts(stream, path))


@pytest.mark.parametrize("wal", [False, True], ids=["rollback", "WAL"])
def test_a_database_holds_every_session(tmp_path: Path, *, wal: bool) -> None:
    path = database(tmp_path / "opencode.db", *MESSAGES, wal=wal)
    first, second = read_file(path)
    assert (first.id, second.id, second.parent_id, second.is_subagent) == ("ses_1", "ses_2", "ses_1", True)
    assert first.turns == export(*MESSAGES).turns
    assert (first.title, first.project_path, first.started_at) == (
        "Fix the parser",
        "/home/me/app",
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["opencode.db"]


def test_a_session_that_was_moved_to_the_database_is_not_read_twice(tmp_path: Path) -> None:
    path = store(tmp_path, *MESSAGES)
    database(tmp_path / "opencode.db", *MESSAGES)
    with pytest.raises(UnknownFormatError, match="database instead"):
        open_transcript(path)
    left_behind = path.with_name("ses_7.json")
    left_behind.write_text(json.dumps({**INFO, "id": "ses_7"}), encoding="utf-8")
    assert open_transcript(left_behind).id == "ses_7"
    (tmp_path / "opencode.db").write_bytes(b"SQLite format 3\0 torn")
    assert open_transcript(path).id == "ses_1"


def test_an_undo_is_a_column_of_the_database(tmp_path: Path) -> None:
    path = database(tmp_path / "opencode.db", *MESSAGES)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE session ADD COLUMN revert TEXT")
        connection.execute("UPDATE session SET revert = ?", (json.dumps({"messageID": "msg_2"}),))
    assert [turn.branch for turn in read_file(path)[0].turns] == [0, 1]


def test_what_is_still_in_the_log_is_told_and_left_alone(tmp_path: Path) -> None:
    path = database(tmp_path / "opencode.db", *MESSAGES, wal=True)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("UPDATE session SET title = 'Later'")
        writer.commit()
        before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        session = read_file(path)[0]
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert session.title == "Fix the parser"
    assert [problem.what for problem in session.problems] == ["not yet in the file"]


def test_one_session_is_asked_of_a_file_that_holds_many(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError, match="holds many sessions"):
        open_transcript(database(tmp_path / "opencode.db"))


def test_bad_rows_cost_themselves_only(tmp_path: Path) -> None:
    path = database(tmp_path / "opencode.db", *MESSAGES)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO message VALUES ('msg_3', 'ses_1', 1, '{')")
        connection.execute("INSERT INTO message VALUES (7, 'ses_1', NULL, x'ff00')")
        connection.execute("INSERT INTO part VALUES (NULL, 'msg_1', 'ses_1', 9)")
    session = read_file(path)[0]
    assert [turn.text for turn in session.turns] == ["go", "first\n\nthen"]
    assert {problem.what for problem in session.problems} == {"row skipped"}


def test_other_and_broken_databases_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE a (b)")
    with pytest.raises(UnknownFormatError, match="holds no session of opencode"):
        read_file(other)
    whole = database(tmp_path / "opencode.db", *MESSAGES).read_bytes()
    for size in (17, 100, 4096, 9000):
        other.write_bytes(whole[:size])
        with pytest.raises(TranscriptError):
            read_file(other)


def test_the_database_of_the_forerunner(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    parts = [
        {"type": "reasoning", "data": {"thinking": "hm"}},
        {"type": "text", "data": {"text": "ok"}},
        {"type": "tool_call", "data": {"id": "c1", "name": "bash", "input": '{"command":"ls"}'}},
    ]
    result = {"type": "tool_result", "data": {"tool_call_id": "c1", "content": "no", "is_error": True}}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE sessions (id, parent_session_id, title, created_at, updated_at);"
            "CREATE TABLE messages (id, session_id, role, parts, model, created_at);"
        )
        connection.execute("INSERT INTO sessions VALUES ('s', NULL, 'Old', ?, ?)", (START, START))
        for id, role, said in (("a", "assistant", parts), ("b", "tool", [result])):
            row = (id, "s", role, json.dumps(said), "m", START)
            connection.execute("INSERT INTO messages VALUES (?,?,?,?,?,?)", row)
    (session,) = read_file(path)
    (found,) = calls(session)
    assert (session.title, only(session).text, only(session).thinking) == ("Old", "ok", "hm")
    assert (found.command, found.result, found.is_error) == ("ls", "no", True)


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("OPENCODE_DB", raising=False)
    (tmp_path / "opencode").mkdir()
    (tmp_path / "opencode" / "opencode-dev.db").touch()
    assert opencode.roots() == (tmp_path / "opencode" / "storage" / "session",)
    assert opencode.database_roots() == (tmp_path / "opencode" / "opencode-dev.db",)
    monkeypatch.setenv("OPENCODE_DB", "/elsewhere/o.db")
    assert opencode.database_roots() == (Path("/elsewhere/o.db"),)
