from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memex.core.replay import SessionOutline
from memex.core.settings import Budgets
from memex.library.library import Library
from memex.library.parsing import ParseTally, ReadingRules, changed_files, parse_files
from memex.library.replay.opened import OpenedSession, OpenedSessions
from memex.transcripts.discovery import FoundFile, find_transcripts
from memex.transcripts.redaction import redact_session
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
def library(tmp_path: Path, folder: Path, file: TranscriptFile) -> Iterator[Library]:
    opened = Library(tmp_path / "library")
    take_in(opened, folder)
    yield opened
    opened.close()


def take_in(library: Library, folder: Path) -> None:
    """The first of the three steps, which is all that replay needs: no model is loaded."""
    found = [file for file in find_transcripts([folder]) if isinstance(file, FoundFile)]
    files = changed_files(library.writer, found)
    rules = ReadingRules(redact_session, Budgets())
    for _ in parse_files(library.writer, files, ParseTally(), rules, library.growing):
        pass


@pytest.fixture
def sessions(library: Library) -> OpenedSessions:
    return OpenedSessions(library.reader)


@pytest.fixture
def opened(sessions: OpenedSessions) -> OpenedSession:
    return sessions.open(session_id(1))


@pytest.fixture
def outline_now(sessions: OpenedSessions) -> Callable[[], SessionOutline]:
    """Of the session, read anew."""
    return lambda: sessions.outline(sessions.open(session_id(1)), hide_secrets=False)
