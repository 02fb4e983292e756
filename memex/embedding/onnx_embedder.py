"""Runs a prepared graph with onnxruntime."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from memex.core.models import ModelSignature
from memex.embedding.word_pieces import encodable, load_tokenizer_file

MAX_TOKENS = 256
"""The model's own `max_seq_length`."""
MAX_CHARS = 20_000
"""Read of one text: 256 word pieces are near 1,000 characters, and tokenizers cuts only after reading all."""


class OnnxEmbedder:
    """Safe to use from several threads at once; a single text never waits for another call's batches."""

    def __init__(
        self, graph: Path, tokenizer_file: Path, signature: ModelSignature, *, batch: int, threads: int
    ) -> None:
        """`batch` texts go through the graph together, `threads` batches at a time."""
        self._signature = signature
        self._batch = batch
        self._tokenizer = load_tokenizer_file(tokenizer_file)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._session = _session(graph)
        self._workers = ThreadPoolExecutor(threads, thread_name_prefix="embedder")

    @property
    def signature(self) -> ModelSignature:
        return self._signature

    @property
    def max_tokens(self) -> int:
        return MAX_TOKENS

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """In batches of like length, to pad little; the longest first, so that no thread ends late."""
        encodings = self._tokenizer.encode_batch_fast([encodable(text[:MAX_CHARS]) for text in texts])
        tokens = [encoding.ids for encoding in encodings]
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]), reverse=True)
        batches = [order[first : first + self._batch] for first in range(0, len(order), self._batch)]
        mapped = map if len(batches) == 1 else self._workers.map
        embedded = mapped(lambda rows: self._run([tokens[row] for row in rows]), batches)
        vectors = np.empty((len(tokens), self._signature.dimension), np.float32)
        for rows, part in zip(batches, embedded, strict=True):
            vectors[rows] = part
        return vectors

    def close(self) -> None:
        """Frees the weights; the embedder is of no use afterwards."""
        self._workers.shutdown()
        del self._session

    def _run(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        input_ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
        attention_mask = np.zeros_like(input_ids)
        for row, ids in enumerate(batch):
            input_ids[row, : len(ids)] = ids
            attention_mask[row, : len(ids)] = 1
        (embedding,) = self._session.run(None, {"input_ids": input_ids, "attention_mask": attention_mask})
        vectors: NDArray[np.float32] = embedding
        return vectors


def _session(graph: Path) -> onnxruntime.InferenceSession:
    """One thread a run: whole batches side by side waste less than threads that share each product."""
    onnxruntime.disable_telemetry_events()  # Windows builds send events otherwise
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
