"""What may be wrong inside a catalog: counted, and set right where nothing is lost by it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import zstandard

from memex.catalog.archive import Archive, new_hash
from memex.catalog.fulltext import CARD_TURN, TURN_BITS
from memex.catalog.schema import migrate

ORPHANS = {
    "turns of full text": (
        f"turn_text WHERE rowid IN (SELECT id FROM turn_text_docsize WHERE id >> {TURN_BITS} "
        "NOT IN (SELECT key FROM session))"
    ),
    "lens texts": "lens_text WHERE session NOT IN (SELECT key FROM session)",
    "bags of tokens": "token_bag WHERE session NOT IN (SELECT key FROM session)",
    "files of sessions": "source_session WHERE session NOT IN (SELECT key FROM session)",
    "traits of sessions": "session_trait WHERE session NOT IN (SELECT key FROM session)",
    "traits": "trait WHERE id NOT IN (SELECT trait FROM session_trait)",
    "vectors": "vector WHERE hash NOT IN (SELECT hash FROM lens_text)",
    "hidden marks": "hidden WHERE session NOT IN (SELECT key FROM session)",
}
"""What belongs to no session → the rows, after FROM."""


class Damage(NamedTuple):
    """Rows of other tables than `foreign_key_check` says; both empty in a sound file."""

    integrity: tuple[str, ...]
    foreign_keys: int


class Checkup:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def damage(self) -> Damage:
        rows = self._db.execute("PRAGMA integrity_check(10)").fetchall()
        broken = self._db.execute("PRAGMA foreign_key_check").fetchall()
        return Damage(tuple(text for (text,) in rows if text != "ok"), len(broken))

    def rebuild_indexes(self) -> None:
        self._db.execute("REINDEX")

    def full_text_is_sound(self) -> bool:
        try:
            self._db.execute("INSERT INTO turn_text (turn_text) VALUES ('integrity-check')")
        except sqlite3.DatabaseError:
            return False
        return True

    def rebuild_full_text(self) -> None:
        self._db.execute("INSERT INTO turn_text (turn_text) VALUES ('rebuild')")

    def strange_tables(self) -> list[str]:
        """Names of tables and indexes that are missing, unknown, or made in another way."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as ours:
            migrate(ours)
            differing = _schema(self._db) ^ _schema(ours)
        return sorted({name for name, _ in differing})

    def orphans(self) -> dict[str, int]:
        """Kind → rows, of the kinds that have any."""
        counts = {
            kind: self._db.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]
            for kind, rows in ORPHANS.items()
        }
        return {kind: count for kind, count in counts.items() if count}

    def delete_orphans(self) -> None:
        for rows in ORPHANS.values():
            self._db.execute(f"DELETE FROM {rows}")

    def sessions_without_text(self) -> int:
        """That full text has not even the title of."""
        (count,) = self._db.execute(
            f"""SELECT count(*) FROM session WHERE NOT is_helper
                AND (key << {TURN_BITS} | {CARD_TURN}) NOT IN (SELECT id FROM turn_text_docsize)"""
        ).fetchone()
        return int(count)

    def damaged_copies(self) -> Iterator[tuple[bytes, bool]]:
        """(content hash, is damaged) of each archived copy, which is read whole."""
        archive = Archive(self._db)
        for (content_hash,) in self._db.execute("SELECT content_hash FROM archive").fetchall():
            yield bytes(content_hash), not _is_whole(archive, bytes(content_hash))

    def read_again(self, content_hash: bytes) -> int:
        """Forget a damaged copy, so that its transcript is read again; how many files there are for it."""
        self._db.execute("DELETE FROM archive WHERE content_hash = ?", (content_hash,))
        query = """UPDATE source SET size = -1 WHERE content_hash = ?1 OR path IN
            (SELECT source_path FROM session WHERE content_hash = ?1)"""
        return self._db.execute(query, (content_hash,)).rowcount

    def lost_transcripts(self) -> list[str]:
        """Files that the last scan missed, and of which there is no copy either."""
        rows = self._db.execute(
            """SELECT DISTINCT source_path FROM session LEFT JOIN source ON path = source_path
               WHERE ifnull(is_gone, 1) AND session.content_hash NOT IN (SELECT content_hash FROM archive)
               ORDER BY 1"""
        )
        return [path for (path,) in rows]


def _schema(db: sqlite3.Connection) -> set[tuple[str, str | None]]:
    return set(db.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"))


def _is_whole(archive: Archive, content_hash: bytes) -> bool:
    digest = new_hash()
    try:
        copy = archive.open(content_hash)
        if copy is None:
            return True
        with copy:
            while piece := copy.read(1 << 20):
                digest.update(piece)
    except zstandard.ZstdError:
        return False
    return digest.digest() == content_hash
