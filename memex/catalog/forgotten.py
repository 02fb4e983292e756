"""What the user wanted gone, known by hashes alone so that it does not come back; and what is about to go."""

import hashlib
import sqlite3
from collections.abc import Iterable

import msgspec


def session_hash(agent: str, session_id: str) -> bytes:
    return _hash("session", agent, session_id)


def file_hash(path: str) -> bytes:
    return _hash("file", path)


class Forgotten:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, hashes: Iterable[bytes], *, is_erased: bool = False) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO forgotten VALUES (?, ?)", ((each, is_erased) for each in hashes)
        )

    def hashes(self) -> set[bytes]:
        return {bytes(each) for (each,) in self._db.execute("SELECT hash FROM forgotten")}

    def holds(self, hashes: Iterable[bytes]) -> bool:
        """Whether any of them was forgotten."""
        return any(
            self._db.execute("SELECT 1 FROM forgotten WHERE hash = ?", (each,)).fetchone() for each in hashes
        )

    def leaves_traces(self) -> bool:
        """Whether something was deleted of which pages, segments and generations may still hold remains."""
        return self._db.execute("SELECT 1 FROM forgotten WHERE NOT is_erased LIMIT 1").fetchone() is not None

    def mark_erased(self) -> None:
        self._db.execute("UPDATE forgotten SET is_erased = 1 WHERE NOT is_erased")


class Hidden:
    """Sessions that are to be forgotten unless the user takes it back: until then no list has them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def hide(self, keys: Iterable[int]) -> None:
        """Keys of no session are passed over."""
        self._db.execute(
            """INSERT OR IGNORE INTO hidden
               SELECT key FROM session WHERE key IN (SELECT value FROM json_each(?))""",
            (msgspec.json.encode(list(keys)).decode(),),
        )

    def unhide(self, keys: Iterable[int]) -> None:
        self._db.executemany("DELETE FROM hidden WHERE session = ?", ((key,) for key in keys))

    def keys(self) -> tuple[int, ...]:
        return tuple(key for (key,) in self._db.execute("SELECT session FROM hidden ORDER BY session"))


def _hash(*parts: str) -> bytes:
    text = "\0".join(parts)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=32).digest()
