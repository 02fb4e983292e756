"""What the doctor finds, says and repairs; a sound library has nothing wrong with it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memex.core.errors import CatalogError
from memex.core.library import DoctorReport, Finding, Progress
from memex.core.paths import LibraryPaths
from memex.library.doctor import examine, examine_closed
from memex.library.library import Library
from memex.library.refresh import Refresh
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id

Spoil = Callable[[Library], object]


def ignore(_: Progress) -> None:
    pass


@pytest.fixture
def library(tmp_path: Path, folder: Path, three_sessions: list[TranscriptFile]) -> Iterator[Library]:
    """Read, and not embedded."""
    opened = Library(tmp_path / "home")
    parse(opened, folder)
    yield opened
    opened.close()


def parse(library: Library, folder: Path) -> None:
    for _ in Refresh(library, [folder])._parse():
        pass


def findings(library: Library, *, repair: bool = False) -> tuple[Finding, ...]:
    return examined(library, repair=repair).findings


def examined(library: Library, *, repair: bool = False) -> DoctorReport:
    return examine(library, repair=repair, tell=ignore)


def execute(library: Library, *statements: str) -> None:
    """As another program would, without any regard for what refers to what."""
    with closing(sqlite3.connect(library.paths.catalog)) as db, db:
        for statement in statements:
            db.execute(statement)


def leave(library: Library, name: str, *, folder: bool = False) -> None:
    path = library.paths.home / name
    path.mkdir() if folder else path.write_bytes(b"left")
    os.utime(path, (0, 0))


def test_nothing_is_wrong_with_a_sound_library(
    library: Library, folder: Path, prepared_home: LibraryPaths
) -> None:
    assert findings(library) == ()
    with closing(Library(prepared_home.home)) as indexed:
        prepared_home.home.chmod(0o700)
        refresh(indexed, folder)
        assert findings(indexed) == ()


SPOILT: dict[str, tuple[str, Spoil, str]] = {
    "orphaned texts": (
        "orphans",
        lambda lib: execute(lib, "DELETE FROM session WHERE id LIKE '%1'"),
        "belong to no session",
    ),
    "vectors of no text": (
        "orphans",
        lambda lib: execute(lib, "INSERT INTO vector VALUES ('m', x'01', x'00')"),
        "1 vectors belong to no session",
    ),
    "an unknown generation": (
        "generations",
        lambda lib: (lib.paths.generations / "77").mkdir(parents=True),
        "1 index generations",
    ),
    "a lost generation": (
        "generations",
        lambda lib: execute(
            lib,
            "INSERT INTO model (key, signature, is_wanted) VALUES ('m', '{}', 0)",
            "INSERT INTO generation (id, model, shape, is_current) VALUES (5, 'm', 's', 1)",
        ),
        "generation 5 is missing",
    ),
    "a dead engine": (
        "engine",
        lambda lib: lib.paths.engine_address.write_text('{"pid": 1}'),
        "left its address",
    ),
    "a draft of a snapshot": ("leftovers", lambda lib: leave(lib, "snapshot-x1", folder=True), "cut short"),
    "a copy before an import": ("leftovers", lambda lib: leave(lib, "catalog-before-import.db"), "cut short"),
    "an open home": ("disk", lambda lib: lib.paths.home.chmod(0o755), "mode 755"),
    "full text without a session": (
        "full text",
        lambda lib: execute(lib, "DELETE FROM turn_text WHERE rowid >> 24 = 1"),
        "1 sessions are not in the full text",
    ),
    "a damaged copy": (
        "archive",
        lambda lib: execute(
            lib,
            "UPDATE archive SET zstd = substr(zstd, 1, 30) WHERE rowid = 1",
        ),
        "copy of a transcript is damaged",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_each_fault_is_named_and_repaired(library: Library, folder: Path, what: str) -> None:
    check, spoil, words = SPOILT[what]
    spoil(library)
    found = findings(library)
    assert check in {finding.check for finding in found}
    assert any(words in finding.problem for finding in found)
    assert not any(finding.is_repaired for finding in found)
    assert findings(library), "examining repairs nothing"
    assert examined(library, repair=True).is_healthy
    parse(library, folder)
    assert findings(library) == ()


def test_a_strange_table_is_named_and_left(library: Library) -> None:
    execute(library, "CREATE TABLE somebodys (a)", "INSERT INTO somebodys VALUES (1)")
    report = examined(library, repair=True)
    assert not report.is_healthy
    assert "somebodys" in report.findings[0].problem
    assert findings(library)[0].check == "schema"


def test_a_transcript_that_is_gone_and_has_no_copy_is_named(library: Library, folder: Path) -> None:
    lost = folder / f"{session_id(2)}.jsonl"
    execute(library, "DELETE FROM archive", "UPDATE source SET is_gone = 1 WHERE path LIKE '%2.jsonl'")
    (finding,) = findings(library, repair=True)
    assert str(lost) in finding.problem
    assert not finding.is_repaired


def test_a_recent_draft_is_somebodys_work(library: Library) -> None:
    (library.paths.home / "snapshot-now").mkdir()
    assert findings(library) == ()


def test_a_catalog_that_does_not_open_is_told_of_and_left(tmp_path: Path) -> None:
    paths = LibraryPaths(tmp_path / "home")
    paths.home.mkdir(mode=0o700)
    paths.catalog.write_bytes(b"no database, " * 500)
    before = paths.catalog.read_bytes()
    with pytest.raises(CatalogError) as refused:
        Library(paths.home)
    (finding,) = examine_closed(paths, refused.value).findings
    assert "damaged" in finding.problem
    assert "snapshot" in finding.repair
    assert paths.catalog.read_bytes() == before
