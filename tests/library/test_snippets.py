"""Which few lines of a turn are shown, and what is marked in them."""

import pytest

from memex.library.snippets import LENGTH, Matcher, snippet


def shown(body: str, *words: str) -> tuple[str, set[str]]:
    found = snippet(0, body, Matcher(words))
    return found.text, {found.text[start:end] for start, end in found.marks}


def test_the_place_where_most_words_stand_together_is_shown() -> None:
    body = "linker " + "noise " * 200 + "the linker cc was not found " + "noise " * 200
    text, marked = shown(body, "linker", "cc", "found")
    assert "linker cc was not found" in text
    assert marked == {"linker", "cc", "found"}
    assert text.startswith("…")
    assert len(text) <= LENGTH + 1


@pytest.mark.parametrize("written", ["getUserData", "get_user_data", "GET-USER-DATA"])
def test_an_identifier_is_marked_in_any_form(written: str) -> None:
    assert shown(f"call {written}() now", "getUserData")[1] == {written}


def test_a_short_word_is_marked_only_where_it_stands_alone() -> None:
    assert shown("now no node 127 has 1", "no", "1") == ("now no node 127 has 1", {"no", "1"})


def test_a_text_without_the_words_shows_its_beginning() -> None:
    assert shown("It began so.", "absent") == ("It began so.", set())
    assert shown("", "absent") == ("", set())
