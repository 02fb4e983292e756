"""Neighbouring words of a query raise the turns in which they are neighbours, too."""

from pathlib import Path

from memex.catalog.catalog import Catalog
from memex.catalog.fulltext import TurnHit
from memex.library.adjacency import with_neighbours


def ordered(tmp_path: Path, text: str, *bodies: str) -> list[int]:
    """The turns, which BM25 had put in their own order, all alike."""
    with Catalog(tmp_path / "catalog.db") as catalog:
        with catalog.transaction():
            catalog.full_text.replace(1, enumerate(bodies))
        hits = [TurnHit(1, turn, 5.0 - turn / 100) for turn in range(len(bodies))]
        idf = dict.fromkeys(("cargo", "test", "lock", "found", "parallel", "src/lock.rs"), 2.0)
        return [hit.turn for hit in with_neighbours(catalog, hits, text, idf)]


def test_a_command_in_one_piece_comes_before_its_words_apart(tmp_path: Path) -> None:
    apart = "test the lock, then the cargo"
    assert ordered(tmp_path, "cargo test lock", apart, "$ cargo test --lock") == [1, 0]


def test_stop_words_count_beside_words_that_tell_something(tmp_path: Path) -> None:
    apart = "parallel: found that the command is not slow"
    assert ordered(tmp_path, "command not found", apart, "parallel: command not found") == [1, 0]


def test_the_order_stays_where_no_neighbours_are_found(tmp_path: Path) -> None:
    assert ordered(tmp_path, "cargo test", "cargo", "test") == [0, 1]
    assert ordered(tmp_path, "cargo", "cargo", "cargo test") == [0, 1]
    assert ordered(tmp_path, "src/lock.rs", "lock.rs", "src/lock.rs") == [0, 1]
    assert ordered(tmp_path, "[(*", "cargo", "test") == [0, 1]
