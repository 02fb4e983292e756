"""Every turn's words in FTS5: `body` is the text as it stands, `parts` what `word_forms` adds to it."""

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memex.catalog.spelling import Spelling
from memex.catalog.word_forms import match_expression, parts_of, quoted

TURN_BITS = 24
CARD_TURN = (1 << TURN_BITS) - 1
"""The row that holds a session's title, project, branch and id, as if it were a turn."""

COMMON = 8_000
"""Turns that hold a word from which on it tells too little to look at them, if there are rarer words."""
RANKED = 4_000
"""Turns that FTS5 ranks for one query, at 2 µs each; further words only add to those, by what they tell."""
STALE = 0.05
"""How much of a library may be new before its words are counted again."""
SAME_SCORE = 1e-6
COST = "bm25(turn_text, 1.0, 0.6)"
"""The smaller, the better."""
UNITS_A_SCORE = 1e12
"""Scores are handed over as whole numbers, which are written and read in a third of the time."""
NO_ROWS: NDArray[np.int64] = np.array([], np.int64)


class TurnHit(Struct, frozen=True, gc=False):
    """One matching turn; `score` is BM25, larger is better."""

    session: int
    turn: int
    score: float


class FoundTurns(Struct, frozen=True):
    """`idf` has a value for each word and phrase that was asked for."""

    hits: list[TurnHit]
    idf: list[float]


@dataclass(frozen=True, slots=True)
class _Posting:
    """What is known of one word before anything is ranked; `rows` are ascending, `COMMON` at most."""

    expression: str
    rows: NDArray[np.int64]
    idf: float
    is_common: bool = False


