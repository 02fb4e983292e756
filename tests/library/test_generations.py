"""Building the next generation beside the current one, and switching to it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from memex.core.errors import IndexingError
from memex.core.library import Stage
from memex.core.search import SearchRequest
from memex.library.generation_build import GenerationBuild
from memex.library.library import Library
from memex.library.search import search
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id

NewLibrary = Callable[[], Library]


def indexed(new_library: NewLibrary, folder: Path) -> Library:
    library = new_library()
    refresh(library, folder)
    return library


def build(library: Library) -> GenerationBuild:
    assert library.vectors is not None
    return GenerationBuild(library, library.vectors.embedder)


def build_whole(library: Library) -> None:
    for _ in build(library).steps():
        pass


def current(library: Library) -> int:
    generation = library.writer.generations.current()
    assert generation is not None
    assert library.vectors is not None
    assert library.vectors.generation.id == generation.id
    return generation.id


def answers(library: Library) -> list[str]:
    with library.searching() as side:
        table = search(library.reader, side, SearchRequest("a linker is missing in the container"))
    assert table.degraded is None
    return [card.id for card in table.cards]


def test_the_next_generation_holds_the_same_and_the_one_before_stays_to_go_back_to(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    assert library.vectors is not None
    before, held, found = current(library), library.vectors.index.ids(), answers(library)
    build_whole(library)
    assert current(library) > before
    assert library.vectors.index.ids() == held
    assert answers(library) == found
    assert library.store.kept() == {before, current(library)}
    build_whole(library)
    assert before not in library.store.kept()


def test_search_goes_on_with_the_old_generation_while_the_next_is_built(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    before, found = current(library), answers(library)
    for progress in build(library).steps():
        assert progress.stage is Stage.BUILD
        assert current(library) == before
        assert answers(library) == found
    assert current(library) != before


def test_a_build_that_was_cut_short_is_carried_on(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    before = current(library)
    next(build(library).steps())
    (unfinished,) = (each for each in library.writer.generations.all() if not each.is_complete)
    library = new_library()
    library.open_vectors()
    assert current(library) == before
    build_whole(library)
    assert current(library) == unfinished.id


def test_a_generation_that_fails_its_check_is_not_switched_to(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = indexed(new_library, folder)
    assert library.vectors is not None
    before, found = current(library), answers(library)
    monkeypatch.setattr(type(library.vectors.index), "count", lambda _: 2)
    with pytest.raises(IndexingError, match=r"holds 2 sessions of 3.*the old one stays in use"):
        build_whole(library)
    monkeypatch.undo()
    assert current(library) == before
    assert answers(library) == found


def test_a_search_under_way_ends_on_the_generation_that_it_began_on(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    switching = threading.Thread(target=build_whole, args=[library])
    with library.searching() as side:
        assert side is not None
        switching.start()
        while library.vectors is side:
            assert side.index.count() == 3
        assert side.index.count() == 3
    switching.join()
    with pytest.raises(IndexingError, match="closed"):
        side.index.count()


def test_directories_that_no_record_knows_are_removed(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    (library.paths.generations / "77").mkdir()
    build_whole(library)
    assert 77 not in library.store.kept()


def test_a_session_that_came_after_the_cut_is_in_the_finished_generation(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    next(build(library).steps())
    TranscriptFile(folder, session_id(4)).prompt("Where is the invoice template?").say("In templates/.")
    refresh(library, folder)
    build_whole(library)
    assert library.vectors is not None
    assert library.vectors.index.count() == 4
