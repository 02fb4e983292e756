"""Encoding: order, shapes, lengths, and inputs that nobody meant to give."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from memex.embedding.onnx_embedder import MAX_CHARS
from memex.embedding.protocol import Embedder
from tests.embedding.varied_texts import VARIED_TEXTS


@pytest.fixture(params=["fp32", "int8"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    opened: Embedder = request.getfixturevalue(request.param)
    return opened


def test_rows_have_length_one_and_are_never_nan(embedder: Embedder) -> None:
    vectors = embedder.encode(VARIED_TEXTS)
    assert vectors.shape == (len(VARIED_TEXTS), embedder.signature.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, 384)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(embedder: Embedder) -> None:
    together = embedder.encode(VARIED_TEXTS)
    alone = np.concatenate([embedder.encode([text]) for text in VARIED_TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_what_lies_beyond_the_last_token_changes_nothing(fp32: Embedder) -> None:
    head = "word " * (fp32.max_tokens - 2)
    with_tail, without, shorter = fp32.encode([head + "and a tail", head, "word " * 100 + "and a tail"])
    np.testing.assert_allclose(with_tail, without, atol=1e-5)
    assert not np.allclose(shorter, without, atol=1e-3)


def test_a_text_of_megabytes_costs_no_more_than_its_beginning(fp32: Embedder) -> None:
    huge = "timeout while reading from upstream " * 200_000
    np.testing.assert_allclose(fp32.encode([huge]), fp32.encode([huge[:MAX_CHARS]]), atol=1e-5)


def test_lone_surrogates_are_read_as_question_marks(fp32: Embedder) -> None:
    np.testing.assert_allclose(
        fp32.encode(["broken \ud83d emoji"]), fp32.encode(["broken ? emoji"]), atol=1e-5
    )


def test_threads_may_share_an_embedder(fp32: Embedder) -> None:
    expected = fp32.encode(VARIED_TEXTS[:20])
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: fp32.encode([text])[0], VARIED_TEXTS[:20]))
    np.testing.assert_allclose(np.stack(rows), expected, atol=1e-5)


def test_signatures_tell_the_variants_apart(fp32: Embedder, int8: Embedder) -> None:
    assert fp32.signature.key == "all-minilm-l6-v2-384-fp32-53aa51172d14"
    assert int8.signature.key == "all-minilm-l6-v2-384-int8-53aa51172d14"
