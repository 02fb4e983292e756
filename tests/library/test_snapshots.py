"""A library in one file: out of one home, into another, and never trusted before it is read whole."""

import io
import random
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import zstandard

from memex.core.errors import IndexingError, JobCancelledError, SnapshotError
from memex.core.library import Progress, SnapshotReport
from memex.core.paths import LibraryPaths
from memex.core.search import SearchRequest
from memex.library.library import Library
from memex.library.replay.reading import read_session
from memex.library.search import search
from memex.library.snapshot import container
from memex.library.snapshot.container import CATALOG, FORMAT, MANIFEST, Manifest
from memex.library.snapshot.exporting import export_snapshot
from memex.library.snapshot.importing import import_snapshot, verify_snapshot
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id

NewLibrary = Callable[[], Library]
MUTANTS = 500


def ignore(_: Progress) -> None:
    pass


def export(home: Path, file: Path, *, with_texts: bool = True) -> SnapshotReport:
    return export_snapshot(LibraryPaths(home), file, with_texts=with_texts, tell=ignore)


def take_in(library: Library, file: Path, *, replace: bool = False, path_map: dict[str, str] | None = None):
    return import_snapshot(library, file, replace=replace, path_map=path_map or {}, tell=ignore)


def answers(library: Library, text: str) -> list[tuple[str, float]]:
    with library.searching() as side:
        table = search(library.reader, side, SearchRequest(text))
    assert table.degraded is None
    totals = np.nansum(table.matrix, axis=1).round(4).tolist()
    return sorted(zip((card.id for card in table.cards), totals, strict=True))


