"""Searches and mixes that the user has given a name."""

import sqlite3
from datetime import UTC, datetime

import msgspec

from memex.core.errors import SavedSearchError
from memex.core.mixing import SavedMix, SavedSearch

LONGEST_NAME = 120


class SavedSearches:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def all(self) -> tuple[SavedSearch, ...]:
        """The newest first. A mix that this Memex cannot read is left out, and left as it is."""
        rows = self._db.execute(
            "SELECT name, query, mix, is_listed, saved_at FROM saved_search ORDER BY saved_at DESC, name"
        )
        found = []
        for name, text, mix, is_listed, saved_at in rows:
            try:
                read = msgspec.json.decode(mix, type=SavedMix) if mix is not None else None
            except msgspec.MsgspecError:
                continue
            found.append(
                SavedSearch(name, text, read, bool(is_listed), datetime.fromtimestamp(saved_at, UTC))
            )
        return tuple(found)

    def save(self, search: SavedSearch) -> None:
        """In place of what had the name before."""
        mix = msgspec.json.encode(search.mix).decode() if search.mix else None
        self._db.execute(
            "INSERT OR REPLACE INTO saved_search VALUES (?, ?, ?, ?, ?)",
            (_checked(search.name), search.text, mix, search.is_listed, datetime.now(UTC).timestamp()),
        )

    def rename(self, name: str, new_name: str) -> None:
        wanted = _checked(new_name)
        if wanted == name:
            return
        if self._has(wanted):
            raise SavedSearchError(f"“{wanted}” is the name of another saved search: choose another.")
        if not self._has(name):
            raise SavedSearchError(f"There is no saved search “{name}” any more.")
        self._db.execute("UPDATE saved_search SET name = ? WHERE name = ?", (wanted, name))

    def delete(self, name: str) -> None:
        """What is not there is passed over."""
        self._db.execute("DELETE FROM saved_search WHERE name = ?", (name,))

    def _has(self, name: str) -> bool:
        return self._db.execute("SELECT 1 FROM saved_search WHERE name = ?", (name,)).fetchone() is not None


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise SavedSearchError("A saved search needs a name: type one.")
    return name[:LONGEST_NAME]
