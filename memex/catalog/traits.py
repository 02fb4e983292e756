"""What each session touched, ran, used and met: its files, commands, tools and errors, as lists."""

import hashlib
import sqlite3
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from memex.core.filters import Field

TOOL_KIND = "tool kind"
"""A trait's field beside those of queries: what a tool does, whatever its agent calls it."""


class Trait(Struct, frozen=True):
    """`kind` of a file: how it was touched (`TouchKind`); empty for the others."""

    field: str
    value: str
    kind: str
    count: int
    first_turn: int


class Traits:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def replace(self, session: int, traits: Iterable[Trait]) -> None:
        old = self._db.execute(
            "SELECT DISTINCT trait FROM session_trait WHERE session = ?", (session,)
        ).fetchall()
        self._db.execute("DELETE FROM session_trait WHERE session = ?", (session,))
        new = [(_id_of(each), each) for each in traits]
        self._db.executemany(
            "INSERT OR IGNORE INTO trait VALUES (?, ?, ?)", ((id, each.field, each.value) for id, each in new)
        )
        self._db.executemany(
            "INSERT INTO session_trait VALUES (?, ?, ?, ?, ?)",
            ((session, id, each.kind, each.count, each.first_turn) for id, each in new),
        )
        # What nobody has any more must not stay: it may be a secret that is redacted by now.
        self._db.executemany(
            "DELETE FROM trait WHERE id = ? AND NOT EXISTS (SELECT 1 FROM session_trait WHERE trait = id)",
            old,
        )

    def of(self, session: int, field: Field) -> list[Trait]:
        """In the order of their first turns."""
        rows = self._db.execute(
            """SELECT field, value, kind, count, first_turn FROM session_trait JOIN trait ON id = trait
               WHERE session = ? AND field = ? ORDER BY first_turn, value, kind""",
            (session, field),
        )
        return [Trait(*row) for row in rows]

    def shared(self, session: int, field: Field, limit: int) -> dict[int, int]:
        """Other sessions → how many values of the field they have in common with this one; the most first."""
        rows = self._db.execute(
            """SELECT other.session, count(DISTINCT other.trait) AS common FROM session_trait AS own
               JOIN trait ON id = own.trait JOIN session_trait AS other ON other.trait = own.trait
               WHERE own.session = ? AND field = ? AND other.session <> own.session
               GROUP BY 1 ORDER BY common DESC, 1 LIMIT ?""",
            (session, field, limit),
        )
        return dict(rows.fetchall())

    def in_common(
        self, sessions: Iterable[int], examples: Iterable[int], field: Field
    ) -> dict[int, list[str]]:
        """Session → values of the field that any of the examples has, too; the shortest first."""
        rows = self._db.execute(
            """SELECT DISTINCT s.session, trait.value FROM json_each(?) wanted
               CROSS JOIN session_trait s ON s.session = wanted.value
               JOIN trait ON trait.id = s.trait AND field = ?
               WHERE s.trait IN (SELECT trait FROM session_trait
                                 WHERE session IN (SELECT value FROM json_each(?)))
               ORDER BY length(trait.value), trait.value""",
            (_json(sessions), field, _json(examples)),
        )
        found: dict[int, list[str]] = {}
        for session, value in rows:
            found.setdefault(session, []).append(value)
        return found


def _json(keys: Iterable[int]) -> str:
    return msgspec.json.encode(list(keys)).decode()


def _id_of(trait: Trait) -> int:
    """The same in every library, so that one can take in the rows of another."""
    digest = hashlib.blake2b(f"{trait.field}\0{trait.value}".encode(errors="replace"), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True)


def escaped(text: str) -> str:
    """For LIKE with ESCAPE '\\'."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
