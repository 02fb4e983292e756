"""Since when the index refuses what it is given, and what it said last: also to be told after a restart."""

import sqlite3
from datetime import UTC, datetime

from msgspec import Struct


class IndexFailure(Struct, frozen=True):
    since: datetime
    """Of the first failure after it last worked."""
    reason: str
    """Of the last one, a sentence."""


class IndexFailures:
    """At most one a place: see `Generation.place`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def of(self, place: str) -> IndexFailure | None:
        row = self._db.execute("SELECT since, reason FROM index_failure WHERE place = ?", (place,)).fetchone()
        return IndexFailure(datetime.fromtimestamp(row[0], UTC), row[1]) if row else None

    def record(self, place: str, at: datetime, reason: str) -> None:
        self._db.execute(
            """INSERT INTO index_failure VALUES (?, ?, ?)
               ON CONFLICT (place) DO UPDATE SET reason = excluded.reason""",
            (place, at.timestamp(), reason),
        )

    def clear(self) -> None:
        """Of every place: the index that is used works."""
        self._db.execute("DELETE FROM index_failure")
