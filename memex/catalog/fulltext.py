"""Every turn's words in FTS5, identifiers findable whole, in their parts and joined.

`body` is the text as it stands; FTS5's own tokenizer splits it at `_ - / .`. `parts` adds what that
tokenizer cannot know: the parts of camel-case words, and the joined form of split identifiers.
"""

import math
import re
import sqlite3
from collections.abc import Iterable

import msgspec
from msgspec import Struct

TURN_BITS = 24
CARD_TURN = (1 << TURN_BITS) - 1
"""The row that holds a session's title, project, branch and id, as if it were a turn."""

# Tried at the start of a run only, and bounded: a run of a million letters (base64) would be quadratic.
IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]{1,64}(?:(?:_{1,8}|-|\.|::)[A-Za-z0-9]{1,64})+"
    r"|[A-Za-z]{1,64}[a-z0-9][A-Z][A-Za-z0-9]{0,64})"
)
SEPARATOR = re.compile(r"[^A-Za-z0-9]+")
HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
WORD = re.compile(r"\w+(?:[-_.:/]+\w+)*")
LONGEST_IDENTIFIER = 64
COMMON = 20_000
"""Turns that are counted of those that hold a word: it tells little from there on."""

STOP_WORDS = frozenset(
    """a about again all also am an and any are as at be because been but by can could did do does doing
    for from get got had has have how i if in into is it its just like me my not of on or our out please
    should so some than that the their them then there these they this to up use used using was we were
    what when where which who why will with would you your""".split()  # noqa: SIM905
)


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
            ((session << TURN_BITS | turn, body, identifier_parts(body)) for turn, body in turns),
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

    def bodies(self, turns: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """(session, turn) → what full text knows of it."""
        wanted = msgspec.json.encode([session << TURN_BITS | turn for session, turn in turns]).decode()
        rows = self._db.execute(
            "SELECT rowid, body FROM turn_text WHERE rowid IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {(row >> TURN_BITS, row & CARD_TURN): body for row, body in rows}


def identifier_parts(text: str) -> str:
    """Of every distinct identifier its camel-case parts in their order, and its joined form."""
    identifiers = dict.fromkeys(IDENTIFIER.findall(text))
    return " ".join(" ".join(_forms_of(name)) for name in identifiers if len(name) <= LONGEST_IDENTIFIER)


def _forms_of(identifier: str) -> Iterable[str]:
    runs = [HUMP.findall(run) for run in SEPARATOR.split(identifier)]
    for humps in runs:
        if len(humps) > 1:
            yield from humps
    joined = "".join(part for humps in runs for part in humps)
    if joined != identifier:
        yield joined


def query_words(text: str) -> list[str]:
    """The words of a query without stop words, unless it has nothing else."""
    words = list(dict.fromkeys(WORD.findall(text.replace("\x00", " "))))
    return [word for word in words if word.lower() not in STOP_WORDS] or words


def match_expression(words: Iterable[str], *, last_is_prefix: bool = False) -> str:
    """Any of the words, each as it stands, joined, or in its camel-case parts; empty for no words."""
    alternatives: list[str] = []
    for word in words:
        alternatives.append(f'"{word}"')
        joined = SEPARATOR.sub("", word)
        if joined and joined != word:
            alternatives.append(f'"{joined}"')
        humps = HUMP.findall(joined) if joined.isascii() else []
        if len(humps) > 1 and joined.isalpha():
            alternatives.append(f'"{" ".join(humps)}"')
    if last_is_prefix and alternatives:
        alternatives.append(f"{alternatives[-1]} *")
    return " OR ".join(dict.fromkeys(alternatives))
