"""Every turn's words in FTS5: `body` is the text as it stands, `parts` what `word_forms` adds to it."""

import math
import sqlite3
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from memex.catalog.word_forms import match_expression, parts_of, quoted

TURN_BITS = 24
CARD_TURN = (1 << TURN_BITS) - 1
"""The row that holds a session's title, project, branch and id, as if it were a turn."""

COMMON = 20_000
"""Turns that are counted of those that hold a word: it tells little from there on."""


class TurnHit(Struct, frozen=True):
    """One matching turn; `score` is BM25, larger is better."""

    session: int
    turn: int
    score: float


class FullText:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def replace(self, session: int, turns: Iterable[tuple[int, str]]) -> None:
        self.delete(session)
        self._db.executemany(
            "INSERT INTO turn_text (rowid, body, parts) VALUES (?, ?, ?)",
            ((session << TURN_BITS | turn, body, parts_of(body)) for turn, body in turns),
        )

    def delete(self, session: int) -> None:
        first = session << TURN_BITS
        self._db.execute("DELETE FROM turn_text WHERE rowid BETWEEN ? AND ?", (first, first | CARD_TURN))

    def search(self, expression: str, limit: int, sessions: Iterable[int] | None = None) -> list[TurnHit]:
        """The best turns for what `match_expression` made, best first; of these sessions only if given."""
        if not expression:
            return []
        among = None if sessions is None else msgspec.json.encode(list(sessions)).decode()
        rows = self._db.execute(
            f"""SELECT rowid, bm25(turn_text, 1.0, 0.6) AS cost FROM turn_text WHERE turn_text MATCH ?
               {"" if among is None else f"AND rowid >> {TURN_BITS} IN (SELECT value FROM json_each(?))"}
               ORDER BY cost LIMIT ?""",
            (expression, limit) if among is None else (expression, among, limit),
        )
        return [TurnHit(row >> TURN_BITS, row & CARD_TURN, -cost) for row, cost in rows]

    def idf(self, words: Iterable[str]) -> list[float]:
        """Per word, BM25's ln(1 + (N − n + ½) / (n + ½)) with n of the N turns holding it."""
        (turns,) = self._db.execute("SELECT coalesce(sum(turn_count), 0) FROM session").fetchone()
        return [self._idf(match_expression([word]), turns) for word in words]

    def _idf(self, expression: str, turns: int) -> float:
        (holding,) = self._db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM turn_text WHERE turn_text MATCH ? LIMIT ?)",
            (expression, COMMON),
        ).fetchone()
        return math.log1p(max(0.0, turns - holding + 0.5) / (holding + 0.5))

    def sessions_holding(self, text: str) -> set[int]:
        """Those with a turn that holds the phrase, or the word; none for a text without words."""
        expression = quoted(text)
        if not expression:
            return set()
        rows = self._db.execute(
            f"SELECT DISTINCT rowid >> {TURN_BITS} FROM turn_text WHERE turn_text MATCH ?", (expression,)
        )
        return {key for (key,) in rows}

    def bodies(self, turns: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """(session, turn) → what full text knows of it."""
        wanted = msgspec.json.encode([session << TURN_BITS | turn for session, turn in turns]).decode()
        rows = self._db.execute(
            "SELECT rowid, body FROM turn_text WHERE rowid IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {(row >> TURN_BITS, row & CARD_TURN): body for row, body in rows}
