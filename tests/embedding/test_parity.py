"""The same vectors as sentence-transformers makes, which is what the model was published with."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from memex.embedding.protocol import Embedder
from tests.embedding.varied_texts import VARIED_TEXTS

Vectors = NDArray[np.float32]


@pytest.fixture(scope="module")
def reference(packaged_model: Path) -> Vectors:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_model), device="cpu", local_files_only=True)
    return np.asarray(model.encode(list(VARIED_TEXTS), batch_size=8, normalize_embeddings=True))


def cosines(left: Vectors, right: Vectors) -> Vectors:
    products: Vectors = np.sum(left * right, axis=1)
    return products / np.linalg.norm(left, axis=1) / np.linalg.norm(right, axis=1)


def test_fp32_vectors_are_those_of_sentence_transformers(fp32: Embedder, reference: Vectors) -> None:
    assert cosines(fp32.encode(VARIED_TEXTS), reference).min() >= 0.9999


def test_int8_vectors_are_close_to_those_of_sentence_transformers(int8: Embedder, reference: Vectors) -> None:
    agreement = cosines(int8.encode(VARIED_TEXTS), reference)
    assert {text: c for text, c in zip(VARIED_TEXTS, agreement, strict=True) if c < 0.97} == {}


def test_int8_ranks_as_fp32_does(fp32: Embedder, int8: Embedder) -> None:
    """Each text's nearest neighbour is, with few exceptions, the same."""

    def nearest(vectors: Vectors) -> NDArray[np.int64]:
        similarity = vectors @ vectors.T
        np.fill_diagonal(similarity, -1)
        order: NDArray[np.int64] = similarity.argmax(axis=1)
        return order

    same = nearest(fp32.encode(VARIED_TEXTS)) == nearest(int8.encode(VARIED_TEXTS))
    assert same.mean() >= 0.8
