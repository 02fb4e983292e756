"""Sessions as rows: written whole, read as cards."""

import sqlite3
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from memex.catalog.conditions import SHOWN, Conditions
from memex.core.errors import SessionNotFoundError
from memex.core.filters import Filters, Order
from memex.core.search import SessionCard
from memex.core.session import COPY_MARK, Outcome, Session, TokenUsage, ToolKind, TouchKind

CARD_COLUMNS = """key, agent, id, title, project_name, branch, CAST(round(1e6 * started_at) AS INTEGER),
    CAST(round(1e6 * ended_at) AS INTEGER), turn_count, prompt_count, error_count, outcome, source_path,
    parent_id"""
"""Times in whole microseconds: JSON would cut off digits of a fraction."""


WRITTEN_COLUMNS = (
    "agent", "id", "title", "title_source", "project_name", "project_path", "branch", "models",
    "agent_version", "started_at", "ended_at", "turn_count", "prompt_count", "tool_call_count", "error_count",
    "tokens", "parent_id", "is_subagent", "is_helper", "outcome", "intent", "skipped_records",
    "problem_count", "has_edits", "image_count", "subagent_count", "month", "redactions", "source_path",
    "content_hash", "payload", "index_version",
)  # fmt: skip

ORDERS = {
    Order.RELEVANCE: "ended_at DESC, key",
    Order.NEWEST: "ended_at DESC, key",
    Order.OLDEST: "ended_at IS NULL, ended_at, key",
    Order.LONGEST: "turn_count DESC, ended_at DESC, key",
}
"""Without a search nothing is more relevant than what is new."""


OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_card_rows = msgspec.json.Decoder(list[list[Any]])


class SessionRecord(Struct, frozen=True):
    """What the catalog knows of a session beyond its card."""

    card: SessionCard
    project_path: str | None
    models: tuple[str, ...]
    tokens: TokenUsage
    intent: str
    skipped_records: dict[str, int]
    problem_count: int
    redactions: dict[str, int]
    content_hash: bytes


class SessionOrigin(Struct, frozen=True):
    """Where a session was read from, and what the index is to hold of it; `payload` is JSON.

    `redactions` counts the secrets that were kept out of the catalog, by kind.
    """

    source_path: str
    content_hash: bytes
    payload: bytes = b"{}"
    index_version: bytes = b""
    redactions: dict[str, int] = {}


class IndexableSession(Struct, frozen=True):
    """What the index needs of a session besides its vectors; `payload` is JSON."""

    key: int
    agent: str
    id: str
    payload: bytes
    version: bytes


class DayCount(Struct, frozen=True):
    """The sessions of a project that ended on a day of this machine's calendar."""

    day: date
    project: str | None
    sessions: int
    with_errors: int


