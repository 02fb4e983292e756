"""Words that follow one another in the query, and in a turn: BM25 does not see that they do.

What a command, a path or an error message says is told by neighbours more than by words (the sequential
dependence model, Metzler & Croft 2005). Only the best turns are read for it.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from memex.catalog.catalog import Catalog
from memex.catalog.fulltext import TurnHit
from memex.catalog.word_forms import QUERY_WORD

READ_TURNS = 30
LONGEST_READ = 20_000
MOST_PAIRS = 24
PLAIN = re.compile(r"[^\W_]+")
BETWEEN = r"[\W_]{1,8}"


def with_neighbours(
    catalog: Catalog, hits: Sequence[TurnHit], text: str, idf: Mapping[str, float]
) -> list[TurnHit]:
    """The hits, best first, the best of them raised by what the query's neighbours that they hold tell.

    A pair of words tells as much as the rarer of them (`idf`, by word in lower case).
    """
    tells = _pairs(text, idf)
    if not tells:
        return list(hits)
    bodies = catalog.full_text.bodies((hit.session, hit.turn) for hit in hits[:READ_TURNS])
    raised = [
        TurnHit(hit.session, hit.turn, hit.score + _told(bodies.get((hit.session, hit.turn), ""), tells))
        for hit in hits[:READ_TURNS]
    ]
    return sorted([*raised, *hits[READ_TURNS:]], key=lambda hit: -hit.score)


def _pairs(text: str, idf: Mapping[str, float]) -> dict[re.Pattern[str], float]:
    """Between the words of a query: how the parts of one word follow one another, full text knows."""
    tells = {}
    for first, second in list(pairwise(QUERY_WORD.findall(text.lower())))[:MOST_PAIRS]:
        told = max(idf.get(first, 0.0), idf.get(second, 0.0))
        ends, begins = PLAIN.findall(first), PLAIN.findall(second)
        if told and ends and begins:
            tells[re.compile(rf"{re.escape(ends[-1])}{BETWEEN}{re.escape(begins[0])}")] = told
    return tells


def _told(body: str, tells: Mapping[re.Pattern[str], float]) -> float:
    lowered = body[:LONGEST_READ].lower()
    return sum(told for pattern, told in tells.items() if pattern.search(lowered))
