"""Opens all-MiniLM-L6-v2: the model that Memex brings along."""

import os
from functools import partial
from pathlib import Path

from memex.core.errors import ModelError
from memex.core.models import ModelSignature
from memex.embedding.hub import Download
from memex.embedding.prepared import PreparedModel, Variant
from memex.embedding.protocol import Embedder
from memex.embedding.variants import choose_variant
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256, find_weights

DIMENSION = 384
DEFAULT_THREADS = 2
"""More would take cores from the user's own work."""
BATCH = {Variant.FP32: 8, Variant.INT8: 1}
"""int8 scales activations per run, so in a batch a vector would depend on its neighbours: down to cosine 0.96
of itself, and never the same after a restart. Alone it depends on its text only, and is as fast but for short
texts. With fp32, larger batches gain nothing but memory."""


def open_minilm(
    cache: Path,
    *,
    user_folder: Path | None = None,
    variant: str | None = None,
    threads: int = DEFAULT_THREADS,
    download: Download | None = None,
) -> Embedder:
    """`variant` is what the library's vectors were made with; None lets a probe choose, once per library.

    The first opening of a cache prepares it (about 3 s). Raises `ModelError`.
    """
    prepared = PreparedModel(cache, partial(find_weights, cache, user_folder, download))
    if variant is not None:
        return _open(prepared, _known(variant), threads)
    fp32, int8 = _open(prepared, Variant.FP32, threads), _open(prepared, Variant.INT8, threads)
    chosen = choose_variant(fp32, int8)
    (int8 if chosen is fp32 else fp32).close()
    return chosen


def _open(prepared: PreparedModel, variant: Variant, threads: int) -> Embedder:
    try:
        from memex.embedding.onnx_embedder import OnnxEmbedder
    except ImportError as cause:  # on Windows, also where the Visual C++ runtime is missing
        raise ModelError(f"onnxruntime cannot be loaded: install it again ({cause}).") from cause
    signature = ModelSignature(MODEL_NAME, DIMENSION, WEIGHTS_SHA256, variant)
    threads = max(1, min(threads, os.cpu_count() or 1))
    return OnnxEmbedder(
        prepared.graph(variant), prepared.tokenizer(), signature, batch=BATCH[variant], threads=threads
    )


def _known(variant: str) -> Variant:
    try:
        return Variant(variant)
    except ValueError:
        raise ModelError(
            f"This library's vectors were made with the variant {variant!r}, which this Memex does not know: "
            "update Memex, or embed again."
        ) from None