class Sessions:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._conditions = Conditions(db)

    def write(self, session: Session, origin: SessionOrigin) -> tuple[int, bool]:
        """Insert, or replace what is known of the session of this agent and id; (key, is new)."""
        values = (*_columns_of(session), *_columns_of_origin(origin))
        key = self.find(session.agent, session.id)
        if key is not None:
            assignments = ", ".join(f"{column} = ?" for column in WRITTEN_COLUMNS)
            self._db.execute(f"UPDATE session SET {assignments} WHERE key = ?", (*values, key))
            return key, False
        marks = ", ".join("?" * len(values))
        cursor = self._db.execute(
            f"INSERT INTO session ({', '.join(WRITTEN_COLUMNS)}) VALUES ({marks})", values
        )
        return int(cursor.lastrowid or 0), True

    def find(self, agent: str, session_id: str) -> int | None:
        row = self._db.execute(
            "SELECT key FROM session WHERE agent = ? AND id = ?", (agent, session_id)
        ).fetchone()
        return row[0] if row else None

    def content_hash_of(self, agent: str, session_id: str) -> bytes | None:
        row = self._db.execute(
            "SELECT content_hash FROM session WHERE agent = ? AND id = ?", (agent, session_id)
        ).fetchone()
        return bytes(row[0]) if row else None

    def resolve(self, name: str) -> int:
        """The key of the session with this id or transcript, or with the only id that begins so."""
        found = self._named(name)
        if not found:
            raise SessionNotFoundError(f"No session “{name}” in this library: `memex sessions` lists them.")
        if len(found) > 1:
            raise SessionNotFoundError(f"Several sessions begin with “{name}”: give more of the id.")
        return found[0]

    def named(self, reference: str) -> int | None:
        """The one session that is meant by an id, the beginning of one, or a transcript's path."""
        found = self._named(reference)
        return found[0] if len(found) == 1 else None

    def _named(self, name: str) -> list[int]:
        """Two, when several begin so. Of a file with several sessions, its main one, or the newest."""
        beyond = name + chr(sys.maxunicode)
        for condition, values in (
            ("id = ? AND ? <> '' LIMIT 1", (name, name)),
            ("source_path = ? ORDER BY is_subagent, is_helper, ended_at DESC LIMIT 1", (name,)),
            ("id >= ? AND id < ? AND ? <> '' LIMIT 2", (name, beyond, name)),
        ):
            found = self._db.execute(
                f"SELECT key FROM session WHERE {SHOWN} AND {condition}", values
            ).fetchall()
            if found:
                return [key for (key,) in found]
        return []

    def cards(self, keys: Iterable[int]) -> dict[int, SessionCard]:
        """In the order of their keys. As one text: hundreds of rows would each ask for the interpreter."""
        (found,) = self._db.execute(
            f"""SELECT json_group_array(json_array({CARD_COLUMNS})) FROM session
                WHERE key IN (SELECT value FROM json_each(?))""",
            (msgspec.json.encode(list(keys)).decode(),),
        ).fetchone()
        return {row[0]: _card(row) for row in _card_rows.decode(found)}

    def parent_of(self, card: SessionCard) -> SessionCard | None:
        key = self.find(card.agent, card.parent_id) if card.parent_id else None
        return self.cards([key]).get(key) if key is not None else None

    def children_of(self, card: SessionCard) -> tuple[SessionCard, ...]:
        """Sessions of its sub-agents, in the order in which they began."""
        rows = self._db.execute(
            f"""SELECT {CARD_COLUMNS} FROM session
                WHERE agent = ? AND parent_id = ? AND NOT is_helper AND {SHOWN}
                ORDER BY started_at, key""",
            (card.agent, card.id.split(COPY_MARK)[0]),
        )
        return tuple(_card(row) for row in rows)

    def family_of(self, key: int) -> list[int]:
        """With its sub-agents' sessions, and theirs, unless another copy of it has them as well."""
        rows = self._db.execute(
            """WITH RECURSIVE family (key, agent, id) AS (
                SELECT key, agent, id FROM session WHERE key = ?
                UNION
                SELECT child.key, child.agent, child.id FROM family JOIN session child
                ON child.agent = family.agent AND child.parent_id = family.id
                AND NOT EXISTS (SELECT 1 FROM session copy WHERE copy.agent = family.agent
                    AND copy.id BETWEEN family.id || ? AND family.id || ? || char(1114111))
            ) SELECT key FROM family""",
            (key, COPY_MARK, COPY_MARK),
        )
        return [key for (key,) in rows]

    def listed(
        self, filters: Filters, order: Order, limit: int, offset: int = 0, leaving_out: Collection[int] = ()
    ) -> tuple[list[SessionCard], int]:
        """Main sessions, and how many there are in all."""
        where, values = self._conditions.clause(filters)
        where = f"{where} AND NOT is_subagent AND NOT is_helper"
        if leaving_out:
            where += " AND key NOT IN (SELECT value FROM json_each(?))"
            values = [*values, msgspec.json.encode(list(leaving_out)).decode()]
        (total,) = self._db.execute(f"SELECT count(*) FROM session WHERE {where}", values).fetchone()
        rows = self._db.execute(
            f"SELECT {CARD_COLUMNS} FROM session WHERE {where} ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [_card(row) for row in rows], total

    def main_keys(self, filters: Filters) -> list[int]:
        """All main sessions that meet the conditions, the newest first."""
        where, values = self._conditions.clause(filters)
        rows = self._db.execute(
            f"""SELECT key FROM session WHERE {where} AND NOT is_subagent AND NOT is_helper
                ORDER BY {ORDERS[Order.NEWEST]}""",
            values,
        )
        return [key for (key,) in rows]

    def by_day(self, filters: Filters, leaving_out: Collection[int] = ()) -> list[DayCount]:
        """Of main sessions that tell their time."""
        where, values = self._conditions.clause(filters)
        if leaving_out:
            where += " AND key NOT IN (SELECT value FROM json_each(?))"
            values = [*values, msgspec.json.encode(list(leaving_out)).decode()]
        rows = self._db.execute(
            f"""SELECT date(ended_at, 'unixepoch', 'localtime'), project_name, count(*), sum(error_count > 0)
                FROM session INDEXED BY session_by_facets
                WHERE is_helper = 0 AND is_subagent = 0 AND ended_at IS NOT NULL AND {where} GROUP BY 1, 2""",
            values,
        )
        return [DayCount(date.fromisoformat(day), *rest) for day, *rest in rows]

    def record(self, key: int) -> SessionRecord:
        row = self._db.execute(
            f"""SELECT {CARD_COLUMNS}, project_path, models, tokens, intent, skipped_records,
                problem_count, redactions, content_hash FROM session WHERE key = ?""",
            (key,),
        ).fetchone()
        if row is None:
            raise SessionNotFoundError("This session is no longer in the library: rescan to see what is.")
        path, models, tokens, intent, skipped, problems, redactions, content_hash = row[14:]
        return SessionRecord(
            _card(row[:14]),
            path,
            msgspec.json.decode(models, type=tuple[str, ...]),
            msgspec.json.decode(tokens, type=TokenUsage),
            intent,
            msgspec.json.decode(skipped, type=dict[str, int]),
            problems,
            msgspec.json.decode(redactions, type=dict[str, int]),
            bytes(content_hash),
        )

    def names(self) -> list[tuple[int, str, str]]:
        """(key, agent, id) of all."""
        return self._db.execute("SELECT key, agent, id FROM session").fetchall()

    def indexable(self, key: int) -> IndexableSession:
        agent, session_id, payload, version = self._db.execute(
            "SELECT agent, id, payload, index_version FROM session WHERE key = ?", (key,)
        ).fetchone()
        return IndexableSession(key, agent, session_id, payload.encode(), bytes(version))

    def keys_where(self, filters: Filters) -> set[int]:
        """Of all but helpers."""
        where, values = self._conditions.clause(filters)
        rows = self._db.execute(f"SELECT key FROM session WHERE NOT is_helper AND {where}", values)
        return {key for (key,) in rows}

    def by_transcript(self) -> dict[tuple[str, bytes], list[int]]:
        """(path, content hash) of what sessions were read from → their keys; the newest first."""
        rows = self._db.execute(
            "SELECT source_path, content_hash, key FROM session ORDER BY ended_at DESC, key"
        )
        found: dict[tuple[str, bytes], list[int]] = {}
        for path, content_hash, key in rows:
            found.setdefault((path, bytes(content_hash)), []).append(key)
        return found

    def count(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM session WHERE NOT is_helper").fetchone()
        return int(count)

    def count_subagents(self) -> int:
        (count,) = self._db.execute(
            "SELECT count(*) FROM session WHERE is_subagent AND NOT is_helper"
        ).fetchone()
        return int(count)

    def delete(self, key: int) -> None:
        self._db.execute("DELETE FROM session WHERE key = ?", (key,))

    def keys_newest_first(self) -> Iterator[int]:
        rows = self._db.execute(
            "SELECT key FROM session WHERE NOT is_helper ORDER BY ended_at DESC, key"
        ).fetchall()
        return (key for (key,) in rows)


def _columns_of(session: Session) -> tuple[object, ...]:
    return (
        session.agent,
        session.id,
        session.title,
        session.title_source,
        session.project_name,
        session.project_path,
        session.branch,
        msgspec.json.encode(session.models).decode(),
        session.agent_version,
        session.started_at.timestamp() if session.started_at else None,
        session.ended_at.timestamp() if session.ended_at else None,
        len(session.turns),
        session.prompt_count,
        sum(len(turn.tool_calls) for turn in session.turns),
        session.error_count,
        msgspec.json.encode(session.tokens).decode(),
        session.parent_id,
        session.is_subagent,
        session.is_helper,
        session.outcome,
        session.intent,
        msgspec.json.encode(session.skipped_records).decode(),
        len(session.problems),
        any(touch.kind is not TouchKind.READ for turn in session.turns for touch in turn.files_touched),
        sum(turn.images for turn in session.turns),
        sum(call.kind is ToolKind.SUBAGENT for turn in session.turns for call in turn.tool_calls),
        session.ended_at.astimezone(UTC).strftime("%Y-%m") if session.ended_at else None,
    )


def _columns_of_origin(origin: SessionOrigin) -> tuple[object, ...]:
    return (
        msgspec.json.encode(origin.redactions).decode(),
        origin.source_path,
        origin.content_hash,
        origin.payload.decode(),
        origin.index_version,
    )


def _card(row: Sequence[Any]) -> SessionCard:
    fields = list(row)
    fields[6], fields[7], fields[11] = _time(row[6]), _time(row[7]), OUTCOMES[row[11]]
    return SessionCard(*fields)


def _time(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else datetime.fromtimestamp(microseconds / 1e6, UTC)
