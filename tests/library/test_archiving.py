"""What is kept of transcripts: for how long, of which form, and what is said of the files themselves."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memex.core.errors import IndexingError
from memex.core.filters import Field, Filters, Order
from memex.core.query import Query
from memex.core.replay import Origin
from memex.core.search import TranscriptState
from memex.core.settings import Settings, save_settings
from memex.library.archiving import drop_expired
from memex.library.library import Library
from memex.library.listing import asked_of, complete, count_facets, list_sessions
from memex.library.refresh import Refresh
from memex.library.replay.reading import read_session
from tests.transcript_files import TranscriptFile, session_id
from tests.transcripts.test_opencode import database, message, store, text


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "home")
    yield opened
    opened.close()


def parse(library: Library, folder: Path) -> None:
    for _ in Refresh(library, [folder])._parse():
        pass


def copies(library: Library) -> int:
    return int(library.reader._db.execute("SELECT count(*) FROM archive").fetchone()[0])


def states(library: Library) -> dict[str, TranscriptState | None]:
    cards, _ = list_sessions(library.reader, asked_of("", Filters()), Order.NEWEST, 50, 0)
    return {card.id: card.source_state for card in cards}


def test_the_state_of_each_transcript_is_listed(
    library: Library, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    present, grown, gone = three_sessions
    rewritten = TranscriptFile(folder, session_id(4)).prompt("What becomes of this?")
    parse(library, folder)
    present.path.touch()
    grown.say("And more")
    gone.path.unlink()
    rewritten.path.write_text(rewritten.path.read_text().replace("this", "that"))
    assert states(library) == {
        session_id(1): TranscriptState.PRESENT,
        session_id(2): TranscriptState.GROWN,
        session_id(3): TranscriptState.GONE,
        session_id(4): TranscriptState.DIVERGED,
    }
    assert library.status(library.reader).sources_gone == 0
    parse(library, folder)
    assert library.status(library.reader).sources_gone == 1
    gone.prompt("Here again")
    parse(library, folder)
    assert library.status(library.reader).sources_gone == 0
    assert set(states(library).values()) == {TranscriptState.PRESENT}


def test_who_wants_no_copies_has_none_and_replays_the_file_itself(
    library: Library, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    save_settings(library.paths.settings, Settings(archive_months=0))
    parse(library, folder)
    assert copies(library) == 0
    key = library.reader.sessions.resolve(session_id(1))
    for _ in range(2):
        assert read_session(library.reader, key).origin is Origin.SOURCE
        three_sessions[0].prompt("And one more question")
        assert read_session(library.reader, key).origin is Origin.GROWN
        parse(library, folder)
    assert len(read_session(library.reader, key).session.turns) == 5
    assert copies(library) == 0


def test_copies_go_after_so_many_months(
    library: Library, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    parse(library, folder)
    for months, kept in ((None, 3), (3, 3), (2, 0)):
        drop_expired(library.writer, Settings(archive_months=months), datetime(2027, 1, 20, tzinfo=UTC))
        assert copies(library) == kept


MESSAGES = (
    message("user", text("Why does the walrus sink?"), id="msg_1"),
    message("assistant", text("Because it is heavy."), id="msg_2"),
)


@pytest.mark.parametrize("form", ["files", "database"])
def test_an_opencode_session_is_replayed_whole_from_its_copy(
    library: Library, folder: Path, form: str
) -> None:
    folder.mkdir()
    path = (store if form == "files" else _database)(folder, *MESSAGES)
    parse(library, folder)
    keys = [key for key, _, _ in library.reader.sessions.names()]
    before = [read_session(library.reader, key).session for key in keys]
    assert copies(library) == len(keys)
    assert states(library) == dict.fromkeys(states(library), TranscriptState.PRESENT)
    for file in [path, *folder.rglob("*.json")]:
        file.unlink(missing_ok=True)
    after = [read_session(library.reader, key) for key in keys]
    assert {copy.origin for copy in after} == {Origin.ARCHIVE}
    assert [copy.session.turns for copy in after] == [session.turns for session in before]
    assert sum(len(copy.session.turns) for copy in after) == 2


def test_a_database_that_grew_adds_copies_of_what_changed_alone(library: Library, folder: Path) -> None:
    folder.mkdir()
    path = _database(folder, *MESSAGES)
    parse(library, folder)
    before = hashes(library)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE other (a)")
        db.execute("INSERT INTO other VALUES (zeroblob(100000))")
    parse(library, folder)
    assert hashes(library) == before


def test_of_a_database_one_session_is_forgotten_with_its_copy(library: Library, folder: Path) -> None:
    folder.mkdir()
    _database(folder, *MESSAGES)
    parse(library, folder)
    with library.writer.transaction():
        erased = library.writer.erase([library.writer.sessions.resolve("ses_2")])
    assert (erased.copies, erased.shared) == (1, ())
    assert copies(library) == 1


def _database(folder: Path, *messages: dict[str, object]) -> Path:
    return database(folder / "opencode.db", *messages)


def hashes(library: Library) -> set[bytes]:
    return {row[0] for row in library.reader._db.execute("SELECT content_hash FROM archive")}


class _Unreachable:
    backend, place = "server", "http://nowhere"

    def __getattr__(self, name: str) -> object:
        raise IndexingError(f"Qdrant was asked to {name}.")


def test_lists_counts_and_replays_never_ask_the_index(
    library: Library, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    parse(library, folder)
    library.store = _Unreachable()  # type: ignore[assignment]
    library.vectors = None
    reader = library.reader
    assert len(states(library)) == 3
    assert count_facets(reader, Query(""), None)
    assert complete(reader, Field.PROJECT, "sh", 5)
    assert library.status(reader).sessions == 3
    assert read_session(reader, reader.sessions.resolve(session_id(1))).session.turns
