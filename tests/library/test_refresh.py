"""The three steps: what they take in, what they leave alone, and how they go on after a stop."""

import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
import pytest

from memex.catalog.catalog import Catalog
from memex.catalog.sessions import IndexableSession
from memex.core.errors import DiskFullError, ModelError
from memex.core.lenses import Lane
from memex.core.library import Stage
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.core.search import SearchRequest
from memex.core.session import Session
from memex.core.settings import Settings, save_settings
from memex.embedding.hub import Download
from memex.embedding.weights import find_weights
from memex.index.errors import BrokenIndexError
from memex.index.points import IndexPoint
from memex.library import parsing
from memex.library.library import Library
from memex.library.points import point_of
from memex.library.refresh import Refresh
from memex.library.replay.reading import Reading, read_session
from memex.library.search import search
from memex.transcripts.readers import FileReading
from tests.derived_rows import derived_rows
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id

NewLibrary = Callable[[], Library]


def replayed(library: Library, name: str) -> Reading:
    return read_session(library.reader, library.reader.sessions.resolve(name))


def found(library: Library, text: str) -> list[str]:
    return [card.id for card in search(library.reader, library.vectors, SearchRequest(text)).cards]


def test_a_first_index_takes_in_every_session(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = new_library()
    report = refresh(library, folder)
    status = library.status(library.reader)
    assert (report.files, report.sessions, report.new, report.changed, report.failed) == (3, 3, 3, 0, ())
    assert (status.with_vectors, status.indexed, status.waiting, status.texts_waiting) == (3, 3, 0, 0)
    assert library.vectors is not None
    assert library.vectors.index.count() == 3


def test_a_second_run_reads_nothing_and_loads_no_model(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refresh(new_library(), folder)
    library = new_library()
    monkeypatch.setattr(parsing, "FileReading", _refuse)
    report = refresh(library, folder)
    assert (report.new, report.changed, report.unchanged, report.texts_embedded) == (0, 0, 3, 0)
    assert library.vectors is None


def _refuse(*_: object) -> None:
    raise AssertionError("a transcript was read")


def test_a_session_that_grew_is_found_by_its_new_words_and_embeds_only_its_new_texts(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = new_library()
    first = refresh(library, folder)
    three_sessions[0].prompt("Now do the same for the musl target, please")
    second = refresh(library, folder)
    assert (second.new, second.changed, second.unchanged) == (0, 1, 2)
    assert 0 < second.texts_embedded < first.texts_embedded
    assert session_id(1) in found(library, "musl")
    assert library.status(library.reader).waiting == 0


def test_a_session_whose_file_is_gone_stays_in_the_library(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = new_library()
    refresh(library, folder)
    three_sessions[0].path.unlink()
    assert refresh(library, folder).sessions == 3
    assert session_id(1) in found(library, "linker")


def test_two_files_with_one_id_and_different_content_are_two_sessions(
    new_library: NewLibrary, folder: Path
) -> None:
    TranscriptFile(folder / "here", session_id(1)).prompt("about apples")
    TranscriptFile(folder / "there", session_id(1)).prompt("about oranges")
    library = new_library()
    assert refresh(library, folder).sessions == 2
    assert refresh(library, folder).changed == 0
    assert len(found(library, "apples oranges")) == 2


def test_a_copy_of_a_file_is_the_same_session(new_library: NewLibrary, folder: Path) -> None:
    TranscriptFile(folder / "here", session_id(1)).prompt("about apples")
    TranscriptFile(folder / "there", session_id(1)).prompt("about apples")
    assert refresh(new_library(), folder).sessions == 1


def test_a_file_that_moved_is_the_same_session(new_library: NewLibrary, folder: Path) -> None:
    file = TranscriptFile(folder / "here", session_id(1)).prompt("about apples")
    library = new_library()
    refresh(library, folder)
    (folder / "there").mkdir()
    moved = file.path.rename(folder / "there" / file.path.name)
    with moved.open("a") as out:
        out.write("\n")
    assert refresh(library, folder).sessions == 1


def test_what_is_no_transcript_is_named_with_its_reason(new_library: NewLibrary, folder: Path) -> None:
    TranscriptFile(folder, session_id(1)).prompt("hello there")
    (folder / "other.jsonl").write_text('{"some": "thing"}\n{"else": 1}\n')
    report = refresh(new_library(), folder)
    assert report.sessions == 1
    (skipped,) = report.skipped
    assert skipped.path.endswith("other.jsonl")
    assert skipped.reason


def test_a_broken_line_costs_that_line_only(new_library: NewLibrary, folder: Path) -> None:
    file = TranscriptFile(folder, session_id(1)).prompt("before the break")
    with file.path.open("a") as out:
        out.write('{"type": "user", "mess\n')
    file.prompt("after the break")
    library = new_library()
    assert refresh(library, folder).failed == ()
    assert found(library, "before") == found(library, "after") == [session_id(1)]


@pytest.mark.parametrize("stage", [Stage.PARSE, Stage.EMBED, Stage.UPSERT])
def test_a_run_that_is_stopped_goes_on_to_the_same_library(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("memex.library.parsing.BATCH_BYTES", 1)
    monkeypatch.setattr("memex.library.embedding.TEXTS_A_SLICE", 2)
    monkeypatch.setattr("memex.library.embedding.SESSIONS_A_BATCH", 1)
    library = new_library()
    job = Refresh(library, [folder])
    for progress in job.steps():
        if progress.stage is stage:
            break
    assert job.report().cancelled
    library = new_library()
    refresh(library, folder)
    stopped = derived_rows(library.paths.catalog)

    for suffix in ("", "-wal", "-shm"):
        Path(f"{library.paths.catalog}{suffix}").unlink(missing_ok=True)
    library = new_library()
    refresh(library, folder)
    assert derived_rows(library.paths.catalog) == stopped


def test_a_damaged_index_is_rebuilt_from_the_catalog_without_embedding(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = new_library()
    refresh(library, folder)
    library.close()
    for file in LibraryPaths(library.paths.home).generations.rglob("*.json"):
        file.write_bytes(b"damaged")
    library = new_library()
    library.open_vectors()
    report = refresh(library, folder)
    assert report.texts_embedded == 0
    assert library.vectors is not None
    assert library.vectors.index.count() == 3
    assert len(list(library.paths.generations.iterdir())) == 1


def test_without_a_model_full_text_answers_and_says_so(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_model(*_: object, **__: object) -> None:
        raise ModelError("No embedding model: install one.")

    monkeypatch.setattr("memex.embedding.minilm.open_minilm", no_model)
    library = new_library()
    report = refresh(library, folder)
    assert (report.sessions, report.texts_embedded) == (3, 0)
    assert library.status(library.reader).degraded == "No embedding model: install one."
    assert found(library, "linker") == [session_id(1)]


def test_an_empty_folder_is_an_empty_library_and_loads_no_model(
    new_library: NewLibrary, folder: Path
) -> None:
    folder.mkdir()
    library = new_library()
    report = refresh(library, folder)
    assert (report.files, report.sessions, report.failed) == (0, 0, ())
    assert library.vectors is None


def test_a_file_name_that_is_no_text_costs_that_file_only(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    copy = Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.jsonl"))
    shutil.copy(three_sessions[0].path, copy)
    report = refresh(new_library(), folder)
    assert report.sessions == 3
    (failure,) = report.failed
    assert "rename it" in failure.reason
    assert msgspec.json.encode(report)


def test_sessions_lost_from_the_index_are_put_back_when_it_is_opened(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = new_library()
    refresh(library, folder)
    assert library.vectors is not None
    lost, *_ = library.vectors.index.ids()
    library.vectors.index.delete([lost])
    library = new_library()
    library.open_vectors()
    refresh(library, folder)
    assert library.vectors is not None
    assert lost in library.vectors.index.ids()


def test_an_index_that_breaks_on_the_way_is_rebuilt_without_embedding(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = new_library()
    refresh(library, folder)
    assert library.vectors is not None
    broken = library.vectors.index
    monkeypatch.setattr(broken, "upsert", _break)
    three_sessions[0].prompt("one more question")
    report = refresh(library, folder)
    assert report.texts_embedded == 1
    assert library.vectors.index is not broken
    assert library.vectors.index.count() == 3


def _break(*_: object) -> None:
    raise BrokenIndexError("The vector index broke.")


def test_a_session_that_the_index_refuses_does_not_keep_others_out(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("memex.library.embedding.point_of", _without_direction_for(session_id(1)))
    library = new_library()
    refresh(library, folder)
    status = library.status(library.reader)
    assert (status.sessions, status.indexed, status.waiting) == (3, 2, 1)


def _without_direction_for(refused: str) -> Callable[..., IndexPoint]:
    def build(catalog: Catalog, session: IndexableSession, model: ModelSignature) -> IndexPoint:
        point = point_of(catalog, session, model)
        zero = {Lane.CONTENT: np.zeros(model.dimension, np.float32)}
        return dataclasses.replace(point, dense=zero) if session.id == refused else point

    return build


def test_a_missing_model_is_downloaded_once_the_user_agrees(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packaged = find_weights(Path("nowhere"), None, None)
    monkeypatch.setattr("memex.embedding.weights.PACKAGE", "no_such_package")

    def copied_from_here(
        model: str, revision: str, file: str, target: Path, advance: Callable[[int], None]
    ) -> None:
        shutil.copy(packaged / file, target / file)
        advance((target / file).stat().st_size)

    monkeypatch.setattr("memex.library.embedders.Download", partial(Download, fetch=copied_from_here))
    library = new_library()
    shutil.rmtree(library.paths.models)
    refresh(library, folder)
    without = library.status(library.reader)
    assert (without.model_missing, without.indexed) == (True, 0)

    told: list[tuple[int, int]] = []
    library.open_vectors(lambda done, total: told.append((done, total)))
    refresh(library, folder)
    status = library.status(library.reader)
    assert (status.model_missing, status.degraded, status.indexed) == (False, None, 3)
    assert told[-1][0] == told[-1][1] > 90_000_000


def test_a_full_disk_is_one_sentence_and_what_was_taken_in_stays(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = new_library()
    refresh(library, folder)
    # SQLite's own limit raises what a full disk raises.
    library.writer._db.execute("PRAGMA max_page_count = 1")
    TranscriptFile(folder, session_id(4)).prompt("no room for this " + "x" * 500_000)
    with pytest.raises(DiskFullError, match="free some space"):
        refresh(library, folder)
    library = new_library()
    assert library.status(library.reader).sessions == 3
    assert refresh(library, folder).new == 1


def test_a_file_that_grows_while_it_is_read_is_read_again(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = new_library()
    grown = three_sessions[0]
    take_in = FileReading.read

    def read_and_grow(reading: FileReading, stream: BinaryIO) -> Iterator[Session]:
        yield from take_in(reading, stream)
        grown.prompt("written meanwhile about zebras")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(FileReading, "read", read_and_grow)
        refresh(library, folder)
    assert refresh(library, folder).changed == 1
    assert session_id(1) in found(library, "zebras")


AIDER = """
# aider chat started at 2026-10-01 10:00:00

#### why is the parser slow on giraffes

> Tokens: 1k sent

It backtracks on every neck.

# aider chat started at 2026-10-02 11:00:00

#### rename the walrus module

Done.
"""


def test_a_file_of_many_sessions_gives_each_its_own(new_library: NewLibrary, folder: Path) -> None:
    folder.mkdir()
    (folder / ".aider.chat.history.md").write_text(AIDER)
    library = new_library()
    assert refresh(library, folder).new == 2
    (giraffes,) = search(library.reader, None, SearchRequest("giraffes")).cards
    assert "giraffes" in replayed(library, giraffes.id).session.turns[0].text
    with (folder / ".aider.chat.history.md").open("a") as out:
        out.write("\n# aider chat started at 2026-10-03 12:00:00\n\n#### paint the zebra\n\nPainted.\n")
    assert refresh(library, folder).new == 1


SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_secrets_stay_out_of_all_that_is_indexed_and_in_the_replay(
    new_library: NewLibrary, folder: Path
) -> None:
    TranscriptFile(folder, session_id(1)).prompt(f"push with {SECRET} please").run(
        "env", f"GITHUB_TOKEN={SECRET}"
    )
    library = new_library()
    refresh(library, folder)
    reading = replayed(library, session_id(1))
    assert reading.record.redactions == {"github-token": 2}
    assert SECRET in reading.session.turns[0].text
    kept = "".join(map(str, derived_rows(library.paths.catalog).values()))
    assert SECRET not in kept
    assert "[redacted: github-token]" in kept
    assert SECRET not in reading.record.card.title


def test_redaction_can_be_switched_off(new_library: NewLibrary, folder: Path) -> None:
    TranscriptFile(folder, session_id(1)).prompt(f"push with {SECRET} please")
    library = new_library()
    save_settings(library.paths.settings, Settings(redact=False))
    refresh(library, folder)
    assert SECRET in str(derived_rows(library.paths.catalog)["turns"])