def rows(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that does not belong to one machine, without the keys that are given anew."""
    with sqlite3.connect(LibraryPaths(home).catalog) as db:
        tables = {
            "session": "SELECT agent, id, title, payload, turn_count, content_hash FROM session",
            "texts": """SELECT s.id, lens, ordinal, hash, body FROM lens_text
                        JOIN session s ON s.key = session""",
            "turns": """SELECT s.id, t.rowid & 16777215, body, parts FROM turn_text t
                        JOIN session s ON s.key = t.rowid >> 24""",
            "vector": "SELECT model, hash, float32 FROM vector",
            "archive": "SELECT content_hash, size FROM archive",
        }
        return {name: sorted(db.execute(query).fetchall()) for name, query in tables.items()}


@pytest.fixture
def indexed(new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]) -> Library:
    library = new_library()
    refresh(library, folder)
    return library


@pytest.fixture
def other_home(tmp_path: Path, prepared_home: LibraryPaths) -> Path:
    home = tmp_path / "other"
    home.mkdir()
    (home / "models").symlink_to(prepared_home.models)
    return home


@pytest.mark.parametrize("replace", [True, False])
def test_another_home_holds_the_same_after_an_import(
    indexed: Library, other_home: Path, tmp_path: Path, replace: bool
) -> None:
    file = tmp_path / "all.memex"
    export(indexed.paths.home, file)
    question = "why does the container not find a linker"
    other = Library(other_home)
    try:
        report = take_in(other, file, replace=replace)
        assert (report.added, report.kept) == (3, 0)
        assert rows(other_home) == rows(indexed.paths.home)
        assert answers(other, question) == answers(indexed, question)
    finally:
        other.close()


def test_without_texts_there_is_nothing_to_read_but_titles(
    indexed: Library, other_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "slim.memex"
    assert not export(indexed.paths.home, file, with_texts=False).has_texts
    plain = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(file.read_bytes())).read()
    assert b"build-essential" not in plain
    assert b"cargo build --release" not in plain
    other = Library(other_home)
    try:
        take_in(other, file)
        found = [
            card.title
            for card in search(other.reader, other.vectors, SearchRequest("a missing linker")).cards
        ]
        assert len(found) == 3
    finally:
        other.close()


def test_a_merge_keeps_what_is_here_and_takes_what_is_longer_there(
    indexed: Library, other_home: Path, tmp_path: Path, three_sessions: list[TranscriptFile]
) -> None:
    before, after = tmp_path / "before.memex", tmp_path / "after.memex"
    export(indexed.paths.home, before)
    three_sessions[0].prompt("And does it build now?").say("Yes, the release build passes.")
    refresh(indexed, tmp_path / "transcripts")
    export(indexed.paths.home, after)
    other = Library(other_home)
    try:
        take_in(other, before)
        mine = (
            TranscriptFile(tmp_path / "mine", session_id(9)).prompt("Rename the invoice table").say("Done.")
        )
        refresh(other, mine.path.parent)
        report = take_in(other, after)
        assert (report.added, report.replaced, report.kept) == (0, 1, 2)
        assert other.reader.sessions.count() == 4
        session = read_session(other.reader, other.reader.sessions.resolve(session_id(1))).session
        assert session.turns[-1].text == "Yes, the release build passes."
        again = take_in(other, before)
        assert (again.added, again.replaced, again.kept) == (0, 0, 3)
    finally:
        other.close()


def test_paths_of_another_machine_are_mapped(indexed: Library, other_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.memex"
    export(indexed.paths.home, file)
    other = Library(other_home)
    try:
        take_in(other, file, path_map={"/home/ann": r"C:\Users\Ann"})
        record = other.reader.sessions.record(other.reader.sessions.resolve(session_id(2)))
        assert record.project_path == r"C:\Users\Ann\shop"
        payload = other.reader.sessions.indexable(record.card.key).payload
        assert msgspec.json.decode(payload)["project_path"] == r"C:\Users\Ann\shop"
    finally:
        other.close()


def test_an_index_that_cannot_be_built_puts_the_library_before_back(
    indexed: Library, other_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.memex"
    export(indexed.paths.home, file)
    other = Library(other_home)
    try:
        mine = (
            TranscriptFile(tmp_path / "mine", session_id(9)).prompt("Rename the invoice table").say("Done.")
        )
        refresh(other, mine.path.parent)
        before = rows(other_home)
        assert other.vectors is not None
        with monkeypatch.context() as faulty:
            faulty.setattr(type(other.vectors.index), "count", lambda _: 1_000)
            with pytest.raises(IndexingError, match="did not pass its check"):
                take_in(other, file, replace=True)
        assert rows(other_home) == before
        assert [found for found, _ in answers(other, "invoice table")] == [session_id(9)]
        assert not other.paths.before_import.exists()
    finally:
        other.close()


def test_an_export_that_is_stopped_leaves_no_file(indexed: Library, tmp_path: Path) -> None:
    def stop(_: Progress) -> None:
        raise JobCancelledError("The job was stopped.")

    file = tmp_path / "all.memex"
    with pytest.raises(JobCancelledError):
        export_snapshot(indexed.paths, file, with_texts=True, tell=stop)
    assert list(tmp_path.glob("all*")) == []
    assert list(indexed.paths.home.glob("snapshot-*")) == []


def test_every_mutant_is_refused_or_the_same(indexed: Library, tmp_path: Path) -> None:
    file, mutant = tmp_path / "all.memex", tmp_path / "mutant.memex"
    whole = export(indexed.paths.home, file)
    data = file.read_bytes()
    before = rows(indexed.paths.home)
    dice = random.Random(5)
    reasons = []
    for _ in range(MUTANTS):
        mutant.write_bytes(_mutated(data, dice))
        try:
            report = verify_snapshot(mutant, indexed.paths.home, ignore)
        except SnapshotError as error:
            reasons.append(str(error))
        else:
            assert msgspec.structs.replace(report, file=whole.file, bytes=whole.bytes) == whole
    assert all(reason.startswith("mutant.memex is not opened: ") for reason in reasons)
    assert len(reasons) >= MUTANTS - 5
    assert rows(indexed.paths.home) == before


def _mutated(data: bytes, dice: random.Random) -> bytes:
    at, size = dice.randrange(len(data)), dice.randrange(1, 64)
    match dice.randrange(5):
        case 0:
            return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
        case 1:
            return data[:at]
        case 2:
            return data[:at] + dice.randbytes(size) + data[at:]
        case 3:
            return data[:at] + data[at + size :]
        case _:
            return data + dice.randbytes(size)


def packed(tmp_path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for entry, content in entries:
            entry.size = len(content) if entry.isreg() else 0
            tar.addfile(entry, io.BytesIO(content))
    file = tmp_path / "hostile.memex"
    file.write_bytes(zstandard.ZstdCompressor().compress(plain.getvalue()))
    return file


def entry(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def parts_of(indexed: Library, tmp_path: Path) -> tuple[Manifest, bytes]:
    file = tmp_path / "honest.memex"
    export(indexed.paths.home, file)
    folder = tmp_path / "unpacked"
    folder.mkdir()
    manifest = container.read_container(file, folder, lambda *_: None)
    return manifest, (folder / CATALOG).read_bytes()


@pytest.mark.parametrize(
    ("first", "kind", "reason"),
    [
        ("../../evil", tarfile.REGTYPE, r"holds '../../evil' where its manifest.json should be"),
        ("/etc/cron.d/evil", tarfile.REGTYPE, "where its manifest.json should be"),
        (MANIFEST, tarfile.SYMTYPE, "where its manifest.json should be"),
        (MANIFEST, tarfile.LNKTYPE, "where its manifest.json should be"),
        (MANIFEST, tarfile.CHRTYPE, "where its manifest.json should be"),
    ],
)
def test_entries_that_point_elsewhere_are_refused(
    tmp_path: Path, indexed: Library, first: str, kind: bytes, reason: str
) -> None:
    with pytest.raises(SnapshotError, match=reason):
        verify_snapshot(packed(tmp_path, (entry(first, kind), b"{}")), indexed.paths.home, ignore)
    assert not (tmp_path.parent / "evil").exists()


def test_lies_in_the_manifest_are_refused(tmp_path: Path, indexed: Library) -> None:
    manifest, catalog = parts_of(indexed, tmp_path)
    (part,) = manifest.parts
    lies = {
        "SHA-256": msgspec.structs.replace(manifest, parts=(msgspec.structs.replace(part, sha256="0" * 64),)),
        "another size": msgspec.structs.replace(
            manifest, parts=(msgspec.structs.replace(part, size=part.size - 1),)
        ),
        "other parts": msgspec.structs.replace(manifest, parts=(part, part)),
        "newer Memex": msgspec.structs.replace(manifest, format=FORMAT + 1),
        "something else than its manifest says": msgspec.structs.replace(manifest, counts={"session": 1}),
    }
    for reason, lie in lies.items():
        file = packed(tmp_path, (entry(MANIFEST), msgspec.json.encode(lie)), (entry(CATALOG), catalog))
        with pytest.raises(SnapshotError, match=reason):
            verify_snapshot(file, indexed.paths.home, ignore)


def test_what_is_no_catalog_of_ours_is_refused(tmp_path: Path, indexed: Library) -> None:
    manifest, catalog = parts_of(indexed, tmp_path)
    tricks = {
        "not those of a Memex library": "CREATE TRIGGER t AFTER INSERT ON vector BEGIN SELECT 1; END",
        "newer Memex": "PRAGMA user_version = 999",
        "not of that model": "UPDATE vector SET float32 = x'00'",
        "not described as a model is": "UPDATE model SET signature = '[]'",
    }
    for reason, statement in tricks.items():
        changed = tmp_path / CATALOG
        changed.write_bytes(catalog)
        with sqlite3.connect(changed) as db:
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute(statement)
        db.close()
        told = msgspec.structs.replace(manifest, parts=(container.part_of(changed),))
        file = packed(
            tmp_path, (entry(MANIFEST), msgspec.json.encode(told)), (entry(CATALOG), changed.read_bytes())
        )
        with pytest.raises(SnapshotError, match=reason):
            verify_snapshot(file, indexed.paths.home, ignore)
        changed.unlink()


def test_a_bomb_unpacks_no_further_than_it_announces(tmp_path: Path, indexed: Library) -> None:
    manifest, _ = parts_of(indexed, tmp_path)
    bomb = tarfile.TarInfo(CATALOG)
    bomb.type, bomb.size = tarfile.XHDTYPE, 1 << 30
    text = msgspec.json.encode(manifest)
    first = entry(MANIFEST)
    first.size = len(text)
    head = first.tobuf() + text + bytes(-len(text) % tarfile.BLOCKSIZE) + bomb.tobuf()
    compressor = zstandard.ZstdCompressor().compressobj()
    file = tmp_path / "bomb.memex"
    with file.open("wb") as target:
        target.write(compressor.compress(head))
        for _ in range(1 << 8):
            target.write(compressor.compress(bytes(1 << 20)))
        target.write(compressor.flush())
    with pytest.raises(SnapshotError, match="more than its manifest says"):
        verify_snapshot(file, indexed.paths.home, ignore)


def test_no_library_and_no_file_are_one_sentence_each(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"no library in .* yet"):
        export(tmp_path / "nowhere", tmp_path / "out.memex")
    with pytest.raises(SnapshotError, match="cannot be read"):
        verify_snapshot(tmp_path / "missing.memex", tmp_path, ignore)
