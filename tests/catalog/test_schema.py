"""Libraries of every released schema: brought up to date with all their rows, after a copy was kept."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from memex.catalog.catalog import Catalog
from memex.catalog.schema import STEPS, migrate
from memex.catalog.word_forms import match_expression
from memex.core.errors import CatalogError
from memex.core.filters import Filters, Order

TRANSCRIPT = b"The transcript, as it was read"
HASH = b"\1" * 32
SESSION = {
    "key": 7, "agent": "codex", "id": "s-7", "title": "The linker is missing", "title_source": "prompt",
    "models": '["gpt"]', "ended_at": 1_700_000_000.0, "turn_count": 3, "prompt_count": 1,
    "tool_call_count": 0, "error_count": 0, "tokens": "{}", "is_subagent": 0, "is_helper": 0,
    "outcome": "unknown", "intent": "unknown", "skipped_records": "{}", "problem_count": 0,
    "redactions": "{}", "source_path": "/t/s-7.jsonl", "content_hash": HASH, "payload": "{}",
    "index_version": b"v",
}  # fmt: skip
ROWS: dict[str, dict[str, object]] = {
    "session": SESSION,
    "source": {"path": "/t/s-7.jsonl", "size": 30, "mtime_ns": 5, "reader_version": 1, "state": "parsed"},
    "source_session": {"path": "/t/s-7.jsonl", "session": 7},
    "archive": {
        "content_hash": HASH,
        "size": len(TRANSCRIPT),
        "zstd": zstandard.ZstdCompressor().compress(TRANSCRIPT),
    },
    "turn_text": {"rowid": 7 << 24, "body": "cargo cannot find the linker", "parts": ""},
    "model": {"key": "m", "signature": "{}", "is_wanted": 0},
    "generation": {"id": 1, "model": "m", "shape": "s", "is_current": 1},
    "indexed": {"generation": 1, "session": 7, "point_id": b"\2" * 16, "version": b"v"},
}
"""As the first schema has them, which every later one must take over."""

Library = Callable[[int], Path]


@pytest.fixture
def library_of(tmp_path: Path) -> Library:
    """A catalog as the Memex of that many steps left it."""

    def build(step: int) -> Path:
        path = tmp_path / "catalog.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            migrate(db, step)
            for table, row in ROWS.items():
                marks = ", ".join("?" * len(row))
                db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        return path

    return build


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
def test_a_library_of_every_schema_keeps_all_it_holds(library_of: Library, step: int) -> None:
    path = library_of(step)
    with Catalog(path) as catalog:
        cards, total = catalog.sessions.listed(Filters(), Order.NEWEST, 10)
        copy = catalog.archive.open(HASH)
        assert ([(card.key, card.title) for card in cards], total) == ([(7, SESSION["title"])], 1)
        assert copy is not None
        assert copy.read() == TRANSCRIPT
        assert [hit.session for hit in catalog.full_text.search(match_expression(["linker"]), 5)] == [7]
        assert catalog.sources.stamps(1) == {"/t/s-7.jsonl": (30, 5)}
        current = catalog.generations.current()
        assert current is not None
        assert catalog.generations.count(current) == 1
    assert version(path) == len(STEPS)


@pytest.mark.parametrize("step", range(1, len(STEPS)))
def test_a_copy_is_kept_of_an_older_library_and_only_the_last(library_of: Library, step: int) -> None:
    path = library_of(step)
    earlier = path.with_name("catalog-before-1.db")
    earlier.write_bytes(b"of an earlier time")
    Catalog(path).close()
    (copy,) = path.parent.glob("*before*")
    assert copy.name == f"catalog-before-{step + 1}.db"
    assert version(copy) == step
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT title FROM session").fetchall() == [(SESSION["title"],)]


def test_neither_a_new_library_nor_one_of_today_is_copied(tmp_path: Path) -> None:
    for _ in range(2):
        Catalog(tmp_path / "catalog.db").close()
    assert not [*tmp_path.glob("*before*")]


def test_a_step_that_fails_is_undone_whole(library_of: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    path = library_of(len(STEPS))
    broken = (*STEPS, ("CREATE TABLE half (a)", "CREATE TABLE half (a)"))
    monkeypatch.setattr("memex.catalog.schema.STEPS", broken)
    monkeypatch.setattr("memex.catalog.connection.STEPS", broken)
    monkeypatch.setattr("memex.catalog.connection.migrate", lambda db: migrate(db, len(broken)))
    with pytest.raises(CatalogError):
        Catalog(path)
    with closing(sqlite3.connect(path)) as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchall()
    assert version(path) == len(STEPS)


def test_a_copy_that_cannot_be_made_leaves_the_library_as_it_is(library_of: Library) -> None:
    path = library_of(1)
    path.with_name("catalog-before-2.part").mkdir()
    with pytest.raises(CatalogError, match="cannot be copied"):
        Catalog(path)
    assert version(path) == 1


def test_what_exists_nowhere_else_is_synced_and_the_rest_is_not(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:

        def level() -> int:
            return int(catalog._db.execute("PRAGMA synchronous").fetchone()[0])

        with catalog.transaction(durable=True):
            assert level() == 2
        with catalog.transaction():
            assert level() == 1
