"""Opening the embedding model that a library's vectors were made with, or a first one."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.core.errors import ModelError
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.core.settings import Settings
from memex.embedding.hub import Download
from memex.embedding.protocol import Embedder
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256

OnDownload = Callable[[int, int], None]
"""The user agreed to a download of a missing model; told the bytes done and in all."""


def open_wanted_embedder(
    paths: LibraryPaths, settings: Settings, catalog: Catalog, on_download: OnDownload | None = None
) -> Embedder:
    """The library's own model; in a new library the one that the settings name, which it then keeps."""
    wanted = catalog.vectors.wanted()
    if wanted is not None:
        return open_embedder_of(wanted, paths, settings, catalog, on_download)
    embedder = open_model(settings.model, paths, settings, None, on_download)
    with catalog.transaction():
        catalog.vectors.want(embedder.signature, settings.model)
    return embedder


def open_embedder_of(
    model: ModelSignature,
    paths: LibraryPaths,
    settings: Settings,
    catalog: Catalog,
    on_download: OnDownload | None = None,
) -> Embedder:
    """That which made this model's vectors, from where it was, or from where the settings say it is now."""
    failure: ModelError | None = None
    for location in dict.fromkeys((catalog.vectors.location(model), settings.model)):
        try:
            embedder = open_model(location, paths, settings, model, on_download)
        except ModelError as error:
            failure = failure or error
            continue
        if embedder.signature == model:
            return embedder
        embedder.close()
    raise failure or ModelError(
        f"This library's vectors are of {model.key}: give its folder in the settings."
    )


class VectorsAlone:
    """Stands for a model whose vectors are all there: an index is built of them without it."""

    def __init__(self, signature: ModelSignature) -> None:
        self.signature = signature
        self.max_tokens = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise ModelError(f"The model {self.signature.name} is not loaded: {len(texts)} texts wait for it.")

    def close(self) -> None:
        """There is nothing to close."""


def is_default(location: str) -> bool:
    """Whether the packaged model is meant, which our own runtime runs."""
    return location in (MODEL_NAME, MODEL_NAME.rpartition("/")[2])


def is_model_of(location: str | None, model: ModelSignature) -> bool:
    """Whether what is there has this signature, by its name and weights: nothing is loaded."""
    if not location:
        return (model.name, model.weights_sha256) == (MODEL_NAME, WEIGHTS_SHA256)
    from memex.embedding.sentence_transformers_embedder import identity_of  # asks the hub client

    try:
        return identity_of(location) == (model.name, model.weights_sha256)
    except ModelError:
        return False


def model_advice(settings: Settings, catalog: Catalog) -> str | None:
    """Where the settings name another model than the library's, what to do."""
    model, named = catalog.vectors.wanted(), settings.model
    if model is None or not named:
        return None
    location = catalog.vectors.location(model)
    if named in (location, model.name) or (is_default(named) and not location):
        return None
    return (
        f"The settings name the model {named}, and this library is embedded with {model.name}: "
        f"run `memex reembed --model {shlex.quote(named)}` to change over."
    )


def open_model(
    location: str | None,
    paths: LibraryPaths,
    settings: Settings,
    like: ModelSignature | None = None,
    on_download: OnDownload | None = None,
) -> Embedder:
    """`location`: a sentence-transformers model by name or folder; None is the packaged all-MiniLM-L6-v2.

    `like` fixes the variant that is run, so that vectors never mix; without it, a probe chooses.
    """
    if location and not is_default(location):
        from memex.embedding.sentence_transformers_embedder import open_sentence_transformers  # torch

        return open_sentence_transformers(location, download_allowed=on_download is not None)
    from memex.embedding.minilm import open_minilm  # onnxruntime

    return open_minilm(
        paths.models,
        user_folder=Path(settings.model_folder) if settings.model_folder else None,
        variant=like.variant if like else None,
        download=Download(lambda _bytes: True, on_download) if on_download else None,
    )
