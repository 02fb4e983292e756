"""FTS5 as it comes, in memory: what full text is measured against."""

import re
import sqlite3
from collections.abc import Iterable

WORD = re.compile(r"\w+")
MOST_ROWS = 3_000


class PlainFullText:
    """Documents by a number that several may share; any word of the query matches, BM25 orders."""

    def __init__(self, documents: Iterable[tuple[int, str]]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE VIRTUAL TABLE document USING fts5 (body, owner UNINDEXED)")
        self._db.executemany(
            "INSERT INTO document (owner, body) VALUES (?, ?)",
            ((owner, body.encode(errors="replace").decode()) for owner, body in documents),
        )

    def search(self, text: str) -> list[int]:
        """The documents' numbers, each once, best first."""
        words = dict.fromkeys(WORD.findall(text))
        if not words:
            return []
        rows = self._db.execute(
            "SELECT owner FROM document WHERE document MATCH ? ORDER BY bm25(document) LIMIT ?",
            (" OR ".join(f'"{word}"' for word in words), MOST_ROWS),
        )
        return list(dict.fromkeys(owner for (owner,) in rows))
