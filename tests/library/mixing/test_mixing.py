"""Mix & Match on sessions whose topics are known: what it finds, how it explains it, and what it refuses."""

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from memex.core.errors import MixError
from memex.core.filters import Field, Filters, one_of
from memex.core.lenses import Lane, Lens, RankOptions
from memex.core.mixing import Mix, MixRequest
from memex.core.ranking import rank
from memex.core.search import LensTable, SearchRequest
from memex.library.evaluation.metrics import ndcg
from memex.library.library import Library
from memex.library.mixing.mix import mix
from memex.library.search import search
from tests.library.mixing.built import FILES, TOPICS, Held, of
from tests.library.mixing.conftest import TALK_ONLY, TWINS

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GONE = "ffffffff-0000-4000-8000-000000000000"


def mixed(library: Library, *likes: str, unlike: tuple[str, ...] = (), **options: object) -> Mix:
    return mix(library.reader, library.vectors, MixRequest(likes, unlike, **options))


def ids(table: LensTable) -> list[str]:
    return [table.cards[row].id for row in rank(table, RankOptions(), NOW).order]


@pytest.fixture
def library(built: tuple[Library, Held]) -> Library:
    return built[0]


@pytest.fixture
def held(built: tuple[Library, Held]) -> Held:
    return built[1]


def test_like_a_and_unlike_b_puts_sessions_with_a_and_without_b_first(library: Library, held: Held) -> None:
    """And better than to search for the words of A."""
    by_mix, by_words = [], []
    for wanted, unwanted in permutations(TOPICS, 2):
        likes = (of(held, [wanted]), of(held, [wanted], 1))
        unlikes = (of(held, [unwanted]), of(held, [wanted, unwanted]))
        good = {session: 1 for session, has in held.items() if wanted in has and unwanted not in has}
        good = {session: grade for session, grade in good.items() if session not in likes}
        by_mix.append(ndcg(ids(mixed(library, *likes, unlike=unlikes).table), good))
        found = ids(search(library.reader, library.vectors, SearchRequest(TOPICS[wanted][0][0])))
        by_words.append(ndcg([session for session in found if session not in likes + unlikes], good))
    assert np.mean(by_mix) >= 0.95
    assert np.mean(by_mix) > np.mean(by_words)


def test_marks_are_not_among_the_answers(library: Library, held: Held) -> None:
    like, unlike, target = of(held, ["linker"]), of(held, ["login"]), of(held, ["linker"], 1)
    found = mixed(library, like, unlike=(unlike,), target=target)
    assert {like, unlike, target}.isdisjoint(ids(found.table))
    assert [card.id for card in found.likes] == [like, target]
    assert found.target == found.likes[1].key


def test_each_answer_is_explained(library: Library, held: Held) -> None:
    linker, login = of(held, ["linker"]), of(held, ["login"])
    found = mixed(library, linker, unlike=(login,))
    key_of = {card.id: card.key for card in (*found.likes, *found.unlikes)}
    why = dict(zip((card.id for card in found.table.cards), found.reasons, strict=True))
    alike = why[of(held, ["linker"], 1)]
    assert (alike.nearest, alike.away_from) == (key_of[linker], key_of[login])
    assert alike.likeness > alike.unlikeness
    assert Lens.CONTENT in alike.lenses
    same_words = why[of(held, ["linker", "migration"])]
    assert any("linker `cc` not found" in line for line in same_words.errors)
    nearer_to_unlike = why[of(held, ["login"], 1)]
    assert nearer_to_unlike.away_from is None


def test_the_plane_parts_likes_from_unlikes_and_is_the_same_each_time(library: Library, held: Held) -> None:
    likes = [of(held, ["linker"], variant) for variant in range(2)]
    unlikes = tuple(of(held, ["login"], variant) for variant in range(2))
    found = mixed(library, *likes, unlike=unlikes)
    at = {point.key: point.x for point in found.plane}
    assert min(at[card.key] for card in found.likes) > 0 > max(at[card.key] for card in found.unlikes)
    assert {card.key for card in found.table.cards} <= set(at)
    assert mixed(library, *likes, unlike=unlikes).plane == found.plane


