"""Where a replay's turns come from when their file stays, grows, goes or is rewritten."""

from collections.abc import Callable
from pathlib import Path

import pytest

from memex.core.errors import SessionNotFoundError
from memex.core.replay import Origin
from memex.core.session import ToolKind, TurnKind
from memex.library.library import Library
from memex.library.replay import open_session
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id


@pytest.fixture
def file(folder: Path) -> TranscriptFile:
    return (
        TranscriptFile(folder, session_id(1))
        .prompt("Why does the build fail?")
        .run("make", "make: *** [all] Error 1", fails=True)
        .say("A header is missing.")
    )


@pytest.fixture
def library(new_library: Callable[[], Library], folder: Path, file: TranscriptFile) -> Library:
    opened = new_library()
    refresh(opened, folder)
    return opened


def test_an_outline_says_of_each_turn_what_it_was(library: Library) -> None:
    outline, session = open_session(library.reader, session_id(1))
    first, second, third = outline.turns
    assert (first.kind, first.gist) == (TurnKind.PROMPT, "Why does the build fail?")
    assert (second.tools, second.has_error, second.gist) == ((ToolKind.SHELL,), True, "Bash make")
    assert (third.has_error, third.gist) == (False, "A header is missing.")
    assert outline.origin is Origin.SOURCE
    assert len(session.turns) == 3


def test_a_file_that_grew_is_read_on(library: Library, file: TranscriptFile) -> None:
    file.prompt("Now it works, thanks")
    outline, _ = open_session(library.reader, session_id(1))
    assert (outline.origin, len(outline.turns)) == (Origin.GROWN, 4)


def test_a_file_that_is_gone_is_replayed_from_the_archived_copy(
    library: Library, file: TranscriptFile
) -> None:
    file.path.unlink()
    outline, session = open_session(library.reader, session_id(1))
    assert outline.origin is Origin.ARCHIVE
    assert session.turns[1].tool_calls[0].result == "make: *** [all] Error 1"


@pytest.mark.parametrize("content", ["", '{"type": "user"}\n' * 200])
def test_a_file_that_was_rewritten_does_not_replace_what_was_read(
    library: Library, file: TranscriptFile, content: str
) -> None:
    file.path.write_text(content)
    outline, _ = open_session(library.reader, session_id(1))
    assert (outline.origin, len(outline.turns)) == (Origin.DIVERGED, 3)


def test_an_unknown_session_is_refused_in_one_sentence(library: Library) -> None:
    with pytest.raises(SessionNotFoundError, match="No session"):
        open_session(library.reader, "nobody")


@pytest.mark.parametrize("rewritten", [False, True])
def test_a_copy_is_replaced_when_its_file_only_grew_and_kept_when_it_was_rewritten(
    library: Library, folder: Path, file: TranscriptFile, rewritten: bool
) -> None:
    before = library.reader.sessions.record(library.reader.sessions.resolve(session_id(1))).content_hash
    if rewritten:
        file.path.write_text("")
    file.prompt("and then?")
    refresh(library, folder)
    assert (library.reader.archive.size_of(before) is not None) is rewritten
