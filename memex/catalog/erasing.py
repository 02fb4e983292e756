"""Sessions taken out of every table, and the remains of deleted rows out of the file."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from memex.catalog.archive import Archive
from memex.catalog.forgotten import Forgotten, file_hash, session_hash
from memex.catalog.fulltext import TURN_BITS
from memex.core.errors import CatalogError
from memex.core.session import COPY_MARK

LAST_TURN = (1 << TURN_BITS) - 1
PIECE = 1 << 20


class Erased(Struct, frozen=True):
    sessions: int
    copies: int
    """Of transcripts, in the archive."""
    shared: tuple[str, ...] = ()
    """Transcripts that hold other sessions as well: their copies stay, and with them what was forgotten."""


def erase_sessions(db: sqlite3.Connection, keys: Collection[int]) -> Erased:
    """Within a transaction. What other sessions have as well stays: texts' vectors, copies, traits."""
    wanted = (msgspec.json.encode(list(keys)).decode(),)
    names = db.execute(f"SELECT agent, id FROM session WHERE key IN {_LISTED}", wanted).fetchall()
    paths = _column(
        db,
        f"""SELECT source_path FROM session WHERE key IN {_LISTED}
            UNION SELECT path FROM source_session WHERE session IN {_LISTED}""",
        wanted * 2,
    )
    contents = _column(
        db,
        f"""SELECT content_hash FROM session WHERE key IN {_LISTED} UNION
            SELECT content_hash FROM source WHERE path IN {_LISTED} AND content_hash IS NOT NULL""",
        (*wanted, msgspec.json.encode(paths).decode()),
    )
    texts = _column(db, f"SELECT DISTINCT hash FROM lens_text WHERE session IN {_LISTED}", wanted)
    traits = _column(db, f"SELECT DISTINCT trait FROM session_trait WHERE session IN {_LISTED}", wanted)
    for key in keys:
        first = key << TURN_BITS
        db.execute("DELETE FROM turn_text WHERE rowid BETWEEN ? AND ?", (first, first | LAST_TURN))
    db.execute(f"DELETE FROM indexed WHERE session IN {_LISTED}", wanted)
    db.execute(f"DELETE FROM session WHERE key IN {_LISTED}", wanted)  # and all that refers to it
    _delete(
        db,
        traits,
        "FROM trait WHERE id = ? AND NOT EXISTS (SELECT 1 FROM session_trait t WHERE t.trait = trait.id)",
    )
    _delete(
        db,
        texts,
        "FROM vector WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM lens_text t WHERE t.hash = vector.hash)",
    )
    alone = [path for path in paths if not _holds_others(db, path)]
    shared = [path for path in paths if path not in alone and _is_copied_whole(db, path)]
    _delete(db, alone, "FROM source WHERE path = ?")
    ids = [session_id.split(COPY_MARK)[0] for _, session_id in names]
    copies = _drop_copies(db, contents) + _drop_older_versions(db, ids)
    forgotten = Forgotten(db)
    forgotten.add(session_hash(agent, session_id) for agent, session_id in names)
    forgotten.add(map(file_hash, alone))
    return Erased(len(names), copies, tuple(shared))


def overwrite_remains(db: sqlite3.Connection) -> None:
    """Of rows that were deleted, in the full text's segments, free pages and the write-ahead log.

    FTS5 keeps a deleted row's words until its segments are merged, and SQLite may leave a copy of a moved
    row in the free part of a page: only a file that is written anew is sure to hold neither.
    """
    db.execute("INSERT INTO turn_text (turn_text) VALUES ('optimize')")
    db.execute("VACUUM")
    (is_busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise CatalogError("The library is being read: what was deleted is overwritten at the next refresh.")


_LISTED = "(SELECT value FROM json_each(?))"
_REFERRED = """SELECT content_hash FROM session UNION
    SELECT content_hash FROM source WHERE content_hash IS NOT NULL"""


def _column(db: sqlite3.Connection, query: str, values: tuple[object, ...]) -> list[Any]:
    return [value for (value,) in db.execute(query, values)]


def _delete(db: sqlite3.Connection, values: Iterable[object], rest: str) -> None:
    db.executemany(f"DELETE {rest}", ((value,) for value in values))


def _holds_others(db: sqlite3.Connection, path: object) -> bool:
    return db.execute("SELECT 1 FROM source_session WHERE path = ? LIMIT 1", (path,)).fetchone() is not None


def _is_copied_whole(db: sqlite3.Connection, path: object) -> bool:
    found = db.execute("SELECT 1 FROM source JOIN archive USING (content_hash) WHERE path = ?", (path,))
    return found.fetchone() is not None


def _drop_copies(db: sqlite3.Connection, contents: Iterable[object]) -> int:
    query = f"DELETE FROM archive WHERE content_hash = ? AND content_hash NOT IN ({_REFERRED})"
    return sum(db.execute(query, (content,)).rowcount for content in contents)


def _drop_older_versions(db: sqlite3.Connection, ids: Collection[str]) -> int:
    """Copies of what files were before they were rewritten, where they name one of the sessions."""
    archive = Archive(db)
    unreferred = _column(db, f"SELECT content_hash FROM archive WHERE content_hash NOT IN ({_REFERRED})", ())
    holding = [each for each in unreferred if isinstance(each, bytes) and _names_any(archive, each, ids)]
    for content in holding:
        archive.drop(content)
    return len(holding)


def _names_any(archive: Archive, content: bytes, ids: Collection[str]) -> bool:
    wanted = [session_id.encode(errors="surrogatepass") for session_id in ids if session_id]
    longest = max(map(len, wanted), default=0)
    before = b""
    for piece in _pieces(archive, content):
        text = before + piece
        if any(each in text for each in wanted):
            return True
        before = text[-longest:]
    return False


def _pieces(archive: Archive, content: bytes) -> Iterator[bytes]:
    copy = archive.open(content)
    if copy is None:
        return
    with copy:
        while piece := copy.read(PIECE):
            yield piece