_Scored = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Row ids, and the score of each."""


class FullText:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._spelling = Spelling(db)
        self._turns_of_word: dict[str, int] = {}
        self._counted_turns = self._counted_sessions = 0

    def replace(self, session: int, turns: Iterable[tuple[int, str]]) -> None:
        self.delete(session)
        self._db.executemany(
            "INSERT INTO turn_text (rowid, body, parts) VALUES (?, ?, ?)",
            ((session << TURN_BITS | turn, body, parts_of(body)) for turn, body in turns),
        )

    def delete(self, session: int) -> None:
        first = session << TURN_BITS
        self._db.execute("DELETE FROM turn_text WHERE rowid BETWEEN ? AND ?", (first, first | CARD_TURN))

    def best_turns(
        self,
        words: Sequence[str],
        phrases: Sequence[str] = (),
        *,
        last_is_prefix: bool = False,
        limit: int = COMMON,
        sessions: Iterable[int] | None = None,
    ) -> FoundTurns:
        """The best turns for any of the words and phrases, best first; of these sessions only if given.

        By BM25 as FTS5 has it, as long as that ranks no more than `RANKED` turns. Else the rarest words
        alone are ranked so, and each turn gets the IDF of every commoner word that it holds as well.
        """
        asked = [match_expression([word]) for word in words] + [quoted(phrase) for phrase in phrases]
        if last_is_prefix and words:
            asked[len(words) - 1] = match_expression(words[-1:], last_is_prefix=True)
        among = None if sessions is None else np.fromiter(sessions, np.int64)
        postings = self._postings(dict(zip(asked, [*words, *phrases], strict=True)), among)
        by_rarity = sorted((p for p in postings if not p.is_common), key=lambda p: len(p.rows))
        ranked = list(_as_many_as_can_be_ranked(by_rarity))
        rows, scores = self._ranked(ranked, among) if ranked else _unranked(by_rarity)
        for posting in by_rarity[len(ranked) :]:
            scores += posting.idf * np.isin(rows, posting.rows, assume_unique=True)
        return FoundTurns(_hits(rows, scores, limit), [posting.idf for posting in postings])

    def _ranked(self, postings: Sequence[_Posting], among: NDArray[np.int64] | None) -> _Scored:
        """As one text of whole numbers: see `_rows_of`."""
        expression = " OR ".join(posting.expression for posting in postings)
        chosen, arguments = _among(among)
        rows, scores = self._db.execute(
            f"""WITH found AS MATERIALIZED (
                    SELECT rowid, CAST(-{UNITS_A_SCORE} * {COST} AS INTEGER) AS score
                    FROM turn_text WHERE turn_text MATCH ? {chosen}
                ) SELECT group_concat(rowid), group_concat(score) FROM found""",
            (expression, *arguments),
        ).fetchone()
        units = np.fromstring(scores or "", np.int64, sep=",")
        return np.fromstring(rows or "", np.int64, sep=","), units / UNITS_A_SCORE

    def search(self, expression: str, limit: int, sessions: Iterable[int] | None = None) -> list[TurnHit]:
        """The best turns for what `match_expression` made, best first; of these sessions only if given."""
        if not expression:
            return []
        chosen, arguments = _among(sessions)
        rows = self._db.execute(
            f"""SELECT rowid, {COST} AS cost FROM turn_text WHERE turn_text MATCH ? {chosen}
               ORDER BY cost LIMIT ?""",
            (expression, *arguments, limit),
        )
        return [TurnHit(row >> TURN_BITS, row & CARD_TURN, -cost) for row, cost in rows]

    def _postings(self, asked: dict[str, str], among: NDArray[np.int64] | None) -> list[_Posting]:
        """`asked`: FTS5 expression → word. Those too common stay without rows, unless there are no others."""
        turns = self._count_turns()
        held = {expression: self._turns_holding(word) for expression, word in asked.items() if expression}
        least = min((count for count in held.values() if count is not None), default=0)
        postings = []
        for expression, count in held.items():
            rows, is_common = NO_ROWS, count is not None and count > max(COMMON, least)
            if not is_common:
                rows = self._rows_of(expression)
                count = max(count or 0, len(rows))
                rows = rows if among is None else rows[np.isin(rows >> TURN_BITS, among)]
            # BM25's, as FTS5 has it.
            idf = math.log1p(max(0.0, turns - (count or 0) + 0.5) / ((count or 0) + 0.5))
            postings.append(_Posting(expression, rows, idf, is_common))
        return postings

    def _rows_of(self, expression: str) -> NDArray[np.int64]:
        """As one text, which takes a tenth of the time of as many rows."""
        (held,) = self._db.execute(
            """SELECT group_concat(rowid) FROM
               (SELECT rowid FROM turn_text WHERE turn_text MATCH ? LIMIT ?)""",
            (expression, COMMON),
        ).fetchone()
        return np.fromstring(held, np.int64, sep=",") if held else NO_ROWS

    def _count_turns(self) -> int:
        """From `turn_text_docsize`, where FTS5 keeps a row for each (https://www.sqlite.org/fts5.html).

        Forgets the counts of words when the library has become another since.
        """
        (last,) = self._db.execute("SELECT coalesce(max(id), 0) FROM turn_text_docsize").fetchone()
        last >>= TURN_BITS
        if abs(last - self._counted_sessions) > STALE * self._counted_sessions:
            (turns,) = self._db.execute("SELECT count(*) FROM turn_text_docsize").fetchone()
            self._counted_sessions, self._counted_turns = last, int(turns)
            self._turns_of_word.clear()
            self._spelling.forget()
        return self._counted_turns

    def _turns_holding(self, word: str) -> int | None:
        """None for what is no plain word: that is not in the vocabulary as it stands."""
        if not (word.isascii() and word.isalnum()):
            return None
        word = word.lower()
        if word not in self._turns_of_word:
            self._turns_of_word[word] = self._spelling.count(word)
        return self._turns_of_word[word]

    def corrections(self, words: Sequence[str], *, last_is_prefix: bool = False) -> dict[str, str]:
        """If no turn holds any of the words: what they were perhaps meant to be, where something is near.

        Where one of them occurs, none is touched: measured on 222 queries without a mistake, 20 words would
        have been read as another, mostly wrongly, because a library has not got every word there is.
        """
        self._count_turns()
        finished = len(words) - last_is_prefix
        if any(self._occurs(word, number >= finished) for number, word in enumerate(words)):
            return {}
        near = {word: self._spelling.nearest(word) for word in words}
        return {word: read for word, read in near.items() if read}

    def _occurs(self, word: str, is_prefix: bool) -> bool:
        if self._turns_holding(word):
            return True
        expression = match_expression(filter(None, [word]), last_is_prefix=is_prefix) or '""'
        found = self._db.execute("SELECT 1 FROM turn_text WHERE turn_text MATCH ? LIMIT 1", (expression,))
        return found.fetchone() is not None

    def sessions_holding(self, text: str) -> set[int]:
        """Those with a turn that holds the phrase, or the word; none for a text without words."""
        expression = quoted(text)
        if not expression:
            return set()
        rows = self._db.execute(
            f"SELECT DISTINCT rowid >> {TURN_BITS} FROM turn_text WHERE turn_text MATCH ?", (expression,)
        )
        return {key for (key,) in rows}

    def bodies_by_session(self) -> Iterator[tuple[int, list[str]]]:
        """Session → what full text knows of its turns in their order, then of its card."""
        rows = self._db.execute(f"SELECT rowid >> {TURN_BITS}, body FROM turn_text ORDER BY rowid")
        for session, group in groupby(rows, key=itemgetter(0)):
            yield session, [body for _, body in group]

    def bodies(self, turns: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """(session, turn) → what full text knows of it."""
        wanted = msgspec.json.encode([session << TURN_BITS | turn for session, turn in turns]).decode()
        rows = self._db.execute(
            "SELECT rowid, body FROM turn_text WHERE rowid IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {(row >> TURN_BITS, row & CARD_TURN): body for row, body in rows}


def _among(sessions: Iterable[int] | None) -> tuple[str, list[str]]:
    """A condition and its arguments."""
    if sessions is None:
        return "", []
    keys = msgspec.json.encode([int(key) for key in sessions]).decode()
    return f"AND rowid >> {TURN_BITS} IN (SELECT value FROM json_each(?))", [keys]


def _as_many_as_can_be_ranked(by_rarity: Sequence[_Posting]) -> Iterator[_Posting]:
    rows = 0
    for posting in by_rarity:
        rows += len(posting.rows)
        if rows > RANKED:
            return
        yield posting


def _unranked(postings: Sequence[_Posting]) -> _Scored:
    """All turns of words that are everywhere; the sessions that hold them in more turns come first."""
    rows = np.unique(np.concatenate([NO_ROWS, *(posting.rows for posting in postings)]))
    _, session, turns = np.unique(rows >> TURN_BITS, return_inverse=True, return_counts=True)
    return rows, SAME_SCORE * turns[session]


def _hits(rows: NDArray[np.int64], scores: NDArray[np.float64], limit: int) -> list[TurnHit]:
    best = np.argsort(-scores, kind="stable")[:limit]
    chosen = rows[best]
    found = zip(
        (chosen >> TURN_BITS).tolist(), (chosen & CARD_TURN).tolist(), scores[best].tolist(), strict=True
    )
    return [TurnHit(session, turn, score) for session, turn, score in found]
