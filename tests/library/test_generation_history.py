"""Generations listed, gone back to, dropped, and compared by what was opened."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from memex.core.errors import IndexingError
from memex.core.indexes import GenerationState
from memex.core.search import SearchRequest
from memex.core.settings import QdrantServer, Settings, save_settings
from memex.library.generation_comparison import Comparison
from memex.library.generation_history import drop_generation, list_generations, roll_back
from memex.library.library import Library
from memex.library.reembed import Reembed
from memex.library.search import search
from memex.library.snapshot.exporting import export_snapshot
from memex.library.snapshot.importing import import_snapshot
from tests.index.backends import local_mode_warns
from tests.library.conftest import refresh
from tests.library.servers import failing_client, stores_over
from tests.transcript_files import TranscriptFile, session_id

NewLibrary = Callable[[], Library]

pytestmark = [pytest.mark.usefixtures("three_sessions"), local_mode_warns]


def run(job: Reembed | Comparison) -> None:
    for _ in job.steps():
        pass


@pytest.fixture
def re_embedded(new_library: NewLibrary, folder: Path, small_model: Path) -> Library:
    """With a generation of each of two models; the second is in use."""
    library = new_library()
    refresh(library, folder)
    run(Reembed(library, str(small_model)))
    return library


def numbers(library: Library) -> dict[GenerationState, int]:
    return {each.state: each.id for each in list_generations(library.reader, library.store)}


def compare(library: Library, first: int, second: int):
    comparison = Comparison(library, first, second)
    run(comparison)
    return comparison.report()


def test_a_list_says_what_each_is_of(re_embedded: Library) -> None:
    new, old = list_generations(re_embedded.reader, re_embedded.store)
    assert (new.state, old.state) == (GenerationState.CURRENT, GenerationState.COMPLETE)
    assert (new.sessions, old.sessions) == (3, 3)
    assert new.model.startswith("small-model-32-fp32-")
    assert old.model.startswith("all-minilm-l6-v2-384-int8-")
    assert new.shape != old.shape
    assert new.created_at is not None
    assert old.created_at is not None
    assert new.created_at > old.created_at
    assert 0 < (new.bytes or 0) < (old.bytes or 0) < 100_000_000


def test_going_back_brings_back_the_model_and_what_came_since_is_added(
    re_embedded: Library, folder: Path, new_library: NewLibrary
) -> None:
    library = re_embedded
    before = numbers(library)
    TranscriptFile(folder, session_id(4)).prompt("Where is the invoice template?").say("In templates/.")
    refresh(library, folder)
    roll_back(library)
    assert numbers(library) == {
        GenerationState.CURRENT: before[GenerationState.COMPLETE],
        GenerationState.COMPLETE: before[GenerationState.CURRENT],
    }
    assert library.vectors is not None
    assert library.vectors.model == library.writer.vectors.wanted()
    assert (library.vectors.model.dimension, library.vectors.index.count()) == (384, 3)
    with library.searching() as side:
        table = search(library.reader, side, SearchRequest("a linker is missing"))
    assert table.degraded is None
    assert refresh(library, folder).texts_embedded > 0
    assert library.vectors.index.count() == 4
    library = new_library()
    library.open_vectors()
    assert library.vectors is not None
    assert library.vectors.model.dimension == 384
    roll_back(library, before[GenerationState.CURRENT])
    assert library.vectors.model.dimension == 32


def test_what_cannot_be_gone_back_to_is_refused_and_nothing_changes(
    re_embedded: Library, small_model: Path
) -> None:
    before = numbers(re_embedded)
    with pytest.raises(IndexingError, match="no generation 99"):
        roll_back(re_embedded, 99)
    with pytest.raises(IndexingError, match="in use already"):
        roll_back(re_embedded, before[GenerationState.CURRENT])
    drop_generation(re_embedded, before[GenerationState.COMPLETE])
    with pytest.raises(IndexingError, match="no generation to go back to"):
        roll_back(re_embedded)
    assert re_embedded.vectors is not None
    assert re_embedded.vectors.index.count() == 3


def test_one_in_another_store_is_listed_but_not_gone_back_to(
    re_embedded: Library, new_library: NewLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = numbers(re_embedded)[GenerationState.COMPLETE]
    settings = re_embedded.paths.settings
    with failing_client() as client:
        stores_over(client, monkeypatch)
        save_settings(settings, Settings(server=QdrantServer("http://localhost:6333")))
        library = new_library()
        refresh(library, folder)
        current, old = list_generations(library.reader, library.store)
        assert (current.state, old.id, old.bytes) == (GenerationState.CURRENT, behind, None)
        with pytest.raises(IndexingError, match="no generation to go back to"):
            roll_back(library)
        with pytest.raises(IndexingError, match="another backend"):
            roll_back(library, behind)
        with pytest.raises(IndexingError, match="another backend"):
            compare(library, current.id, behind)
        assert library.vectors is not None
        assert library.vectors.index.count() == 3
        save_settings(settings, Settings())
        library = new_library()
        refresh(library, folder)
        roll_back(library)
        assert numbers(library)[GenerationState.CURRENT] == behind


def test_one_that_is_dropped_takes_the_vectors_that_only_it_was_made_of(re_embedded: Library) -> None:
    before = numbers(re_embedded)
    with pytest.raises(IndexingError, match="is in use"):
        drop_generation(re_embedded, before[GenerationState.CURRENT])
    drop_generation(re_embedded, before[GenerationState.COMPLETE])
    assert numbers(re_embedded) == {GenerationState.CURRENT: before[GenerationState.CURRENT]}
    assert re_embedded.store.kept() == {before[GenerationState.CURRENT]}
    with sqlite3.connect(re_embedded.paths.catalog) as db:
        (models,) = db.execute("SELECT count(DISTINCT model) FROM vector").fetchone()
    assert models == 1


def test_two_are_compared_by_what_was_opened(re_embedded: Library) -> None:
    library, ids = re_embedded, numbers(re_embedded)
    new, old = ids[GenerationState.CURRENT], ids[GenerationState.COMPLETE]
    nothing = compare(library, old, new)
    assert (nothing.queries, nothing.first.ndcg, nothing.second.ndcg) == (0, None, None)
    asked = {"neural network optimisation": 3, "compiler toolchain absent": 1, "visitor preferences": 2}
    for query, number in asked.items():
        key = library.reader.sessions.resolve(session_id(number))
        library.record_opened(query, key)
        library.record_opened(query, key)
        library.record_opened(query, 999)
    compared = compare(library, old, new)
    assert (compared.queries, compared.opened) == (3, 3)
    assert (compared.first.id, compared.second.id) == (old, new)
    assert compared.first.ndcg == 1.0
    assert compared.second.ndcg is not None
    assert 0.5 <= compared.second.ndcg < 1.0
    assert compared.better == 0 < compared.worse
    same = compare(library, new, new)
    assert same.first == same.second
    assert library.vectors is not None
    assert library.vectors.index.count() == 3


def test_what_was_opened_goes_with_its_session_and_into_no_snapshot(
    re_embedded: Library, tmp_path: Path, folder: Path
) -> None:
    library = re_embedded
    first, second = (library.reader.sessions.resolve(session_id(number)) for number in (1, 2))
    library.record_opened("linker", first)
    library.record_opened("very private question", second)
    for with_texts in (True, False):
        file = tmp_path / f"{with_texts}.snapshot"
        export_snapshot(library.paths, file, with_texts=with_texts, tell=lambda _: None)
        other = Library(tmp_path / f"other-{with_texts}")
        import_snapshot(other, file, replace=True, path_map={}, tell=lambda _: None)
        assert other.writer.opened_results.by_query() == {}
        other.close()
        assert b"very private question" not in other.paths.catalog.read_bytes()
    with library.writer.transaction():
        library.writer.sessions.delete(second)
    assert library.writer.opened_results.by_query() == {"linker": {first: 1}}
