"""The corpus through the product's own doors: every real session is in, and search beats full text alone."""

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.core.lenses import Lane
from memex.core.library import IndexReport
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.embedding.minilm import DIMENSION
from memex.embedding.prepared import Variant
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256
from memex.library.library import Library
from memex.library.parsing import READING_VERSION
from memex.library.refresh import Refresh
from tests.evaluation.measure import by_all_lenses, by_lane, measure, read_queries

MARGIN = 0.03
"""nDCG@10 that all lenses together are above full text by turn, which is the best single lane."""
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


@pytest.mark.parametrize("split", ["tune", "test"])
def test_all_lenses_together_beat_full_text_alone(
    indexed: tuple[Library, IndexReport], corpus: Path, split: str
) -> None:
    library, _ = indexed
    orders = {"all": by_all_lenses, "words": by_lane(Lane.WORDS)}
    found = measure(library, corpus.resolve(), read_queries(split), orders)
    assert found["all"].mean_ndcg() >= found["words"].mean_ndcg() + MARGIN
    assert found["all"].mean_ndcg("paraphrase") >= found["words"].mean_ndcg("paraphrase") + 0.2
    for kind in ("command", "deep", "identifier", "path", "topic"):
        assert found["all"].mean_ndcg(kind) >= found["words"].mean_ndcg(kind) - MARGIN
