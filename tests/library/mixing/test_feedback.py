"""Thumbs feed Qdrant's relevance feedback: sessions like those that were liked join what was found."""

from datetime import UTC, datetime

from memex.core.lenses import RankOptions
from memex.core.ranking import rank
from memex.core.search import LensTable, SearchRequest
from memex.library.library import Library
from memex.library.search import search
from tests.library.mixing.built import Held, of

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def asked(library: Library, **verdicts: tuple[int, ...]) -> LensTable:
    request = SearchRequest("Write the release notes of this week", candidates=1, **verdicts)
    return search(library.reader, library.vectors, request)


def ids(table: LensTable) -> set[str]:
    return {card.id for card in table.cards}


def test_a_single_thumb_brings_sessions_like_it(built: tuple[Library, Held]) -> None:
    library, held = built
    liked = library.reader.sessions.named(of(held, ["training"]))
    alone, with_thumb = asked(library), asked(library, liked=(liked,))
    joined = ids(with_thumb) - ids(alone)
    assert of(held, ["training"], 1) in joined
    assert with_thumb.degraded is None


def test_scores_stay_those_of_the_query(built: tuple[Library, Held]) -> None:
    """What a thumb adds is the ranking's to say."""
    library, held = built
    keys = [library.reader.sessions.named(of(held, [topic])) for topic in ("training", "login")]
    before, after = asked(library), asked(library, liked=(keys[0],), disliked=(keys[1],))
    assert before.lanes == after.lanes
    first = [table.cards[rank(table, RankOptions(), NOW).order[0]].id for table in (before, after)]
    assert first[0] == first[1]


def test_a_forgotten_thumb_changes_nothing(built: tuple[Library, Held]) -> None:
    library, _ = built
    assert ids(asked(library, liked=(10**9,))) == ids(asked(library))
