"""Forgotten sessions: in no list, in no byte of the home, and not coming back by a scan or a snapshot."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memex.core.errors import CatalogError, JobCancelledError, SessionNotFoundError
from memex.core.filters import Field, Filters, Order
from memex.core.library import ForgetReport, Progress
from memex.core.paths import LibraryPaths
from memex.core.query import Query
from memex.core.search import SearchRequest
from memex.library.forgetting import families, forget
from memex.library.library import Library
from memex.library.listing import asked_of, complete, count_facets, list_sessions
from memex.library.parsing import changed_files
from memex.library.search import search
from memex.library.snapshot.exporting import export_snapshot
from memex.library.snapshot.importing import import_snapshot
from memex.transcripts.discovery import FoundFile, find_transcripts
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id

NewLibrary = Callable[[], Library]

WORD = "Quokkasand"
"""Of one session only: in a prompt, a command, an output, a path and an answer."""


def ignore(_: Progress) -> None:
    pass


@pytest.fixture
def secret(folder: Path, three_sessions: list[TranscriptFile]) -> TranscriptFile:
    return (
        TranscriptFile(folder / WORD, session_id(9), cwd=f"/home/ann/{WORD}")
        .prompt(f"Deploy {WORD} to the cluster")
        .run(f"make {WORD}", f"error: {WORD} is not reachable", fails=True)
        .say(f"```python\n{WORD} = 1\n```")
    )


@pytest.fixture
def library(new_library: NewLibrary, folder: Path, secret: TranscriptFile) -> Library:
    opened = new_library()
    refresh(opened, folder)
    return opened


def forget_named(library: Library, *names: str, tell: Callable[[Progress], None] = ignore) -> ForgetReport:
    return forget(library, [card.key for card in families(library.writer, names)], tell)


def holding(home: Path, word: str) -> list[str]:
    """Files with the word in their bytes, whatever its case and its code."""
    forms = [word.encode(), word.lower().encode(), word.encode("utf-16-le")]
    files = [path for path in home.rglob("*") if path.is_file() and home / "models" not in path.parents]
    return [str(path) for path in files if any(form in data for data in written(path) for form in forms)]


def written(path: Path) -> Iterator[bytes]:
    """A file's bytes without its holes: Edge makes files of 32 MB, of which a few KB are written."""
    with path.open("rb") as file:
        place, size = 0, path.stat().st_size
        while place < size:
            try:
                place = os.lseek(file.fileno(), place, os.SEEK_DATA)
            except OSError:  # nothing but a hole follows
                return
            end = os.lseek(file.fileno(), place, os.SEEK_HOLE)
            yield os.pread(file.fileno(), end - place, place)
            place = end


def titles(library: Library) -> list[str]:
    cards, _ = list_sessions(library.reader, asked_of("", Filters()), Order.NEWEST, 50, 0)
    return [card.title for card in cards]


def hits(library: Library, text: str) -> list[str]:
    return [card.id for card in search(library.reader, library.vectors, SearchRequest(text)).cards]


def test_a_forgotten_session_is_in_no_list_and_in_no_byte_of_the_home(
    library: Library, prepared_home: LibraryPaths, secret: TranscriptFile
) -> None:
    before = secret.path.read_bytes()
    prepared_home.log.write_text(f"a warning about {WORD}")
    assert holding(prepared_home.home, WORD)
    assert session_id(9) in hits(library, WORD)
    report = forget_named(library, session_id(9))
    assert (report.sessions, report.copies, report.shared, report.remains) == (1, 1, (), None)
    assert session_id(9) not in hits(library, WORD)
    assert len(titles(library)) == 3
    assert holding(prepared_home.home, WORD) == []
    library.close()
    assert holding(prepared_home.home, WORD) == []
    assert holding(prepared_home.home, session_id(9)) == []
    assert secret.path.read_bytes() == before


