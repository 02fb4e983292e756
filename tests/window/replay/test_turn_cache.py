"""Which pages are kept and which are asked for."""

from memex.window.replay.turn_cache import MAX_ASKED, MAX_PAGES, PAGE, TurnCache
from tests.window.replay.sessions import long_session

TURNS = long_session(1_000)


def test_the_page_under_the_turn_is_asked_for_and_then_the_next() -> None:
    cache = TurnCache(1_000)
    assert cache.ask(45, 1) == [(40, PAGE), (60, PAGE)]
    assert cache.ask(45, 1) == []


def test_going_back_the_page_before_is_fetched_ahead() -> None:
    assert TurnCache(1_000).ask(45, -1) == [(40, PAGE), (20, PAGE)]


def test_the_last_page_is_as_long_as_the_session() -> None:
    assert TurnCache(45).ask(44, 1) == [(40, 5)]


def test_no_more_is_asked_than_can_be_answered() -> None:
    cache = TurnCache(1_000)
    asked = [page for index in range(0, 1_000, PAGE) for page in cache.ask(index, 1)]
    assert len(asked) == MAX_ASKED
    cache.put(TURNS[0:PAGE])
    assert cache.ask(980, 1) == [(980, PAGE)]


def test_the_pages_used_last_are_kept() -> None:
    cache = TurnCache(1_000)
    for first in range(0, 1_000, PAGE):
        cache.put(TURNS[first : first + PAGE])
        assert cache.get(0) is TURNS[0]
    assert len(cache) == MAX_PAGES * PAGE
    assert cache.get(999) is TURNS[999]
    assert cache.get(500) is None


def test_an_empty_page_answers_the_oldest_question() -> None:
    cache = TurnCache(1_000)
    cache.ask(0, 1)
    cache.put(())
    assert cache.has_page_of(0)
    assert cache.get(0) is None
    assert not cache.has_page_of(PAGE)
