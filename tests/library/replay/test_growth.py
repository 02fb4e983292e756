"""An open session whose file goes on, stops being what it was, or goes away."""

from collections.abc import Callable
from pathlib import Path

import pytest

from memex.library.replay.growth import Growth, first_change
from memex.library.replay.opened import OpenedSession, OpenedSessions
from tests.sessions import prompt, reply, session, shell
from tests.transcript_files import TranscriptFile

Change = Callable[[Path], object]


@pytest.fixture
def catch_up(sessions: OpenedSessions, opened: OpenedSession) -> Callable[[], Growth | str | None]:
    return lambda: sessions.catch_up(opened.reading.record.card.key)


def test_nothing_new_is_nothing(catch_up: Callable[[], object], file: TranscriptFile) -> None:
    assert catch_up() is None
    file.path.touch()
    assert catch_up() is None


def test_new_turns_are_read_and_the_older_ones_stand(
    sessions: OpenedSessions, opened: OpenedSession, catch_up: Callable[[], object], file: TranscriptFile
) -> None:
    file.prompt("And now?").say("Now it builds.")
    growth = catch_up()
    assert isinstance(growth, Growth)
    assert growth.first_turn == 3
    now = sessions.get(opened.reading.record.card.key)
    assert [turn.text for turn in now.reading.session.turns[3:]] == ["And now?", "Now it builds."]
    assert catch_up() is None


def test_half_a_record_is_no_turn_until_it_is_whole(
    sessions: OpenedSessions, opened: OpenedSession, catch_up: Callable[[], object], file: TranscriptFile
) -> None:
    before = file.path.read_bytes()
    file.prompt("And now?")
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[: len(before) + 40])
    catch_up()
    assert len(sessions.get(opened.reading.record.card.key).reading.session.turns) == 3
    file.path.write_bytes(whole)
    growth = catch_up()
    assert isinstance(growth, Growth)
    assert len(growth.reading.session.turns) == 4
    assert not growth.reading.session.problems


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Path.unlink, "is gone"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "has become shorter"),
        (lambda path: path.write_bytes(b"{}\n" * 2_000), "was rewritten"),
        (lambda path: path.write_bytes(path.read_bytes().replace(b"make", b"bake")), "was rewritten"),
        (lambda path: (path.unlink(), path.mkdir()), "is no longer a file"),
    ],
)
def test_a_file_that_is_no_longer_what_was_read_is_a_sentence_and_the_turns_stay(
    sessions: OpenedSessions,
    opened: OpenedSession,
    catch_up: Callable[[], object],
    file: TranscriptFile,
    change: Change,
    why: str,
) -> None:
    change(file.path)
    said = catch_up()
    assert isinstance(said, str)
    assert why in said
    assert "stays here as it was" in said
    assert sessions.get(opened.reading.record.card.key) is opened


def test_a_copy_is_not_followed(
    sessions: OpenedSessions, file: TranscriptFile, opened: OpenedSession
) -> None:
    key = opened.reading.record.card.key
    file.path.write_text("")
    sessions.close(key)
    sessions.get(key)
    file.prompt("Something else")
    assert sessions.catch_up(key) is None


def test_a_result_that_comes_later_changes_the_turn_of_its_call() -> None:
    asked = session("s", prompt(0, "x"), reply(1, "", shell("make")), prompt(2, "y"))
    answered = session("s", prompt(0, "x"), reply(1, "", shell("make", "done")), prompt(2, "y"))
    assert first_change(asked, answered) == 1
    assert first_change(asked, asked) == 3
