"""Any other model, run by sentence-transformers: slow to import and large, so only in the engine process."""

import hashlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from memex.core.errors import ModelError
from memex.core.models import ModelSignature
from memex.embedding.whole_files import sha256_of
from memex.embedding.word_pieces import encodable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 16


class SentenceTransformersEmbedder:
    def __init__(self, model: "SentenceTransformer", name: str, weights_sha256: str) -> None:
        self._model = model.float()  # whatever precision it was published in: the signature says fp32
        dimension = self.encode([""]).shape[1]
        self._signature = ModelSignature(name, dimension, weights_sha256)

    @property
    def signature(self) -> ModelSignature:
        return self._signature

    @property
    def max_tokens(self) -> int:
        return self._model.max_seq_length or sys.maxsize

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self._signature.dimension), np.float32)
        readable = [encodable(text) for text in texts]
        vectors = self._model.encode(
            readable, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)

    def close(self) -> None:
        """Frees the weights; the embedder is of no use afterwards."""
        del self._model


def open_sentence_transformers(
    model: str | Path, *, download_allowed: bool = False
) -> SentenceTransformersEmbedder:
    """A model's folder, or its name on the hub; raises `ModelError` where it is not on this machine."""
    try:
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()  # transformers looks when it is imported
        from sentence_transformers import SentenceTransformer
    except ImportError as cause:
        raise ModelError(
            "Models other than all-MiniLM-L6-v2 need sentence-transformers: "
            f"run `pip install 'memex[models]'` ({cause})."
        ) from cause
    try:
        opened = SentenceTransformer(
            str(model), local_files_only=not download_allowed, trust_remote_code=False
        )
    except Exception as cause:  # transformers, safetensors and the hub client each raise their own
        raise ModelError(
            f"The model {model} cannot be opened: give the folder of its files, "
            f"or allow its download ({cause})."
        ) from cause
    return SentenceTransformersEmbedder(opened, *identity_of(model))


def identity_of(model: str | Path) -> tuple[str, str]:
    """The name and the weights' SHA-256 of its signature, from its files; raises `ModelError`."""
    folder = _folder_of(model)
    name = folder.name if folder == Path(model) else str(model)
    return name, weights_sha256_of(folder)


def _folder_of(model: str | Path) -> Path:
    """Where the hub client's cache keeps a model that was named, after it has been loaded."""
    from huggingface_hub import try_to_load_from_cache

    if Path(model).is_dir():
        return Path(model)
    with suppress(ValueError):  # which is what a path is that leads nowhere
        for file in ("modules.json", "config.json"):
            found = try_to_load_from_cache(str(model), file)
            if isinstance(found, str):
                return Path(found).parent
    raise ModelError(f"The files of {model} were not found: give the folder of its files.")


def weights_sha256_of(folder: Path) -> str:
    """Of the only weights file its SHA-256; of several, the SHA-256 over their names and SHA-256s."""
    files = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("pytorch_model*.bin"))
    if not files:
        raise ModelError(f"{folder} has no weights (*.safetensors): copy the model again.")
    if len(files) == 1:
        return sha256_of(files[0])
    lines = (f"{file.relative_to(folder).as_posix()} {sha256_of(file)}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
