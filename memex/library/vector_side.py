"""The half of a library that needs a model: the embedder and the current index generation."""

import logging
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from memex.catalog.catalog import Catalog
from memex.catalog.generations import Generation
from memex.core.errors import IndexingError, ModelError
from memex.core.lenses import DENSE_LANES, Lane
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.core.settings import Settings
from memex.embedding.hub import Download
from memex.embedding.protocol import Embedder
from memex.index.edge import ENGINE, EdgeIndex
from memex.index.plans import QueryVector
from memex.index.protocol import VectorIndex
from memex.index.shape import CollectionShape, shape_hash
from memex.index.sparse import path_tokens, query_vector, tool_tokens

log = logging.getLogger(__name__)

OnDownload = Callable[[int, int], None]


class VectorSide:
    """Opened once per engine; answers from the query thread while the job thread writes."""

    def __init__(self, embedder: Embedder, index: VectorIndex, generation: Generation) -> None:
        self.embedder = embedder
        self.index = index
        self.generation = generation

    @property
    def model(self) -> ModelSignature:
        return self.embedder.signature

    def lane_queries(self, text: str) -> Mapping[Lane, QueryVector]:
        """What each lane is asked for these words; a lane for which they say nothing is left out."""
        vector = self.embedder.encode([text])[0]
        queries: dict[Lane, QueryVector] = dict.fromkeys(DENSE_LANES, vector)
        queries[Lane.CONTENT_LATE] = vector[np.newaxis, :]
        if paths := query_vector(path_tokens([text])):
            queries[Lane.PATH_SPARSE] = paths
        if tools := query_vector(tool_tokens([text])):
            queries[Lane.TOOL_SPARSE] = tools
        return queries

    def close(self) -> None:
        self.index.close()
        self.embedder.close()


def open_vector_side(
    paths: LibraryPaths, settings: Settings, catalog: Catalog, on_download: OnDownload | None = None
) -> VectorSide:
    """Raises `ModelError` or `IndexingError` with the sentence that explains search without vectors.

    `on_download`: the user agreed to a download of a missing model; told the bytes done and in all.
    """
    embedder = _open_embedder(paths, settings, catalog, on_download)
    try:
        generation, index = _open_generation(paths, catalog, embedder.signature)
    except BaseException:
        embedder.close()
        raise
    return VectorSide(embedder, index, generation)


def _open_embedder(
    paths: LibraryPaths, settings: Settings, catalog: Catalog, on_download: OnDownload | None
) -> Embedder:
    """The variant is probed once and then fixed for the library, so that vectors never mix."""
    wanted = catalog.vectors.wanted()
    if settings.model:
        from memex.embedding.sentence_transformers_embedder import open_sentence_transformers  # torch

        embedder: Embedder = open_sentence_transformers(
            settings.model, download_allowed=on_download is not None
        )
    else:
        from memex.embedding.minilm import open_minilm  # onnxruntime

        embedder = open_minilm(
            paths.models,
            user_folder=Path(settings.model_folder) if settings.model_folder else None,
            variant=wanted.variant if wanted else None,
            download=Download(lambda _bytes: True, on_download) if on_download else None,
        )
    if wanted is None:
        with catalog.transaction():
            catalog.vectors.want(embedder.signature)
    elif wanted != embedder.signature:
        embedder.close()
        raise ModelError(f"This library's vectors are of {wanted.key}: give its folder in the settings.")
    return embedder


def with_new_generation(side: VectorSide, paths: LibraryPaths, catalog: Catalog) -> VectorSide:
    """In place of a broken one: the same embedder over an empty generation."""
    side.index.close()
    generation, index = _new_generation(paths, catalog, side.model)
    return VectorSide(side.embedder, index, generation)


def _open_generation(
    paths: LibraryPaths, catalog: Catalog, model: ModelSignature
) -> tuple[Generation, VectorIndex]:
    """The current generation, or a new empty one where it does not fit or does not open."""
    shape = CollectionShape(model.dimension)
    current = catalog.generations.current()
    if current and (current.model, current.shape) == (model.key, shape_hash(shape, ENGINE)):
        try:
            index = EdgeIndex.open(paths.generations / str(current.id), shape)
            _reconcile(catalog, current, index)
        except IndexingError as error:
            log.warning("generation %s is rebuilt: %s", current.id, error)
        else:
            return current, index
    return _new_generation(paths, catalog, model)


def _new_generation(
    paths: LibraryPaths, catalog: Catalog, model: ModelSignature
) -> tuple[Generation, VectorIndex]:
    shape = CollectionShape(model.dimension)
    with catalog.transaction():
        generation = catalog.generations.begin(model, shape_hash(shape, ENGINE))
    _clear_generations(paths, catalog)
    return generation, EdgeIndex.create(paths.generations / str(generation.id), shape)


def _reconcile(catalog: Catalog, generation: Generation, index: VectorIndex) -> None:
    """Edge does not notice a lost segment, and a power cut may lose what was not yet flushed."""
    recorded = catalog.generations.points(generation)
    held = index.ids()
    with catalog.transaction():
        for point in recorded.keys() - held:
            catalog.generations.forget(generation, recorded[point])
    index.delete(held - recorded.keys())


def _clear_generations(paths: LibraryPaths, catalog: Catalog) -> None:
    """All directories go, those that a crash or a lost catalog left behind as well."""
    shutil.rmtree(paths.generations, ignore_errors=True)
    with catalog.transaction():
        for generation in catalog.generations.retired():
            catalog.generations.drop(generation)
