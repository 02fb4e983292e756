"""The corpus through the product's own doors: every real session is in, and search beats full text alone."""

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.core.evaluation import Estimate, Evaluation
from memex.core.library import IndexReport
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.embedding.minilm import DIMENSION
from memex.embedding.prepared import Variant
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256
from memex.library.evaluation.evaluate import BY_SESSION, BY_TURN, Evaluator
from memex.library.evaluation.queries import read_queries
from memex.library.library import Library
from memex.library.parsing import READING_VERSION
from memex.library.refresh import Refresh
from tests.evaluation.judged import QUERIES

SMALL = 0.03
"""One query of a class that answers worse."""
REAL = {("real", "claude"), ("real", "codex")}
NO_TRANSCRIPTS = {
    # A log of pretty-printed JSON, not of JSON lines.
    "claude/slopus+happy/duplicate-assistant-response-2.jsonl",
}


@pytest.fixture(scope="module")
def indexed(
    tmp_path_factory: pytest.TempPathFactory, prepared_models: Path, corpus: Path
) -> Iterator[tuple[Library, IndexReport]]:
    paths = LibraryPaths(tmp_path_factory.mktemp("corpus-library"))
    shutil.copytree(prepared_models, paths.models, copy_function=os.link)
    with Catalog(paths.catalog) as catalog, catalog.transaction():
        catalog.vectors.want(ModelSignature(MODEL_NAME, DIMENSION, WEIGHTS_SHA256, Variant.INT8))
    library = Library(paths.home)
    job = Refresh(library, [corpus.resolve()])
    for _ in job.steps():
        pass
    yield library, job.report()
    library.close()


def test_every_real_session_of_both_agents_is_taken_in(
    indexed: tuple[Library, IndexReport], corpus: Path
) -> None:
    library, report = indexed
    with (corpus / "MANIFEST.csv").open(newline="") as manifest:
        real = {
            row["path"]
            for row in csv.DictReader(manifest)
            if row["kind"] == "real"
            and row["agent"] in ("claude", "codex")
            and row["path"].endswith(".jsonl")
        }
    known = library.reader.sources.stamps(READING_VERSION)
    refused = {failure.path for failure in (*report.failed, *report.skipped)}
    missing = {path for path in real if str(corpus.resolve() / path) in refused}
    assert report.failed == ()
    assert missing <= NO_TRANSCRIPTS
    assert all(str(corpus.resolve() / path) in known for path in real)


@pytest.fixture(scope="module", params=["tune", "test"])
def measured(indexed: tuple[Library, IndexReport], request: pytest.FixtureRequest) -> Evaluation:
    library, _ = indexed
    evaluator = Evaluator(library, heads=False)
    for _ in evaluator.run(read_queries(QUERIES, request.param)):
        pass
    return evaluator.report()


def mean(estimate: Estimate) -> float:
    assert estimate.mean is not None
    return estimate.mean


def ndcg(measured: Evaluation, run: str, kind: str = "overall") -> float:
    return mean(next(each for each in measured.runs if each.name == run).ndcg[kind])


def test_all_lenses_close_half_of_what_plain_full_text_leaves(measured: Evaluation) -> None:
    best = max(ndcg(measured, BY_TURN), ndcg(measured, BY_SESSION), ndcg(measured, "words alone"))
    assert ndcg(measured, "all lenses") >= best + (1 - best) / 2 - SMALL


@pytest.mark.parametrize("kind", ["paraphrase", "identifier"])
def test_paraphrases_and_identifiers_are_found_where_plain_full_text_misses_them(
    measured: Evaluation, kind: str
) -> None:
    best = max(ndcg(measured, BY_TURN, kind), ndcg(measured, BY_SESSION, kind))
    assert ndcg(measured, "all lenses", kind) >= best + 0.1


@pytest.mark.parametrize("kind", ["command", "deep", "error", "identifier", "path", "topic"])
def test_no_class_is_worse_than_full_text_alone(measured: Evaluation, kind: str) -> None:
    assert ndcg(measured, "all lenses", kind) >= ndcg(measured, "words alone", kind) - 2 * SMALL


@pytest.mark.parametrize("kind", ["identifier", "path", "command", "error"])
def test_what_is_quoted_is_nearly_always_the_first_hit(measured: Evaluation, kind: str) -> None:
    assert mean(measured.runs[0].success_at_1[kind]) >= 0.9


def test_right_sessions_open_near_a_right_turn(measured: Evaluation) -> None:
    assert mean(measured.landing["overall"]) >= 0.82


def test_queries_that_nothing_answers_are_told_apart(measured: Evaluation) -> None:
    assert mean(measured.separation) >= 0.9
    assert mean(measured.positives_called_close) >= 0.9
    assert mean(measured.negatives_called_close) <= 0.5
