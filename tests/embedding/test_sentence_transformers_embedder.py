"""Any other model behind the same protocol."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from memex.core.errors import ModelError
from memex.embedding.protocol import Embedder
from memex.embedding.sentence_transformers_embedder import open_sentence_transformers, weights_sha256_of
from memex.embedding.weights import WEIGHTS_SHA256
from tests.embedding.varied_texts import VARIED_TEXTS
from tests.small_model import make_small_model

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of random weights with 32 dimensions that nobody has published."""
    return make_small_model(tmp_path_factory.mktemp("other") / "other-model")


def test_the_same_weights_give_the_same_vectors_and_hash_as_our_own_runtime(
    packaged_model: Path, fp32: Embedder
) -> None:
    embedder = open_sentence_transformers(packaged_model)
    texts = VARIED_TEXTS[:12]
    assert np.sum(embedder.encode(texts) * fp32.encode(texts), axis=1).min() >= 0.9999
    assert embedder.signature.weights_sha256 == WEIGHTS_SHA256
    assert embedder.max_tokens == 256
    embedder.close()


def test_another_model_is_told_by_its_own_signature(other_model: Path) -> None:
    embedder = open_sentence_transformers(other_model)
    assert embedder.signature.name == "other-model"
    assert embedder.signature.dimension == 32
    assert embedder.signature.weights_sha256 == weights_sha256_of(other_model)
    assert embedder.max_tokens == 64
    embedder.close()


def test_another_model_keeps_the_promises_of_the_protocol(other_model: Path) -> None:
    embedder: Embedder = open_sentence_transformers(other_model)
    vectors = embedder.encode([*VARIED_TEXTS[:8], "lone \ud83d surrogate"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors.dtype == np.float32
    assert embedder.encode([]).shape == (0, 32)
    embedder.close()


def test_a_name_is_found_in_the_hub_clients_cache_without_a_network(
    other_model: Path, tmp_path: Path
) -> None:
    """In a process of its own: the hub client reads the place of its cache once, when it is imported."""
    repository = tmp_path / "hub" / "models--me--other"
    shutil.copytree(other_model, repository / "snapshots" / "abc123")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    program = (
        "from memex.embedding.sentence_transformers_embedder import open_sentence_transformers as o;"
        "s = o('me/other').signature; print(s.name, s.dimension, s.weights_sha256)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"HF_HUB_CACHE": str(tmp_path / "hub")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["me/other", "32", weights_sha256_of(other_model)]


def test_a_folder_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be opened: give the folder"):
        open_sentence_transformers(tmp_path)


def test_without_consent_an_unknown_name_is_one_sentence() -> None:
    with pytest.raises(ModelError, match=r"someone/unpublished cannot be opened: .* or allow its download"):
        open_sentence_transformers("someone/unpublished")


def test_without_the_extra_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match=r"pip install 'memex\[models\]'"):
        open_sentence_transformers("someone/unpublished")


def test_a_changed_shard_changes_the_hash(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"model-{number}.safetensors").write_bytes(bytes([number]) * 100)
    before = weights_sha256_of(tmp_path)
    (tmp_path / "model-2.safetensors").write_bytes(b"changed")
    assert weights_sha256_of(tmp_path) != before


def test_a_model_without_weights_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no weights"):
        weights_sha256_of(tmp_path)
