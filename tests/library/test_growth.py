"""Files that grow: only what they gained is read, and all else is as if they had been read whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from memex.core.library import IndexReport
from memex.core.paths import LibraryPaths
from memex.core.replay import Origin
from memex.library.growth import MAX_FILES
from memex.library.library import Library
from memex.library.refresh import Refresh
from memex.library.replay.reading import Reading, read_session
from memex.transcripts.readers import FileReading, open_transcript
from tests.derived_rows import derived_rows
from tests.transcript_files import TranscriptFile, session_id


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    paths = LibraryPaths(tmp_path / "home")
    library = Library(paths.home)
    yield library
    library.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "transcripts"


@pytest.fixture
def bytes_read_on(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much each reading-on took from its file."""
    taken: list[int] = []
    read_on = FileReading.read_on

    def counted(reading: FileReading, stream: object) -> object:
        before = reading.byte
        session = read_on(reading, stream)  # type: ignore[arg-type]
        taken.append(reading.byte - before)
        return session

    monkeypatch.setattr(FileReading, "read_on", counted)
    return taken


def parse(library: Library, folder: Path) -> IndexReport:
    job = Refresh(library, [folder])
    for _ in job._parse():
        pass
    return job.report()


def long_file(folder: Path, number: int = 1) -> TranscriptFile:
    file = TranscriptFile(folder, session_id(number))
    for prompt in range(60):
        file.prompt(f"Question {prompt} about the walrus").say(f"Answer {prompt}")
    return file


def growing_file(library: Library, folder: Path, number: int = 1) -> TranscriptFile:
    """Known, and read whole once more when it grew: from then on it is read on."""
    file = long_file(folder, number)
    parse(library, folder)
    file.prompt("Grow once")
    parse(library, folder)
    return file


def replay(library: Library) -> Reading:
    return read_session(library.reader, library.reader.sessions.resolve(session_id(1)))


def frames(library: Library) -> int:
    (zstd,) = library.reader._db.execute("SELECT zstd FROM archive").fetchone()
    count = 0
    while zstd:
        frame = zstandard.ZstdDecompressor().decompressobj()
        frame.decompress(zstd)
        zstd = frame.unused_data
        count += 1
    return count


def test_only_what_it_gained_is_read(library: Library, folder: Path, bytes_read_on: list[int]) -> None:
    file = growing_file(library, folder)
    for number in range(3):
        before = file.path.stat().st_size
        file.prompt(f"Now paint zebra {number}")
        assert parse(library, folder).changed == 1
        assert bytes_read_on[-1] == file.path.stat().st_size - before
    assert len(bytes_read_on) == 3
    assert frames(library) == 4


def test_the_library_is_as_if_it_had_been_read_whole(
    library: Library, folder: Path, tmp_path: Path, bytes_read_on: list[int]
) -> None:
    file = growing_file(library, folder)
    file.run("make zebra", "error: no zebra", fails=True)
    parse(library, folder)
    file.run("make zebra", "painted").say("Done.")
    parse(library, folder)
    assert len(bytes_read_on) == 2
    fresh = Library(tmp_path / "fresh")
    parse(fresh, folder)
    assert derived_rows(library.paths.catalog) == derived_rows(fresh.paths.catalog)
    fresh.close()


def test_a_copy_in_several_frames_is_replayed_when_the_file_is_gone(library: Library, folder: Path) -> None:
    file = growing_file(library, folder)
    file.prompt("Paint the zebra")
    parse(library, folder)
    whole = open_transcript(file.path)
    file.path.unlink()
    replayed = replay(library)
    assert replayed.origin is Origin.ARCHIVE
    assert replayed.session == whole
    assert frames(library) == 2


@pytest.mark.parametrize("change", ["shrunk", "rewritten", "replaced"])
def test_a_file_that_begins_otherwise_is_read_from_its_start(
    library: Library, folder: Path, bytes_read_on: list[int], change: str
) -> None:
    file = growing_file(library, folder)
    content = file.path.read_bytes()
    changed = {
        "shrunk": content[: len(content) // 2],
        "rewritten": content.replace(b"Question 7", b"Question X", 1) + content[-400:],
        "replaced": b"".join(reversed(content.splitlines(keepends=True))) + content,
    }[change]
    file.path.write_bytes(changed)
    parse(library, folder)
    assert not bytes_read_on
    assert replay(library).session == open_transcript(file.path)


def test_after_a_restart_the_first_growth_is_read_from_the_start(
    library: Library, folder: Path, bytes_read_on: list[int]
) -> None:
    file = growing_file(library, folder)
    library.close()
    again = Library(library.paths.home)
    file.prompt("one")
    parse(again, folder)
    assert not bytes_read_on
    file.prompt("two")
    parse(again, folder)
    again.close()
    assert len(bytes_read_on) == 1


def test_the_file_that_grew_longest_ago_makes_room(
    library: Library, folder: Path, bytes_read_on: list[int]
) -> None:
    files = [growing_file(library, folder, number) for number in range(1, MAX_FILES + 2)]
    files[0].prompt("after all")
    parse(library, folder)
    assert not bytes_read_on
    files[-1].prompt("at last")
    parse(library, folder)
    assert len(bytes_read_on) == 1


def test_a_copy_that_another_file_shares_is_kept(library: Library, folder: Path) -> None:
    file = long_file(folder)
    twin = folder / "elsewhere" / file.path.name
    twin.parent.mkdir()
    twin.write_bytes(file.path.read_bytes())
    parse(library, folder)
    file.prompt("Grow")
    parse(library, folder)
    (copies,) = library.reader._db.execute("SELECT count(*) FROM archive").fetchone()
    assert copies == 2
