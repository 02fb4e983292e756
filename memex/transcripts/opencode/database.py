"""OpenCode's SQLite database, and that of its forerunner in Go, each with many sessions.

Only the file itself is read, from a copy: opening a database in WAL mode would write beside it. What a
running OpenCode has not yet moved from the `-wal` file into it is therefore not seen before it does so.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from memex.core.errors import TranscriptError
from memex.transcripts.calls import decoded_arguments
from memex.transcripts.documented import Documented
from memex.transcripts.fields import record_of, records_in, text_of
from memex.transcripts.opencode.export import documented
from memex.transcripts.opencode.session import Message
from memex.transcripts.records import Line, ProblemLog, RawLine, Record

if TYPE_CHECKING:
    from sqlite3 import Connection

MAGIC = b"SQLite format 3\0"
NOWHERE = Line(1, 0, {})
PENDING = (
    "what OpenCode has written last is still in the -wal file, and comes when OpenCode has moved it over"
)


def is_database(head: Sequence[RawLine]) -> bool:
    return bool(head) and head[0][2].startswith(MAGIC)


def is_in_database(session_file: Path, session_id: str) -> bool:
    """Whether OpenCode has moved a session from its `storage` to the database beside that.

    It keeps the files, and has been known to move only some.
    """
    import sqlite3

    database = session_file.parent.parent.parent.parent / "opencode.db"
    try:
        if not database.is_file():
            return False
        with closing(sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True)) as connection:
            found = connection.execute("SELECT 1 FROM session WHERE id = ?", (session_id,)).fetchone()
            return found is not None
    except (sqlite3.Error, OSError, ValueError):
        return False


def read_database(lines: Iterator[RawLine], path: Path, problems: ProblemLog) -> Iterator[Documented]:
    """Nothing from a database that is not OpenCode's."""
    import sqlite3  # the window's process knows where transcripts are, and must not load SQL for it

    if _has_bytes(path.with_name(f"{path.name}-wal")):
        problems.add(0, "not yet in the file", PENDING)
    try:
        with _opened(lines) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
            if {"session", "message", "part"} <= tables:
                yield from _sessions(_Tables(database, problems))
            elif {"sessions", "messages"} <= tables:
                yield from _sessions(_GoTables(database, problems))
    except (sqlite3.Error, UnicodeError) as cause:  # the latter for damaged names of columns
        raise TranscriptError(f"{path} could not be read: {cause}.") from cause


def _sessions(tables: "_Tables") -> Iterator[Documented]:
    for row in tables.sessions():
        info = tables.info(row)
        yield documented(info, list(tables.messages(text_of(info.get("id")))), tables.problems, "")


def _has_bytes(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except (OSError, ValueError):
        return False


@contextmanager
def _opened(lines: Iterator[RawLine]) -> Iterator["Connection"]:
    import sqlite3

    with tempfile.TemporaryDirectory(prefix="memex-") as folder:
        copy = Path(folder) / "copy.db"
        with copy.open("wb") as stream:
            stream.writelines(raw for _, _, raw in lines)
        with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as database:
            database.row_factory = sqlite3.Row
            database.text_factory = _lenient
            yield database


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", errors="replace")


class _Tables:
    """Tables `session`, `message` and `part`; what the latter two hold is mostly JSON in `data`."""

    def __init__(self, database: "Connection", problems: ProblemLog) -> None:
        self._database = database
        self.problems = problems

    def sessions(self) -> Iterator[Record]:
        yield from self._rows("SELECT * FROM session ORDER BY id")

    def info(self, row: Record) -> Record:
        times = {"created": row.get("time_created"), "updated": row.get("time_updated")}
        revert = self._json(row["revert"]) if row.get("revert") else None
        return {**row, "parentID": row.get("parent_id"), "time": times, "revert": revert}

    def messages(self, session_id: str) -> Iterator[Message]:
        parts: dict[str, list[Record]] = {}
        for row in self._rows(
            "SELECT message_id, data FROM part WHERE session_id = ? ORDER BY id", session_id
        ):
            parts.setdefault(text_of(row.get("message_id")), []).append(
                record_of(self._json(row.get("data")))
            )
        query = "SELECT id, data FROM message WHERE session_id = ? ORDER BY time_created, id"
        for row in self._rows(query, session_id):
            info = {**record_of(self._json(row.get("data"))), "id": row.get("id")}
            yield Message(NOWHERE, info, parts.get(text_of(row.get("id")), []))

    def _rows(self, query: str, *values: str) -> Iterator[Record]:
        for row in self._database.execute(query, values):
            yield dict(row)

    def _json(self, text: object) -> Any:
        try:
            return msgspec.json.decode(text_of(text))
        except (msgspec.MsgspecError, ValueError, RecursionError) as cause:
            self.problems.add(0, "row skipped", f"its data is not JSON: {cause}")
            return None


class _GoTables(_Tables):
    """Tables `sessions` and `messages`; the results of calls stand in messages of the role `tool`."""

    def sessions(self) -> Iterator[Record]:
        yield from self._rows("SELECT * FROM sessions ORDER BY created_at, id")

    def info(self, row: Record) -> Record:
        times = {"created": row.get("created_at"), "updated": row.get("updated_at")}
        return {**row, "parentID": row.get("parent_session_id"), "time": times}

    def messages(self, session_id: str) -> Iterator[Message]:
        query = "SELECT * FROM messages WHERE session_id = ? ORDER BY created_at, id"
        rows = [
            (row, list(records_in(self._json(row.get("parts"))))) for row in self._rows(query, session_id)
        ]
        results = {text_of(data.get("tool_call_id")): data for _, parts in rows for data in _results(parts)}
        for row, parts in rows:
            if row.get("role") != "tool":
                info = {**row, "modelID": row.get("model"), "time": {"created": row.get("created_at")}}
                yield Message(NOWHERE, info, [_part_of_today(part, results) for part in parts])


def _results(parts: list[Record]) -> Iterator[Record]:
    for part in parts:
        if part.get("type") == "tool_result":
            yield record_of(part.get("data"))


def _part_of_today(part: Record, results: dict[str, Record]) -> Record:
    data = record_of(part.get("data"))
    match part.get("type"):
        case "text":
            return {"type": "text", "text": data.get("text")}
        case "reasoning":
            return {"type": "reasoning", "text": data.get("thinking")}
        case "tool_call":
            call_id = text_of(data.get("id"))
            given = decoded_arguments(data.get("input"))
            state = {"input": given, **_state(results.get(call_id))}
            return {"type": "tool", "callID": call_id, "tool": data.get("name"), "state": state}
        case "finish":
            return {"type": "step-finish"}
        case kind:
            return {"type": kind}


def _state(result: Record | None) -> Record:
    if result is None:
        return {"status": "pending"}
    text = text_of(result.get("content"))
    if result.get("is_error") is True:
        return {"status": "error", "error": text}
    return {"status": "completed", "output": text}