def test_the_index_and_its_earlier_generations_are_without_it(
    library: Library, prepared_home: LibraryPaths
) -> None:
    forget_named(library, session_id(9))
    generations = library.writer.generations.all()
    assert [path.name for path in prepared_home.generations.iterdir()] == [str(generations[0].id)]
    assert len(generations) == 1
    assert library.vectors is not None
    assert library.vectors.index.count() == 3


def test_it_does_not_come_back_by_a_scan_nor_when_it_goes_on_or_is_moved(
    library: Library, new_library: NewLibrary, folder: Path, secret: TranscriptFile
) -> None:
    forget_named(library, session_id(9))
    found = [file for file in find_transcripts([folder]) if isinstance(file, FoundFile)]
    assert changed_files(library.writer, found) == []
    assert refresh(library, folder).new == 0
    secret.prompt("And on it goes")
    assert refresh(library, folder).new == 0
    secret.path.rename(folder / secret.path.name)
    (folder / "backup").mkdir()
    shutil.copy(folder / secret.path.name, folder / "backup")
    reopened = new_library()
    assert refresh(reopened, folder).new == 0
    assert len(titles(reopened)) == 3
    assert holding(reopened.paths.home, WORD) == []


def test_its_sub_agents_go_with_it_and_stay_away(library: Library, folder: Path) -> None:
    agent = folder / WORD / session_id(9) / "subagents" / "agent-x1.jsonl"
    agent.parent.mkdir(parents=True)
    text = (folder / WORD / f"{session_id(9)}.jsonl").read_text()
    text = text.replace('"uuid"', '"agentId": "x1", "isSidechain": true, "uuid"')
    agent.write_text(text.replace(WORD, f"{WORD}Child"))
    refresh(library, folder)
    assert library.reader.sessions.count_subagents() == 1
    report = forget_named(library, session_id(9))
    assert report.sessions == 2
    agent.write_text(agent.read_text() + text)
    refresh(library, folder)
    assert library.reader.sessions.count_subagents() == 0
    assert holding(library.paths.home, WORD) == []


def test_what_another_session_has_as_well_stays(library: Library, folder: Path) -> None:
    twin = TranscriptFile(folder, session_id(10)).prompt("Why is the training loss NaN after two epochs?")
    twin.say("The learning rate overflows half precision: use gradient clipping.")
    refresh(library, folder)
    forget_named(library, session_id(10))
    side = library.vectors
    assert side is not None
    assert library.writer.vectors.count_missing(side.model) == 0
    assert session_id(3) in hits(library, "training loss")
    assert side.index.count() == 4


def test_versions_of_before_a_file_was_rewritten_go_as_well(
    library: Library, folder: Path, secret: TranscriptFile
) -> None:
    secret.path.write_text(secret.path.read_text().replace(WORD, "Wombat", 1))
    refresh(library, folder)
    assert forget_named(library, session_id(9)).copies == 2
    assert holding(library.paths.home, WORD) == []


def test_a_file_of_several_sessions_keeps_the_others_and_the_report_says_so(
    library: Library, folder: Path
) -> None:
    history = folder / "shop" / ".aider.chat.history.md"
    history.parent.mkdir()
    history.write_text(
        "# aider chat started at 2026-10-01 10:00:00\n\n#### first question\n\nAn answer\n\n"
        "# aider chat started at 2026-10-02 10:00:00\n\n#### second question\n\nAnother answer\n\n"
    )
    refresh(library, folder)
    (first,) = (card for card in cards(library) if "first" in card.title)
    report = forget_named(library, first.id)
    assert (report.copies, report.shared) == (0, (str(history),))
    history.write_text(history.read_text() + "#### third question\n\nYes\n\n")
    refresh(library, folder)
    assert [card.title for card in cards(library) if card.agent == "aider"] == ["second question"]


def cards(library: Library):
    return list_sessions(library.reader, asked_of("", Filters()), Order.NEWEST, 50, 0)[0]


