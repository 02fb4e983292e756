"""Which index generations there are, and which version of each session they hold."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from memex.core.library import EMBEDDED
from memex.core.models import ModelSignature

_keys = msgspec.json.Decoder(dict[str, int])
COLUMNS = "id, model, shape, created_at, is_complete, place"


class Generation(Struct, frozen=True):
    id: int
    model: str
    """The key of its signature."""
    shape: str
    created_at: datetime | None = None
    is_complete: bool = True
    """Whether it was ever switched to; else it is being built, or its building was cut short."""
    place: str = EMBEDDED
    """The store that holds it, and the only one that can open it."""


class Generations:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def current(self) -> Generation | None:
        row = self._db.execute(f"SELECT {COLUMNS} FROM generation WHERE is_current").fetchone()
        return _generation(row) if row else None

    def all(self) -> list[Generation]:
        """The newest first."""
        rows = self._db.execute(f"SELECT {COLUMNS} FROM generation ORDER BY id DESC")
        return [_generation(row) for row in rows]

    def begin(self, model: ModelSignature, shape: str, place: str) -> Generation:
        """A new generation, empty, and not yet to be searched."""
        now = datetime.now(UTC)
        cursor = self._db.execute(
            """INSERT INTO generation (model, shape, is_current, created_at, is_complete, place)
               VALUES (?, ?, 0, ?, 0, ?)""",
            (model.key, shape, now.timestamp(), place),
        )
        return Generation(int(cursor.lastrowid or 0), model.key, shape, now, is_complete=False, place=place)

    def make_current(self, generation: Generation) -> None:
        """The switch; the one before stays as it is, to go back to."""
        self._db.execute("UPDATE generation SET is_current = 0 WHERE id <> ?", (generation.id,))
        self._db.execute(
            "UPDATE generation SET is_current = 1, is_complete = 1 WHERE id = ?", (generation.id,)
        )

    def drop(self, generation: Generation) -> None:
        self._db.execute("DELETE FROM generation WHERE id = ?", (generation.id,))

    def missing(self, generation: Generation) -> list[int]:
        """Sessions, newest first, whose version the generation lacks and whose texts all have vectors."""
        rows = self._db.execute(
            """SELECT s.key FROM session s
               LEFT JOIN indexed i ON i.generation = ? AND i.session = s.key
               WHERE NOT s.is_helper AND i.version IS NOT s.index_version
               AND EXISTS (SELECT 1 FROM lens_text t WHERE t.session = s.key)
               AND NOT EXISTS (SELECT 1 FROM lens_text t WHERE t.session = s.key AND NOT EXISTS
                   (SELECT 1 FROM vector v WHERE v.model = ? AND v.hash = t.hash))
               ORDER BY s.ended_at DESC, s.key""",
            (generation.id, generation.model),
        )
        return [key for (key,) in rows]

    def orphans(self, generation: Generation) -> list[tuple[int, UUID]]:
        """(session key, point id) that the generation holds and the catalog no longer knows."""
        rows = self._db.execute(
            """SELECT session, point_id FROM indexed
               WHERE generation = ? AND session NOT IN (SELECT key FROM session)""",
            (generation.id,),
        )
        return [(key, UUID(bytes=bytes(point))) for key, point in rows]

    def record(self, generation: Generation, session: int, point_id: UUID, version: bytes) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO indexed VALUES (?, ?, ?, ?)",
            (generation.id, session, point_id.bytes, version),
        )

    def forget(self, generation: Generation, session: int) -> None:
        self._db.execute("DELETE FROM indexed WHERE generation = ? AND session = ?", (generation.id, session))

    def count(self, generation: Generation) -> int:
        (count,) = self._db.execute(
            "SELECT count(*) FROM indexed WHERE generation = ?", (generation.id,)
        ).fetchone()
        return int(count)

    def points(self, generation: Generation) -> dict[UUID, int]:
        """Point id → session key of all that the generation is said to hold."""
        rows = self._db.execute(
            "SELECT point_id, session FROM indexed WHERE generation = ?", (generation.id,)
        )
        return {UUID(bytes=bytes(point)): key for point, key in rows}

    def keys_of(
        self, generation: Generation, points: Collection[UUID], sessions: Iterable[int]
    ) -> dict[int, int]:
        """A point's id as a number → its session: of these points, and of these sessions.

        As one text: hundreds of rows would each ask for the interpreter.
        """
        marks = ", ".join("?" * len(points))
        wanted = msgspec.json.encode(list(sessions)).decode()
        (found,) = self._db.execute(
            f"""SELECT json_group_object(hex(point_id), session) FROM (
                    SELECT point_id, session FROM indexed WHERE generation = ? AND point_id IN ({marks})
                    UNION
                    SELECT point_id, session FROM indexed
                    WHERE generation = ? AND session IN (SELECT value FROM json_each(?))
                )""",
            (generation.id, *(point.bytes for point in points), generation.id, wanted),
        ).fetchone()
        return {int(point, 16): key for point, key in _keys.decode(found).items()}


def _generation(row: Sequence[Any]) -> Generation:
    number, model, shape, created_at, is_complete, place = row
    created = datetime.fromtimestamp(created_at, UTC) if created_at is not None else None
    return Generation(number, model, shape, created, bool(is_complete), place)
