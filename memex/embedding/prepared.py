"""The files that onnxruntime needs, made once from the weights and kept in the cache."""

import shutil
from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from memex.core.errors import ModelError
from memex.embedding.weights import WEIGHTS_SHA256
from memex.embedding.whole_files import is_whole, write_whole

GRAPH_FORMAT = 1
"""Raise it when `onnx_graph` writes something else: older caches are then left aside."""


class Variant(StrEnum):
    """How the weights are run; their vectors differ slightly, so a library keeps to one."""

    FP32 = "fp32"
    INT8 = "int8"


class PreparedModel:
    """Every file is checked when asked for, and made (again) where it is missing, stale or half-written."""

    def __init__(self, cache: Path, find_weights: Callable[[], Path]) -> None:
        """`find_weights` is called only when something has to be made."""
        self._folder = cache / f"all-minilm-l6-v2-{WEIGHTS_SHA256[:12]}-{GRAPH_FORMAT}"
        self._find_weights = find_weights

    def tokenizer(self) -> Path:
        return self._made(
            "tokenizer.json", lambda draft: shutil.copyfile(self._weights / "tokenizer.json", draft)
        )

    def graph(self, variant: Variant) -> Path:
        write = self._write_fp32 if variant is Variant.FP32 else self._write_int8
        return self._made(f"{variant}.onnx", write)

    def _write_fp32(self, draft: Path) -> None:
        from memex.embedding.onnx_graph import write_graph  # imports onnx, which a whole cache does not need

        write_graph(self._weights, draft)

    def _write_int8(self, draft: Path) -> None:
        from memex.embedding.onnx_graph import quantize_graph

        quantize_graph(self.graph(Variant.FP32), draft)

    @cached_property
    def _weights(self) -> Path:
        return self._find_weights()

    def _made(self, name: str, write: Callable[[Path], object]) -> Path:
        path = self._folder / name
        try:
            if not is_whole(path):
                write_whole(path, write)
        except OSError as cause:
            raise ModelError(
                f"The embedding model cannot be kept in {self._folder}: "
                f"make room or allow writing there ({cause})."
            ) from cause
        return path
