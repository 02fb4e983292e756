"""The real model, prepared once for all tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memex.embedding.minilm import open_minilm
from memex.embedding.protocol import Embedder
from tests.small_model import packaged_weights


@pytest.fixture(scope="session")
def packaged_model() -> Path:
    """The folder of the packaged weights."""
    return packaged_weights()


@pytest.fixture(scope="session")
def prepared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds all that can be prepared; read it, do not change it."""
    cache = tmp_path_factory.mktemp("models")
    open_minilm(cache, variant="int8").close()
    return cache


@pytest.fixture(scope="session")
def fp32(prepared_cache: Path) -> Iterator[Embedder]:
    embedder = open_minilm(prepared_cache, variant="fp32")
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def int8(prepared_cache: Path) -> Iterator[Embedder]:
    embedder = open_minilm(prepared_cache, variant="int8")
    yield embedder
    embedder.close()
