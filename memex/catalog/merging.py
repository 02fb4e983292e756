"""Another library's sessions into this one, by rows."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from memex.catalog.connection import catalog_errors, transaction
from memex.catalog.fulltext import TURN_BITS

OF_THIS_MACHINE = {"indexed", "source_session", "hidden", "opened_result"}
"""Tables with rows by session that say what this machine has and did, not what the session is."""


class Merged(Struct, frozen=True):
    added: int
    replaced: int
    kept: int


def merge(db: sqlite3.Connection, other: Path) -> Merged:
    """Sessions that are missing here, and those of which the other has more turns or the only texts.

    In one transaction. A session that is replaced keeps its key.
    """
    db.execute("ATTACH ? AS other", (str(other),))
    try:
        with transaction(db):
            return _merge(db)
    finally:
        db.execute("DETACH other")


def map_paths(catalog: Path, prefixes: Mapping[str, str]) -> None:
    """Paths below each of the prefixes are said to lie below its new one."""
    with catalog_errors(catalog), closing(sqlite3.connect(catalog, isolation_level=None)) as db:
        with transaction(db):
            for old, new in prefixes.items():
                for table, column in _path_columns(db):
                    _map_prefix(db, table, column, old.rstrip("/\\"), new.rstrip("/\\"))
            db.execute(
                """UPDATE session SET payload = json_set(payload, '$.project_path', project_path)
                   WHERE project_path IS NOT NULL"""
            )
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _merge(db: sqlite3.Connection) -> Merged:
    columns = ", ".join(name for name in _columns(db, "session") if name != "key")
    db.execute("CREATE TEMP TABLE taken (theirs INTEGER PRIMARY KEY, ours INTEGER, is_new INTEGER)")
    try:
        db.execute(
            """INSERT INTO taken SELECT t.key, o.key, o.key IS NULL
               FROM other.session t LEFT JOIN main.session o ON o.agent = t.agent AND o.id = t.id
               WHERE o.key IS NULL OR t.turn_count > o.turn_count
               OR (t.turn_count = o.turn_count AND NOT (SELECT ifnull(max(body <> ''), 0)
                       FROM main.lens_text WHERE session = o.key)
                   AND (SELECT ifnull(max(body <> ''), 0) FROM other.lens_text WHERE session = t.key))"""
        )
        db.execute(
            f"""INSERT INTO main.session ({columns}) SELECT {columns} FROM other.session
                WHERE key IN (SELECT theirs FROM taken WHERE is_new)"""
        )
        db.execute(
            """UPDATE taken SET ours = (SELECT o.key FROM main.session o
                   JOIN other.session t ON o.agent = t.agent AND o.id = t.id WHERE t.key = taken.theirs)
               WHERE is_new"""
        )
        db.execute(
            f"""UPDATE main.session AS o SET ({columns}) = (SELECT {columns} FROM other.session
                    WHERE key = (SELECT theirs FROM taken WHERE ours = o.key))
                WHERE key IN (SELECT ours FROM taken WHERE NOT is_new)"""
        )
        _take_rows_by_session(db)
        _take_turns(db)
        _take_shared(db)
        added, replaced = db.execute(
            "SELECT ifnull(sum(is_new), 0), ifnull(sum(NOT is_new), 0) FROM taken"
        ).fetchone()
        (theirs,) = db.execute("SELECT count(*) FROM other.session").fetchone()
        return Merged(added, replaced, theirs - added - replaced)
    finally:
        db.execute("DROP TABLE taken")


def _take_rows_by_session(db: sqlite3.Connection) -> None:
    tables = [name for (name,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    for table in tables:
        columns = _columns(db, table)
        if table in OF_THIS_MACHINE or "session" not in columns:
            continue
        rest = [name for name in columns if name != "session"]
        db.execute(f"DELETE FROM main.{table} WHERE session IN (SELECT ours FROM taken)")
        db.execute(
            f"""INSERT INTO main.{table} (session, {", ".join(rest)})
                SELECT taken.ours, {", ".join(f"t.{name}" for name in rest)}
                FROM other.{table} t JOIN taken ON taken.theirs = t.session"""
        )


def _take_turns(db: sqlite3.Connection) -> None:
    last = (1 << TURN_BITS) - 1
    db.execute(
        f"DELETE FROM main.turn_text WHERE rowid IN (SELECT t.rowid FROM taken JOIN main.turn_text t"
        f" ON t.rowid BETWEEN taken.ours << {TURN_BITS} AND (taken.ours << {TURN_BITS}) | {last}"
        " WHERE NOT taken.is_new)"
    )
    db.execute(
        f"""INSERT INTO main.turn_text (rowid, body, parts)
            SELECT taken.ours << {TURN_BITS} | (t.rowid & {last}), t.body, t.parts
            FROM taken JOIN other.turn_text t
            ON t.rowid BETWEEN taken.theirs << {TURN_BITS} AND (taken.theirs << {TURN_BITS}) | {last}"""
    )


def _take_shared(db: sqlite3.Connection) -> None:
    """What is kept by hash: nothing here is overwritten by what another machine says of the same hash."""
    (knows_a_model,) = db.execute("SELECT count(*) FROM main.model WHERE is_wanted").fetchone()
    wanted = "0" if knows_a_model else "is_wanted"
    db.execute(
        f"""INSERT OR IGNORE INTO main.model (key, signature, location, is_wanted)
            SELECT key, signature, location, {wanted} FROM other.model"""
    )
    db.execute(
        """INSERT OR IGNORE INTO main.trait SELECT * FROM other.trait WHERE id IN
           (SELECT trait FROM other.session_trait WHERE session IN (SELECT theirs FROM taken))"""
    )
    db.execute("INSERT OR IGNORE INTO main.vector SELECT * FROM other.vector")
    db.execute("INSERT OR IGNORE INTO main.archive SELECT * FROM other.archive")


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]


def _path_columns(db: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    return [
        (table, column)
        for (table,) in tables.fetchall()
        for column in _columns(db, table)
        if column == "path" or column.endswith("_path")
    ]


def _map_prefix(db: sqlite3.Connection, table: str, column: str, old: str, new: str) -> None:
    """What follows the prefix takes the separators of the new one."""
    there, here = ("\\", "/") if "/" in new else ("/", "\\")
    db.execute(
        f"""UPDATE OR IGNORE {table}
            SET {column} = ? || replace(substr({column}, ?), ?, ?)
            WHERE {column} = ? OR substr({column}, 1, ?) IN (?, ?)""",
        (new, len(old) + 1, there, here, old, len(old) + 1, f"{old}/", f"{old}\\"),
    )