def test_likes_alone_and_unlikes_alone(library: Library, held: Held) -> None:
    linker, again = of(held, ["linker"]), of(held, ["linker"], 1)
    first = ids(mixed(library, linker, again).table)[0]
    assert "linker" in held[first]
    farthest = ids(mixed(library, unlike=(linker, again)).table)
    assert "linker" not in held.get(farthest[0], frozenset())


def test_one_lens_alone(library: Library, held: Held) -> None:
    found = mixed(library, of(held, ["linker"]), unlike=(of(held, ["migration"]),), lens=Lens.ERROR)
    assert found.table.lanes == (Lane.ERROR,)
    assert "linker" in held[ids(found.table)[0]]


def test_conditions_hold(library: Library, held: Held) -> None:
    nowhere = Filters(one_of(Field.PROJECT, ("elsewhere",)))
    found = mixed(library, of(held, ["linker"]), filters=nowhere)
    assert (found.table.cards, found.reasons) == ((), ())


def test_a_forgotten_session_is_named_and_the_mix_goes_on(library: Library, held: Held) -> None:
    found = mixed(library, of(held, ["linker"]), GONE, unlike=(of(held, ["login"]),))
    assert found.table.cards
    assert found.notes == (f"The session {GONE} is no longer in this library: the mix goes on without it.",)


def test_a_mark_that_lacks_the_lens_is_named(library: Library, held: Held) -> None:
    found = mixed(library, of(held, ["linker"]), TALK_ONLY, lens=Lens.ERROR)
    assert found.table.cards
    assert "has nothing under the error lens" in found.notes[0]


def test_a_session_marked_on_both_sides_counts_on_neither(library: Library, held: Held) -> None:
    both, like = of(held, ["login"]), of(held, ["linker"])
    found = mixed(library, like, both, unlike=(both,))
    assert [card.id for card in (*found.likes, *found.unlikes)] == [like]
    assert "both + and −" in found.notes[0]


def test_what_cannot_be_mixed_is_refused_with_a_sentence(library: Library, held: Held) -> None:
    refused = {
        "Nothing is marked": {},
        "no longer in this library": {"likes": (GONE,)},
        "both + and −": {"likes": (TALK_ONLY,), "unlikes": (TALK_ONLY,)},
        "nothing under the error lens": {"likes": (TALK_ONLY,), "lens": Lens.ERROR},
        "Mark another with +, or choose another lens": {
            "likes": (TALK_ONLY,),
            "unlikes": (of(held, ["linker"]),),
            "lens": Lens.ERROR,
        },
        "Whole sessions cannot be compared by words": {"likes": (TALK_ONLY,), "lens": Lens.WORDS},
    }
    for sentence, options in refused.items():
        with pytest.raises(MixError, match=sentence.replace("+", r"\+")):
            mix(library.reader, library.vectors, MixRequest(**options))
    with pytest.raises(MixError, match="no vectors yet"):
        mix(library.reader, None, MixRequest((TALK_ONLY,)))
    with pytest.raises(MixError, match="The model is missing"):
        mix(library.reader, None, MixRequest((TALK_ONLY,)), "The model is missing.")


def test_identical_sessions_have_a_plane_without_width(library: Library) -> None:
    same = {point.key: (point.x, point.y) for point in mixed(library, TWINS[0], unlike=(TWINS[1],)).plane}
    assert all(np.isfinite(place).all() for place in same.values())
    twin = library.reader.sessions.named(TWINS[2])
    assert same[twin] == same[library.reader.sessions.named(TWINS[0])]


def test_shared_files_are_those_of_the_likes(library: Library, held: Held) -> None:
    like = of(held, ["linker"])
    found = mixed(library, like)
    for card, why in zip(found.table.cards, found.reasons, strict=True):
        own = {trait.value for trait in library.reader.traits.of(card.key, Field.FILE)}
        assert set(why.files) <= own & set(FILES.values()) | {str(Path(file).name) for file in own}
