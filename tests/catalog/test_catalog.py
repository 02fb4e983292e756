"""What the catalog promises: all of a transaction or none, newer libraries refused, files known again."""

import sqlite3
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.catalog.schema import STEPS
from memex.catalog.sessions import SessionOrigin
from memex.catalog.sources import Source, SourceState
from memex.core.errors import CatalogError, NewerLibraryError, SessionNotFoundError
from memex.core.filters import Field, Filters, Order, one_of
from memex.core.session import Session
from tests.sessions import prompt, session


@pytest.fixture
def catalog(tmp_path: Path):
    with Catalog(tmp_path / "catalog.db") as opened:
        yield opened


def write(catalog: Catalog, value: Session) -> int:
    with catalog.transaction():
        key, _ = catalog.sessions.write(value, SessionOrigin("/t.jsonl", b"h"))
    return key


def test_an_interrupted_transaction_leaves_nothing(catalog: Catalog) -> None:
    def interrupted() -> None:
        with catalog.transaction():
            catalog.sessions.write(session("a"), SessionOrigin("/t", b"h"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert catalog.sessions.count() == 0


def test_a_library_from_a_newer_memex_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    Catalog(path).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    db.close()
    with pytest.raises(NewerLibraryError, match="newer Memex"):
        Catalog(path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    path.write_bytes(b"not a database, " * 100)
    with pytest.raises(CatalogError, match=r"catalog\.db is damaged"):
        Catalog(path)


def test_a_session_written_again_keeps_its_key(catalog: Catalog) -> None:
    first = write(catalog, session("a", title="before"))
    again = write(catalog, session("a", prompt(0, "x"), title="after"))
    (card,) = catalog.sessions.cards([first]).values()
    assert (again, card.title, card.turn_count) == (first, "after", 1)


def test_a_session_is_found_by_a_beginning_of_its_id_that_only_it_has(catalog: Catalog) -> None:
    key = write(catalog, session("abc-1"))
    write(catalog, session("abd-2"))
    assert catalog.sessions.resolve("abc") == key
    with pytest.raises(SessionNotFoundError, match="Several"):
        catalog.sessions.resolve("ab")
    for unknown in ("", "zzz", "%", "_bc-1"):
        with pytest.raises(SessionNotFoundError, match="No session"):
            catalog.sessions.resolve(unknown)


def test_lists_are_newest_first_without_helpers_and_subagents(catalog: Catalog) -> None:
    write(catalog, session("main"))
    write(catalog, session("helper", is_helper=True))
    write(catalog, session("child", is_subagent=True, parent_id="main"))
    cards, total = catalog.sessions.listed(Filters(), Order.NEWEST, 10)
    assert ([card.id for card in cards], total) == (["main"], 1)


def test_filters_widen_within_a_field_and_narrow_across_fields(catalog: Catalog) -> None:
    here = write(catalog, session("a", project_path="/p/here"))
    there = write(catalog, session("b", project_path="/p/there"))
    write(catalog, session("c", project_path="/p/elsewhere"))
    assert catalog.sessions.keys_where(Filters(one_of(Field.PROJECT, ("here", "there")))) == {here, there}
    assert (
        catalog.sessions.keys_where(
            Filters(one_of(Field.PROJECT, ("here",)) + one_of(Field.AGENT, ("codex",)))
        )
        == set()
    )


def test_a_file_is_known_by_size_and_time_to_the_readers_that_read_it(catalog: Catalog) -> None:
    with catalog.transaction():
        catalog.sources.record(Source("/t.jsonl", 10, 20), reader_version=1)
        catalog.sources.record(Source("/bad", 1, 2, SourceState.FAILED, "why"), reader_version=1)
    assert catalog.sources.stamps(1) == {"/t.jsonl": (10, 20), "/bad": (1, 2)}
    assert catalog.sources.stamps(2) == {}
    assert [failure.reason for failure in catalog.sources.in_state(SourceState.FAILED)] == ["why"]
