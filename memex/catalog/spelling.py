"""The word that was meant when a word occurs nowhere: the nearest of the full text's vocabulary.

Nothing is stored for it: FTS5 lists its vocabulary in order, so the terms with the same beginning are read,
which is asked for only when a word has no match.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from memex.catalog.word_forms import SEPARATOR, UNSPACED_RUN

VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'turn_text', 'row')"
SHORTEST = 4
"""Letters of a word that may be mistyped: a shorter one is near to too many others."""
TWO_MISTAKES = 8
"""Letters of a word that may have two."""
BETWEEN_PARTS = re.compile(r"([-_.:/]+)")
LAST = "\U0010ffff"


class Spelling:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute(VOCABULARY)
        self._read_as: dict[str, str | None] = {}

    def forget(self) -> None:
        """The library has other words now."""
        self._read_as.clear()

    def count(self, term: str) -> int:
        """Turns that hold it, as it stands in the vocabulary."""
        row = self._db.execute("SELECT doc FROM temp.vocabulary WHERE term = ?", (term,)).fetchone()
        return int(row[0]) if row else 0

    def nearest(self, word: str) -> str | None:
        """As one word (`getUsrData`), else part by part (`src/biuld.rs`); None if nothing is near."""
        if word not in self._read_as:
            self._read_as[word] = self._nearest_term(word) or self._with_nearest_parts(word)
        return self._read_as[word]

    def _with_nearest_parts(self, word: str) -> str | None:
        parts = BETWEEN_PARTS.split(word)
        known = [part if self._is_known(part) else self._nearest_term(part) for part in parts]
        read = "".join(filter(None, known))
        return read if len(parts) > 1 and all(known) and read != word else None

    def _is_known(self, part: str) -> bool:
        return BETWEEN_PARTS.fullmatch(part) is not None or self.count(folded(part)) > 0

    def _nearest_term(self, word: str) -> str | None:
        """The most frequent of the terms with the fewest letters wrong, left out, too much or swapped."""
        typed = folded(SEPARATOR.sub("", word) if word.isascii() else word)
        if len(typed) < SHORTEST or not typed.isalpha() or UNSPACED_RUN.search(typed):
            return None
        most = 2 if len(typed) >= TWO_MISTAKES else 1
        counts = dict(self._terms(typed, most))
        near = extract(typed, list(counts), scorer=OSA.distance, score_cutoff=most, limit=None)
        best = min(near, key=lambda found: (found[1], -counts[found[0]]), default=None)
        return best[0] if best else None

    def _terms(self, typed: str, most: int) -> Iterator[tuple[str, int]]:
        """(term, turns that hold it), of the lengths and with the beginnings that may have been meant."""
        for beginning in dict.fromkeys((typed[0], typed[1] + typed[0], typed[1:3])):
            yield from self._db.execute(
                """SELECT term, doc FROM temp.vocabulary
                   WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?""",
                (beginning, beginning + LAST, len(typed) - most, len(typed) + most),
            )


def folded(word: str) -> str:
    """As unicode61 folds it."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).lower()
