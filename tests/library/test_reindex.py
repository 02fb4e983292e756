"""Texts by today's rules, and a new index of the vectors that there are."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from memex.core.indexes import ReindexReport
from memex.core.library import Stage
from memex.core.settings import Budgets, Settings, save_settings
from memex.index.errors import IndexUnreachableError
from memex.library.library import Library
from memex.library.reindex import Reindex
from tests.derived_rows import derived_rows
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id

NewLibrary = Callable[[], Library]

LONG = "Why is the training loss NaN? " + " ".join(f"Step {step} gave {step * 7}." for step in range(90))


def indexed(new_library: NewLibrary, folder: Path) -> Library:
    library = new_library()
    refresh(library, folder)
    return library


def reindex(library: Library) -> ReindexReport:
    job = Reindex(library)
    for _ in job.steps():
        pass
    return job.report()


def shorter_passages(library: Library) -> None:
    save_settings(library.paths.settings, Settings(budgets=Budgets(passage_chars=200)))


def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memex.library.embedders.open_model", lambda *_: pytest.fail("a model was opened"))


def test_under_the_same_rules_all_is_as_it_was_and_the_index_is_a_new_one(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = indexed(new_library, folder)
    before = derived_rows(library.paths.catalog)
    generation = library.writer.generations.current()
    assert generation is not None
    library = new_library()
    no_model(monkeypatch)
    report = reindex(library)
    assert (report.sessions, report.reread, report.changed) == (3, 3, 0)
    assert (report.failed, report.waiting, report.index_failure, report.cancelled) == ((), (), None, False)
    assert report.generation == generation.id + 1
    assert report.indexed == 3
    after = derived_rows(library.paths.catalog)
    assert {name: rows for name, rows in after.items() if name != "indexed"} == {
        name: rows for name, rows in before.items() if name != "indexed"
    }
    assert sorted(after["indexed"]) == sorted(2 * before["indexed"])
    monkeypatch.undo()
    library.open_vectors()
    assert library.vectors is not None
    assert library.vectors.generation.id == report.generation
    assert library.vectors.index.count() == 3


def test_sessions_whose_texts_are_others_by_todays_rules_wait_for_the_next_refresh(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    TranscriptFile(folder, session_id(4)).prompt(LONG)
    library = indexed(new_library, folder)
    before = {row for row in derived_rows(library.paths.catalog)["lens texts"] if row[0] != session_id(4)}
    shorter_passages(library)
    job = Reindex(library)
    stages = [progress.stage for progress in job.steps()]
    report = job.report()
    assert list(dict.fromkeys(stages)) == [Stage.REREAD, Stage.BUILD]
    assert (report.reread, report.changed, report.waiting) == (4, 1, (session_id(4),))
    assert report.indexed == 3
    assert before <= set(derived_rows(library.paths.catalog)["lens texts"])
    assert refresh(library, folder).texts_embedded > 0
    assert library.vectors is not None
    assert library.vectors.index.count() == 4


def test_what_is_gone_or_has_grown_is_read_from_the_copy(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    before = derived_rows(library.paths.catalog)
    three_sessions[0].path.unlink()
    three_sessions[1].prompt("And one more thing").say("Done")
    with sqlite3.connect(library.paths.catalog) as db:
        db.execute("DELETE FROM turn_text")
    report = reindex(library)
    assert (report.reread, report.changed, report.failed) == (3, 0, ())
    assert derived_rows(library.paths.catalog)["turns"] == before["turns"]
    assert derived_rows(library.paths.catalog)["source"] == before["source"]
    assert refresh(library, folder).changed == 1


def test_a_session_that_cannot_be_read_again_stays_and_is_listed(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    before = derived_rows(library.paths.catalog)
    three_sessions[0].path.unlink()
    with sqlite3.connect(library.paths.catalog) as db:
        db.execute("DELETE FROM archive")
        db.execute(
            "INSERT INTO archive SELECT content_hash, 9, x'00' FROM session WHERE id = ?", [session_id(2)]
        )
    report = reindex(library)
    assert report.reread == 1
    reasons = {failure.session: failure.reason for failure in report.failed}
    assert reasons.keys() == {session_id(1), session_id(2)}
    assert "kept no copy" in reasons[session_id(1)]
    assert report.indexed == 3
    assert derived_rows(library.paths.catalog)["lens texts"] == before["lens texts"]


def test_an_index_that_cannot_be_reached_costs_the_second_phase_alone(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = indexed(new_library, folder)
    with sqlite3.connect(library.paths.catalog) as db:
        db.execute("DELETE FROM turn_text")

    def unreachable(*_: object) -> None:
        raise IndexUnreachableError("Qdrant does not answer: start it.")

    monkeypatch.setattr(type(library.store), "create", unreachable)
    current = library.writer.generations.current()
    report = reindex(library)
    assert (report.reread, report.generation, report.cancelled) == (3, None, False)
    assert report.index_failure == "Qdrant does not answer: start it."
    assert derived_rows(library.paths.catalog)["turns"]
    assert library.writer.generations.current() == current
    monkeypatch.undo()
    assert reindex(library).index_failure is None


def test_an_empty_library_is_nothing_to_do(new_library: NewLibrary) -> None:
    report = reindex(new_library())
    assert (report.sessions, report.reread, report.failed, report.generation) == (0, 0, (), None)


def test_one_that_was_stopped_leaves_the_index_as_it_is(
    new_library: NewLibrary, folder: Path, three_sessions: list[TranscriptFile]
) -> None:
    library = indexed(new_library, folder)
    current = library.writer.generations.current()
    job = Reindex(library)
    steps = job.steps()
    next(steps)
    next(steps)
    steps.close()
    assert job.report().cancelled
    assert library.writer.generations.current() == current
    assert reindex(library).reread == 3
