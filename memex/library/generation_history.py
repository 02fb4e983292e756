"""The generations that a library has: listed, gone back to, dropped."""

import logging

from memex.catalog.catalog import Catalog
from memex.catalog.generations import Generation
from memex.core.errors import IndexingError
from memex.core.indexes import GenerationInfo, GenerationState
from memex.core.models import ModelSignature
from memex.embedding.protocol import Embedder
from memex.index.store import GenerationStore
from memex.library.embedders import open_embedder_of
from memex.library.generations import drop_with_vectors, open_generation, shape_for
from memex.library.library import Library
from memex.library.vector_side import VectorSide

log = logging.getLogger(__name__)


def list_generations(catalog: Catalog, store: GenerationStore) -> tuple[GenerationInfo, ...]:
    """The newest first."""
    with catalog.errors():
        current = catalog.generations.current()
        return tuple(
            GenerationInfo(
                each.id,
                _state(each, current),
                each.model,
                each.shape,
                each.created_at,
                catalog.generations.count(each),
                _size(store, each),
            )
            for each in catalog.generations.all()
        )


def roll_back(library: Library, number: int | None = None) -> None:
    """Searches use that generation, or the newest of the others that are complete, and its model is wanted.

    Sessions that have come since are missing in it, as the next refresh sees.
    """
    catalog = library.writer
    generation = (
        find_generation(catalog, number) if number is not None else _one_before(catalog, library.store)
    )
    if generation == catalog.generations.current():
        raise IndexingError(f"Generation {generation.id} is in use already.")
    if not generation.is_complete:
        raise IndexingError(
            f"Generation {generation.id} is unfinished: the command that was building it goes on with it."
        )
    model = catalog.vectors.signature(generation.model)
    check_shape(library, generation, model)
    embedder, is_own = embedder_for(library, model)
    try:
        index = open_generation(library.store, catalog, generation, model)
    except BaseException:
        if is_own:
            embedder.close()
        raise
    with catalog.transaction():
        catalog.generations.make_current(generation)
        catalog.vectors.want(model)
    library.switch_to(VectorSide(embedder, index, generation))
    _tell(library.store, generation)


def drop_generation(library: Library, number: int) -> None:
    """With the vectors of its model, if nothing else is of that model."""
    generation = find_generation(library.writer, number)
    if generation == library.writer.generations.current():
        raise IndexingError(
            f"Generation {number} is in use: `memex generations rollback` goes back to another first."
        )
    drop_with_vectors(library.store, library.writer, generation)


def find_generation(catalog: Catalog, number: int) -> Generation:
    for generation in catalog.generations.all():
        if generation.id == number:
            return generation
    raise IndexingError(f"There is no generation {number}: `memex generations` lists those that there are.")


def check_shape(library: Library, generation: Generation, model: ModelSignature) -> None:
    """And that it is in the store that the library uses."""
    store = library.store
    if (generation.place, generation.shape) != (store.place, store.shape_hash(shape_for(model))):
        raise IndexingError(
            f"Generation {generation.id} was made for another version of the index or another backend: "
            "`memex reindex` builds one of the same vectors."
        )


def embedder_for(library: Library, model: ModelSignature) -> tuple[Embedder, bool]:
    """And whether it is the caller's to close: the one that the library has open is not."""
    side = library.vectors
    if side is not None and side.model == model:
        return side.embedder, False
    return open_embedder_of(model, library.paths, library.settings, library.writer), True


def _tell(store: GenerationStore, current: Generation) -> None:
    try:
        store.make_current(current.id)
    except IndexingError as error:
        log.warning("the store was not told of generation %s: %s", current.id, error)


def _one_before(catalog: Catalog, store: GenerationStore) -> Generation:
    current = catalog.generations.current()
    for generation in catalog.generations.all():
        if generation.is_complete and generation != current and generation.place == store.place:
            return generation
    raise IndexingError("There is no generation to go back to.")


def _state(generation: Generation, current: Generation | None) -> GenerationState:
    if generation == current:
        return GenerationState.CURRENT
    return GenerationState.COMPLETE if generation.is_complete else GenerationState.UNFINISHED


def _size(store: GenerationStore, generation: Generation) -> int | None:
    if generation.place != store.place:
        return None
    try:
        return store.size(generation.id)
    except IndexingError:
        return None
