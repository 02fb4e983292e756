"""Find in a session: all texts of all turns, by words and by expressions, within a bounded time."""

import pytest

from memex.core.errors import QueryError
from memex.core.replay import FindRequest, Found, Place
from memex.core.session import FileTouch, Role, ToolCall, ToolKind, TouchKind, Turn, TurnKind
from memex.library.replay.finding import PLACES, SPANS, find_in_session
from tests.sessions import prompt, reply, session, shell

EDIT = ToolCall(
    "e",
    "Edit",
    ToolKind.EDIT,
    {"file_path": "/src/linker.py", "edits": [{"old_string": "a linker", "new_string": "b"}]},
    "ok",
    files=(FileTouch("/src/linker.py", TouchKind.EDITED),),
)
STORY = session(
    "s",
    prompt(0, "The Linker is missing"),
    Turn(1, Role.ASSISTANT, TurnKind.REPLY, "I look for the linker.", "Which linker? The linker of cargo."),
    reply(2, "", shell("which linker", "linker not found\nLINKER")),
    reply(3, "", EDIT),
)


def find(pattern: str, **wishes: bool) -> Found:
    return find_in_session(7, STORY, FindRequest(pattern, **wishes))


def places(found: Found) -> list[tuple[int, Place, str, int]]:
    return [(place.turn, place.place, place.field, place.count) for place in found.places]


def test_every_part_of_a_turn_is_looked_through() -> None:
    found = find("linker")
    assert places(found) == [
        (0, Place.PROMPT, "", 1),
        (1, Place.THINKING, "", 2),
        (1, Place.PROSE, "", 1),
        (2, Place.INPUT, "command", 1),
        (2, Place.OUTPUT, "", 2),
        (3, Place.PATH, "", 1),
        (3, Place.INPUT, "edits.0.old_string", 1),
    ]
    assert (found.count, found.turns, found.session_key) == (9, (0, 1, 2, 3), 7)


def test_spans_are_the_characters_of_the_matches() -> None:
    (place,) = find("Linker", match_case=True).places
    (start, end) = place.spans[0]
    assert STORY.turns[place.turn].text[start:end] == "Linker"


def test_words_stand_for_themselves_and_an_expression_does_not() -> None:
    assert find("which.linker").count == 0
    assert find("which.linker", is_regex=True).count == 2
    assert find("^LINKER$", is_regex=True, match_case=True).turns == (2,)
    assert find("link", whole_word=True).count == 0


@pytest.mark.parametrize("pattern", ["", "x*", "(?=linker)"])
def test_a_match_of_nothing_is_none(pattern: str) -> None:
    assert find(pattern, is_regex=True).count == 0


@pytest.mark.parametrize("pattern", ["(", "[", "*", "(?P<", "a{99999999999}", "\\"])
def test_a_broken_expression_is_one_sentence(pattern: str) -> None:
    with pytest.raises(QueryError, match=r"cannot be read: .*\.$"):
        find(pattern, is_regex=True)


def test_a_pattern_beyond_reason_is_refused() -> None:
    with pytest.raises(QueryError, match="too long"):
        find("x" * 2_000)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+b", r"(.*a){25}b"])
def test_a_catastrophic_expression_is_stopped(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memex.library.replay.finding.SECONDS", 0.2)
    bomb = session("s", *(prompt(index, "a" * 4_000 + "!") for index in range(500)))
    with pytest.raises(QueryError, match="too long in this session"):
        find_in_session(1, bomb, FindRequest(pattern, is_regex=True))


def test_what_is_told_is_bounded_and_what_is_counted_is_not() -> None:
    many = session("s", *(prompt(index, "x" * 200) for index in range(PLACES + 5)))
    found = find_in_session(1, many, FindRequest("x"))
    assert (len(found.places), len(found.places[0].spans)) == (PLACES, SPANS)
    assert (found.count, found.places[0].count, len(found.turns)) == (200 * (PLACES + 5), 200, PLACES + 5)
