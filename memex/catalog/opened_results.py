"""Which results of which searches were opened: what the library's owner found right."""

import sqlite3
from datetime import UTC, datetime


class OpenedResults:
    """They stay on this machine, and go with their session."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def record(self, query: str, session: int) -> None:
        """A session that is no longer there is passed over."""
        self._db.execute(
            "INSERT INTO opened_result SELECT ?, key, ? FROM session WHERE key = ?",
            (query, datetime.now(UTC).timestamp(), session),
        )

    def by_query(self) -> dict[str, dict[int, int]]:
        """Query → session → how often it was opened from there; the queries that were asked first, first."""
        rows = self._db.execute(
            """SELECT query, session, count(*) FROM opened_result
               GROUP BY query, session ORDER BY min(opened_at), session"""
        )
        opened: dict[str, dict[int, int]] = {}
        for query, session, count in rows:
            opened.setdefault(query, {})[session] = count
        return opened