def test_another_session_of_the_same_id_keeps_its_own_name(library: Library, folder: Path) -> None:
    other = TranscriptFile(folder / "other", session_id(9)).prompt("Something else altogether")
    refresh(library, folder)
    (name,) = (card.id for card in cards(library) if card.id.startswith(f"{session_id(9)}~"))
    forget_named(library, session_id(9))
    other.say("And its answer")
    refresh(library, folder)
    assert name in [card.id for card in cards(library)]


@pytest.mark.parametrize("replace", [False, True])
def test_a_snapshot_does_not_bring_it_back(
    library: Library, tmp_path: Path, folder: Path, replace: bool
) -> None:
    file = tmp_path / "all.memex"
    export_snapshot(library.paths, file, with_texts=True, tell=ignore)
    forget_named(library, session_id(9))
    import_snapshot(library, file, replace=replace, path_map={}, tell=ignore)
    assert len(titles(library)) == 3
    refresh(library, folder)
    assert len(titles(library)) == 3
    assert session_id(9) not in hits(library, WORD)


def test_a_name_that_is_no_sessions_forgets_nothing(library: Library) -> None:
    with pytest.raises(SessionNotFoundError):
        forget_named(library, session_id(9), "nobody")
    assert len(titles(library)) == 4


def test_erasing_that_is_stopped_is_done_by_the_next_refresh(
    library: Library, new_library: NewLibrary, folder: Path
) -> None:
    def stop(_: Progress) -> None:
        raise JobCancelledError("stopped")

    report = forget_named(library, session_id(9), tell=stop)
    assert report.remains is not None
    assert "next refresh" in report.remains
    assert len(titles(library)) == 3
    reopened = new_library()
    refresh(reopened, folder)
    assert not reopened.reader.forgotten.leaves_traces()
    assert holding(reopened.paths.home, WORD) == []


def test_a_library_that_is_read_is_told_of_and_tried_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise CatalogError("The library is being read.")

    with monkeypatch.context() as patch:
        patch.setattr(library.writer, "overwrite_remains", busy)
        report = forget_named(library, session_id(9))
        assert report.remains is not None
        assert "being read" in report.remains
    refresh(library, folder)
    assert holding(library.paths.home, WORD) == []


def test_without_a_model_the_index_is_thrown_away(
    library: Library, new_library: NewLibrary, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    reopened = new_library()
    with monkeypatch.context() as patch:
        patch.setattr(reopened, "open_vectors", lambda: None)
        assert forget_named(reopened, session_id(9)).remains is None
    assert reopened.store.kept() == set()
    refresh(reopened, folder)
    assert session_id(1) in hits(reopened, "linker")


def test_a_hidden_session_is_nowhere_until_it_is_taken_back(library: Library) -> None:
    def seen() -> tuple[object, ...]:
        reader = library.reader
        return (
            session_id(9) in hits(library, f"deploy {WORD}"),
            any(WORD in title for title in titles(library)),
            any(
                value.value == WORD
                for facet in count_facets(reader, Query(""), None)
                for value in facet.values
            ),
            bool(complete(reader, Field.PROJECT, WORD, 5)),
            bool(complete(reader, Field.COMMAND, f"make {WORD}", 5)),
            reader.sessions.named(session_id(9)) is not None,
        )

    key = library.reader.sessions.resolve(session_id(9))
    assert seen() == (True,) * 6
    with library.reader.transaction():
        library.reader.hidden.hide([key])
    assert seen() == (False,) * 6
    with library.reader.transaction():
        library.reader.hidden.unhide([key])
    assert seen() == (True,) * 6


def test_a_hidden_session_is_forgotten_once_the_window_was_closed(
    library: Library, new_library: NewLibrary, folder: Path
) -> None:
    key = library.reader.sessions.resolve(session_id(9))
    with library.reader.transaction():
        library.reader.hidden.hide([key])
    refresh(library, folder)
    assert library.reader.hidden.keys() == (key,)
    reopened = new_library()
    refresh(reopened, folder)
    assert reopened.reader.sessions.find("claude-code", session_id(9)) is None
    assert holding(reopened.paths.home, WORD) == []
