"""Where a replay's turns come from when their file stays, grows, goes or is rewritten."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from memex.core.errors import SessionNotFoundError
from memex.core.replay import Origin, SessionOutline
from memex.library.library import Library
from memex.library.replay.opened import OpenedSessions
from tests.library.replay.conftest import take_in
from tests.transcript_files import TranscriptFile, session_id

Outline = Callable[[], SessionOutline]


def test_a_file_that_stayed_is_read_itself(outline_now: Outline) -> None:
    assert (outline_now().origin, len(outline_now().turns)) == (Origin.SOURCE, 3)


def test_a_file_that_grew_is_read_on(outline_now: Outline, file: TranscriptFile) -> None:
    file.prompt("Now it works, thanks")
    assert (outline_now().origin, len(outline_now().turns)) == (Origin.GROWN, 4)


def test_a_file_that_is_gone_is_replayed_from_the_archived_copy(
    sessions: OpenedSessions, outline_now: Outline, file: TranscriptFile
) -> None:
    file.path.unlink()
    assert outline_now().origin is Origin.ARCHIVE
    turns = sessions.open(session_id(1)).reading.session.turns
    assert turns[1].tool_calls[0].result == "make: *** [all] Error 1"


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(outline_now: Outline, file: TranscriptFile) -> None:
    file.path.unlink()
    os.mkfifo(file.path)
    assert outline_now().origin is Origin.ARCHIVE


@pytest.mark.parametrize("content", ["", '{"type": "user"}\n' * 200])
def test_a_file_that_was_rewritten_does_not_replace_what_was_read(
    outline_now: Outline, file: TranscriptFile, content: str
) -> None:
    file.path.write_text(content)
    assert (outline_now().origin, len(outline_now().turns)) == (Origin.DIVERGED, 3)


def test_a_file_that_lost_its_end_has_diverged(outline_now: Outline, file: TranscriptFile) -> None:
    file.path.write_bytes(file.path.read_bytes()[:-1])
    assert (outline_now().origin, len(outline_now().turns)) == (Origin.DIVERGED, 3)


def drop_copy(library: Library) -> None:
    record = library.writer.sessions.record(library.writer.sessions.resolve(session_id(1)))
    with library.writer.transaction():
        library.writer.archive.drop(record.content_hash)


def test_without_a_copy_the_file_itself_still_serves(
    library: Library, outline_now: Outline, file: TranscriptFile
) -> None:
    drop_copy(library)
    assert outline_now().origin is Origin.SOURCE
    file.say("It grows.")
    assert outline_now().origin is Origin.GROWN


@pytest.mark.parametrize(("change", "why"), [(Path.unlink, "is gone"), (Path.write_text, "another file")])
def test_without_a_copy_and_without_the_file_a_sentence_says_so(
    library: Library,
    outline_now: Outline,
    file: TranscriptFile,
    change: Callable[..., object],
    why: str,
) -> None:
    drop_copy(library)
    change(file.path, *(["something else"] if change is Path.write_text else []))
    with pytest.raises(SessionNotFoundError, match=why):
        outline_now()


def test_an_unknown_session_is_refused_in_one_sentence(sessions: OpenedSessions) -> None:
    with pytest.raises(SessionNotFoundError, match="No session"):
        sessions.open("nobody")


def test_closing_gives_a_session_back_and_asking_again_reads_it_again(sessions: OpenedSessions) -> None:
    first = sessions.open(session_id(1))
    key = first.reading.record.card.key
    assert sessions.get(key) is first
    sessions.close(key)
    assert sessions.get(key) is not first


def test_only_so_much_transcript_is_held_open(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memex.library.replay.opened.OPEN_BYTES", 10)
    TranscriptFile(folder, session_id(2)).prompt("Another")
    take_in(library, folder)
    sessions = OpenedSessions(library.reader)
    first = sessions.open(session_id(1))
    second = sessions.open(session_id(2))
    assert sessions.get(second.reading.record.card.key) is second
    assert sessions.get(first.reading.record.card.key) is not first


@pytest.mark.parametrize("rewritten", [False, True])
def test_a_copy_is_replaced_when_its_file_only_grew_and_kept_when_it_was_rewritten(
    library: Library, folder: Path, file: TranscriptFile, rewritten: bool
) -> None:
    before = library.reader.sessions.record(library.reader.sessions.resolve(session_id(1))).content_hash
    if rewritten:
        file.path.write_text("")
    file.prompt("and then?")
    take_in(library, folder)
    assert (library.reader.archive.size_of(before) is not None) is rewritten
