"""Another embedding model for a library: beside the old one, resumable, and never mixed with it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from memex.core.errors import SessionNotFoundError
from memex.core.indexes import ReembedReport, ReembedState
from memex.core.library import Stage
from memex.core.search import SearchRequest
from memex.core.settings import Settings, save_settings
from memex.embedding.onnx_embedder import OnnxEmbedder
from memex.embedding.sentence_transformers_embedder import SentenceTransformersEmbedder
from memex.library import embedding
from memex.library.library import Library
from memex.library.reembed import Reembed
from memex.library.search import search
from tests.library.conftest import refresh
from tests.transcript_files import TranscriptFile, session_id

NewLibrary = Callable[[], Library]
DEFAULT = "all-MiniLM-L6-v2"

pytestmark = pytest.mark.usefixtures("three_sessions")


def indexed(new_library: NewLibrary, folder: Path) -> Library:
    library = new_library()
    refresh(library, folder)
    return library


def reembed(library: Library, model: Path | str | None, **options: object) -> ReembedReport:
    job = Reembed(library, str(model) if model else None, **options)
    for _ in job.steps():
        pass
    return job.report()


def answers(library: Library) -> list[str]:
    with library.searching() as side:
        assert side is not None
        assert side.generation.model == side.model.key
        table = search(library.reader, side, SearchRequest("a linker is missing in the container"))
    assert table.degraded is None
    return [card.id for card in table.cards]


def vectors(library: Library) -> dict[tuple[str, bytes], bytes]:
    with sqlite3.connect(library.paths.catalog) as db:
        return {(model, key): blob for model, key, blob in db.execute("SELECT * FROM vector")}


def texts(library: Library) -> int:
    with sqlite3.connect(library.paths.catalog) as db:
        return int(db.execute("SELECT count(DISTINCT hash) FROM lens_text").fetchone()[0])


def dump(library: Library) -> list[str]:
    with sqlite3.connect(library.paths.catalog) as db:
        return list(db.iterdump())


def test_searches_use_the_old_model_until_all_is_there_and_the_new_one_after(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    library = indexed(new_library, folder)
    assert library.vectors is not None
    before, old = vectors(library), library.vectors
    found = answers(library)
    stages = []
    job = Reembed(library, str(small_model), batch=4)
    for progress in job.steps():
        stages.append(progress.stage)
        assert library.vectors is old
        assert answers(library) == found
    report = job.report()
    assert (report.state, report.reason, report.skipped) == (ReembedState.DONE, None, ())
    assert report.embedded == report.texts == report.without_vectors == texts(library)
    assert report.batches == -(-report.texts // 4)
    assert report.target is not None
    assert (report.target.name, report.target.dimension) == ("small-model", 32)
    assert set(stages) == {Stage.REEMBED, Stage.BUILD}
    assert library.vectors.model == library.writer.vectors.wanted() == report.target
    assert library.vectors.generation.id == report.switched_to
    assert library.vectors.index.count() == 3
    assert len(answers(library)) == 3
    assert before.items() <= vectors(library).items()


def test_one_that_was_killed_is_carried_on_and_ends_as_an_undisturbed_one(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    library = indexed(new_library, folder)
    steps = Reembed(library, str(small_model), batch=2).steps()
    for _ in range(3):
        next(steps)
    done = len(vectors(library)) - texts(library)
    assert done == 4
    status = library.status(library.writer)
    assert status.reembed is not None
    assert (status.reembed.done, status.reembed.texts) == (done, texts(library))
    library = new_library()
    library.open_vectors()
    assert library.vectors is not None
    assert library.vectors.model.dimension == 384
    report = reembed(library, small_model, batch=2)
    assert report.state is ReembedState.DONE
    assert (report.with_vectors, report.embedded) == (done, texts(library) - done)
    assert library.status(library.writer).reembed is None
    disturbed = vectors(library)
    reembed(library, DEFAULT)
    library.writer.generations.drop(library.writer.generations.all()[1])
    library.writer.vectors.forget_unused(report.target.key if report.target else "")
    assert len(vectors(library)) == texts(library)
    reembed(library, small_model)
    for key, blob in vectors(library).items():
        np.testing.assert_allclose(
            np.frombuffer(blob, np.float32), np.frombuffer(disturbed[key], np.float32), atol=1e-5
        )


def test_a_switch_that_was_killed_is_made_by_the_next_run(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    library = indexed(new_library, folder)
    for progress in Reembed(library, str(small_model)).steps():
        if progress.stage is Stage.BUILD:
            break
    library = new_library()
    report = reembed(library, small_model)
    assert (report.state, report.embedded) == (ReembedState.DONE, 0)
    assert len(answers(library)) == 3


def test_the_librarys_own_model_is_told_without_being_run(
    new_library: NewLibrary, folder: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = indexed(new_library, folder)
    reembed(library, small_model)
    monkeypatch.setattr(SentenceTransformersEmbedder, "__init__", lambda *_: pytest.fail("it was loaded"))
    before = dump(library)
    report = reembed(library, small_model)
    assert report.state is ReembedState.UNCHANGED
    assert report.current == report.target
    assert dump(library) == before
    monkeypatch.undo()
    assert reembed(library, DEFAULT).embedded == 0  # its vectors are still there
    monkeypatch.setattr(OnnxEmbedder, "__init__", lambda *_: pytest.fail("it was loaded"))
    assert reembed(library, f"sentence-transformers/{DEFAULT}").state is ReembedState.UNCHANGED


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    library = indexed(new_library, folder)
    before, bytes_before = dump(library), library.paths.catalog.read_bytes()
    files = sorted(library.paths.home.rglob("*"))
    report = reembed(library, small_model, dry_run=True, batch=5)
    assert report.state is ReembedState.PLANNED
    assert (report.texts, report.with_vectors, report.without_vectors) == (texts(library), 0, texts(library))
    assert report.batches == -(-texts(library) // 5)
    assert report.current is not None
    assert report.target is not None
    assert (report.current.dimension, report.target.dimension) == (384, 32)
    assert report.disk_bytes > report.texts * 32 * 4
    assert report.probe_texts == min(32, texts(library))
    assert report.probe_texts_per_second
    assert report.seconds_estimated == pytest.approx(report.texts / report.probe_texts_per_second, abs=0.1)
    assert (dump(library), library.paths.catalog.read_bytes()) == (before, bytes_before)
    assert sorted(library.paths.home.rglob("*")) == files


def failing_with(poison: str, encode: Callable[..., object]) -> Callable[..., object]:
    def failing(self: object, batch: list[str]) -> object:
        if any(poison in text for text in batch):
            raise RuntimeError("index out of range in self")
        return encode(self, batch)

    return failing


def test_a_text_that_the_model_cannot_take_costs_only_itself_and_the_switch(
    new_library: NewLibrary, folder: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = indexed(new_library, folder)
    found = answers(library)
    encode = SentenceTransformersEmbedder.encode
    monkeypatch.setattr(SentenceTransformersEmbedder, "encode", failing_with("NaN after two", encode))
    report = reembed(library, small_model)
    assert report.state is ReembedState.INCOMPLETE
    assert "old model stays in use" in (report.reason or "")
    assert {skipped.session for skipped in report.skipped} == {session_id(3)}
    assert all("index out of range" in skipped.reason for skipped in report.skipped)
    assert report.embedded == report.texts - len(report.skipped)
    assert (answers(library), report.switched_to) == (found, None)
    monkeypatch.undo()
    again = reembed(library, small_model)
    assert (again.state, again.embedded) == (ReembedState.DONE, len(report.skipped))


def test_vectors_that_are_no_numbers_are_not_kept(
    new_library: NewLibrary, folder: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = indexed(new_library, folder)
    monkeypatch.setattr(
        SentenceTransformersEmbedder, "encode", lambda _, batch: np.full((len(batch), 32), np.nan)
    )
    monkeypatch.setattr(embedding, "MAX_FAILURES_IN_A_ROW", 3)
    before = vectors(library)
    report = reembed(library, small_model)
    assert report.state is ReembedState.INCOMPLETE
    assert "fails with every text (the model made no numbers of it)" in (report.reason or "")
    assert vectors(library) == before


def test_a_text_beyond_the_cap_is_skipped_with_its_session(
    new_library: NewLibrary, folder: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TranscriptFile(folder, session_id(4)).prompt("A long story " * 30)
    library = indexed(new_library, folder)
    monkeypatch.setattr(embedding, "MAX_TEXT_BYTES", 250)
    report = reembed(library, small_model)
    assert report.state is ReembedState.INCOMPLETE
    assert {skipped.session for skipped in report.skipped} == {session_id(4)}
    assert "bytes" in report.skipped[0].reason
    assert report.switched_to is not None
    assert session_id(4) in {card.id for card in library.reader.sessions.cards(range(9)).values()}
    assert len(answers(library)) == 3


def test_texts_whose_words_are_elsewhere_are_skipped_and_never_embedded_as_nothing(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    """As a snapshot without texts brings them."""
    library = indexed(new_library, folder)
    key = library.writer.sessions.resolve(session_id(2))
    with sqlite3.connect(library.paths.catalog) as db:
        (count,) = db.execute(
            "SELECT count(DISTINCT hash) FROM lens_text WHERE session = ?", (key,)
        ).fetchone()
        db.execute("UPDATE lens_text SET body = '' WHERE session = ?", (key,))
    report = reembed(library, small_model)
    assert report.embedded == report.texts - count
    assert len(report.skipped) == count
    assert {skipped.session for skipped in report.skipped} == {session_id(2)}
    assert "without its words" in report.skipped[0].reason
    assert report.switched_to is not None
    assert library.vectors is not None
    assert library.vectors.index.count() == 2
    assert refresh(library, folder).texts_embedded == 0
    assert library.status(library.writer).texts_waiting == 0


def test_a_projects_texts_alone_are_not_switched_to_until_the_rest_follow(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    library = indexed(new_library, folder)
    report = reembed(library, small_model, project="shop")
    assert report.state is ReembedState.INCOMPLETE
    assert 0 < report.embedded == report.texts < texts(library)
    rest = texts(library) - report.embedded
    assert f"{rest:,} texts of other projects" in (report.reason or "")
    assert report.switched_to is None
    assert reembed(library, small_model).embedded == rest
    with pytest.raises(SessionNotFoundError, match="“nowhere”"):
        reembed(library, DEFAULT, project="nowhere")


def test_sessions_that_come_meanwhile_are_embedded_under_both(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    library = indexed(new_library, folder)
    steps = Reembed(library, str(small_model), batch=3).steps()
    next(steps)
    TranscriptFile(folder, session_id(4)).prompt("Where is the invoice template?").say("In templates/.")
    assert refresh(library, folder).new == 1
    assert library.vectors is not None
    assert (library.vectors.model.dimension, library.vectors.index.count()) == (384, 4)
    for _ in steps:
        pass
    assert (library.vectors.model.dimension, library.vectors.index.count()) == (32, 4)
    assert refresh(library, folder).texts_embedded == 0


def test_a_model_that_is_not_named_or_not_there_is_said(
    new_library: NewLibrary, folder: Path, tmp_path: Path
) -> None:
    library = indexed(new_library, folder)
    before = dump(library)
    assert reembed(library, None).state is ReembedState.NO_MODEL
    report = reembed(library, tmp_path / "nowhere")
    assert report.state is ReembedState.NOT_LOADED
    assert "cannot be opened" in (report.reason or "")
    assert dump(library) == before


def test_the_option_beats_the_setting_which_beats_the_default(new_library: NewLibrary, folder: Path) -> None:
    library = indexed(new_library, folder)

    def batch_of(option: int) -> int:
        return reembed(library, DEFAULT, batch=option).batch

    assert (batch_of(7), batch_of(0)) == (7, 64)
    save_settings(library.paths.settings, msgspec.structs.replace(Settings(), embed_batch=21))
    assert (batch_of(7), batch_of(0)) == (7, 21)


def test_settings_that_name_another_model_are_told_what_to_do(
    new_library: NewLibrary, folder: Path, small_model: Path
) -> None:
    library = indexed(new_library, folder)
    assert library.status(library.reader).model_advice is None
    save_settings(library.paths.settings, Settings(model=str(small_model)))
    advice = library.status(library.reader).model_advice
    assert f"run `memex reembed --model {small_model}`" in (advice or "")
    assert reembed(library, None).state is ReembedState.DONE
    assert library.status(library.reader).model_advice is None


def test_a_library_whose_own_model_is_gone_can_change_over(
    new_library: NewLibrary, folder: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed(new_library, folder)
    library = new_library()
    assert library.vectors is None
    report = reembed(library, small_model)
    assert report.state is ReembedState.DONE
    assert len(answers(library)) == 3
