"""Which transcript files are known, as what they were last read."""

import sqlite3
from collections.abc import Iterable
from enum import StrEnum

import msgspec
from msgspec import Struct

from memex.core.library import FileFailure


class SourceState(StrEnum):
    PARSED = "parsed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Source(Struct, frozen=True):
    path: str
    size: int
    mtime_ns: int
    state: SourceState = SourceState.PARSED
    reason: str | None = None
    content_hash: bytes | None = None
    read_size: int | None = None
    """Bytes that were read, and hashed: it may have grown since its size was asked for."""
    sessions: tuple[int, ...] = ()
    """Keys of what the file holds: one session in most formats, many in some."""


class Sources:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def stamps(self, reader_version: int) -> dict[str, tuple[int, int]]:
        """Path → (size, mtime_ns) of all that these readers have already read."""
        rows = self._db.execute(
            "SELECT path, size, mtime_ns FROM source WHERE reader_version = ?", (reader_version,)
        )
        return {path: (size, mtime_ns) for path, size, mtime_ns in rows}

    def record(self, source: Source, reader_version: int) -> None:
        self._db.execute(
            """INSERT OR REPLACE INTO source
               (path, size, mtime_ns, reader_version, state, reason, content_hash, read_size)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                source.path,
                source.size,
                source.mtime_ns,
                reader_version,
                source.state,
                source.reason,
                source.content_hash,
                source.read_size,
            ),
        )
        self._db.execute("DELETE FROM source_session WHERE path = ?", (source.path,))
        self._db.executemany(
            "INSERT INTO source_session VALUES (?, ?)", ((source.path, key) for key in source.sessions)
        )

    def stamp_of(self, path: str) -> tuple[int, int] | None:
        """(size, mtime_ns) of the file when it was last looked at."""
        row = self._db.execute("SELECT size, mtime_ns FROM source WHERE path = ?", (path,)).fetchone()
        return (row[0], row[1]) if row else None

    def paths(self) -> list[str]:
        return [path for (path,) in self._db.execute("SELECT path FROM source")]

    def mark_gone(self, paths: Iterable[str]) -> None:
        """These and no others."""
        self._db.execute(
            """UPDATE source SET is_gone = NOT is_gone
               WHERE is_gone <> (path IN (SELECT value FROM json_each(?)))""",
            (msgspec.json.encode(list(paths)).decode(),),
        )

    def count_gone(self) -> int:
        """Sessions whose transcript the last scan missed, or that came without one."""
        (count,) = self._db.execute(
            """SELECT count(*) FROM session LEFT JOIN source ON path = source_path
               WHERE NOT is_helper AND ifnull(is_gone, 1)"""
        ).fetchone()
        return int(count)

    def others_of(self, session: int, path: str) -> list[tuple[str, bytes]]:
        """(path, content hash) of the files, but this one, that this session was read from."""
        rows = self._db.execute(
            """SELECT path, content_hash FROM source_session JOIN source USING (path)
               WHERE session = ? AND path <> ?""",
            (session, path),
        )
        return [(other, bytes(content_hash)) for other, content_hash in rows]

    def extent_of(self, path: str) -> tuple[int, bytes] | None:
        """(bytes, content hash) of what was last read of the file; None if nothing was, or not how much."""
        row = self._db.execute(
            """SELECT coalesce(read_size, (SELECT size FROM archive a WHERE a.content_hash = s.content_hash)),
               content_hash FROM source s WHERE path = ?""",
            (path,),
        ).fetchone()
        return (row[0], bytes(row[1])) if row and None not in row else None

    def size_of(self, path: str) -> int | None:
        """Of what the file was when it was last read."""
        row = self._db.execute("SELECT size FROM source WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def others_hold(self, content_hash: bytes, path: str) -> bool:
        """Whether a file but this one was read with these very bytes."""
        row = self._db.execute(
            "SELECT 1 FROM source WHERE content_hash = ? AND path <> ? LIMIT 1", (content_hash, path)
        ).fetchone()
        return row is not None

    def holds(self, path: str, session: int) -> bool:
        """Whether the session was read from this file."""
        row = self._db.execute(
            "SELECT 1 FROM source_session WHERE path = ? AND session = ?", (path, session)
        ).fetchone()
        return row is not None

    def ask_again(self) -> None:
        """Every file is read again by the next scan."""
        self._db.execute("UPDATE source SET size = -1")

    def count(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM source").fetchone()
        return int(count)

    def in_state(self, state: SourceState) -> tuple[FileFailure, ...]:
        rows = self._db.execute("SELECT path, reason FROM source WHERE state = ? ORDER BY path", (state,))
        return tuple(FileFailure(path, reason or "") for path, reason in rows)
