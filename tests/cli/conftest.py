import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.demo.generate import write_demo
from memex.embedding.minilm import DIMENSION
from memex.embedding.prepared import Variant
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256
from tests.cli.commands import text_of


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, datetime(2026, 11, 21, 12, tzinfo=UTC))
    return folder


@pytest.fixture(scope="session")
def some_of_demo(demo: Path) -> tuple[Path, Path]:
    """A project's sessions with Claude Code, and a month's with Codex."""
    return demo / "claude/projects/-home-robin-work-tollgate", demo / "codex/sessions/2026/09"


@pytest.fixture(scope="session")
def library(
    tmp_path_factory: pytest.TempPathFactory, prepared_models: Path, some_of_demo: tuple[Path, Path]
) -> Path:
    """The home of an indexed library; tests only read it."""
    paths = LibraryPaths(tmp_path_factory.mktemp("cli") / "library")
    shutil.copytree(prepared_models, paths.models, copy_function=os.link)
    with Catalog(paths.catalog) as catalog, catalog.transaction():
        catalog.vectors.want(ModelSignature(MODEL_NAME, DIMENSION, WEIGHTS_SHA256, Variant.INT8))
    text_of(paths.home, "index", *map(str, some_of_demo))
    return paths.home
