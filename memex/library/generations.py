"""The generations of a library: opening the current one, tidying up, and building the next beside it."""

import logging

from memex.catalog.catalog import Catalog
from memex.catalog.generations import Generation
from memex.core.errors import IndexingError
from memex.core.models import ModelSignature
from memex.index.errors import IndexUnreachableError
from memex.index.protocol import VectorIndex
from memex.index.shape import CollectionShape
from memex.index.store import GenerationStore

log = logging.getLogger(__name__)


def open_current(
    store: GenerationStore, catalog: Catalog, model: ModelSignature
) -> tuple[Generation, VectorIndex]:
    """The current generation, or a new empty one in its place where it does not fit or does not open.

    IndexUnreachableError: it may be as good as ever, and stays recorded.
    """
    current = _fitting(store, catalog, model)
    if current:
        try:
            return current, open_generation(store, catalog, current, model)
        except IndexUnreachableError:
            raise
        except IndexingError as error:
            log.warning("generation %s is rebuilt: %s", current.id, error)
    return replace_current(store, catalog, model)


def recorded_current(store: GenerationStore, catalog: Catalog, model: ModelSignature) -> Generation:
    """As the catalog has it, of a store that is out of reach."""
    return _fitting(store, catalog, model) or _replace_record(store, catalog, model)


def replace_current(
    store: GenerationStore, catalog: Catalog, model: ModelSignature
) -> tuple[Generation, VectorIndex]:
    """An empty generation that is current at once: where the one before cannot answer, nothing is lost."""
    generation = _replace_record(store, catalog, model)
    drop_unknown(store, catalog)
    index = store.create(generation.id, shape_for(model))
    store.make_current(generation.id)
    return generation, index


def _fitting(store: GenerationStore, catalog: Catalog, model: ModelSignature) -> Generation | None:
    current = catalog.generations.current()
    wanted = (store.place, model.key, store.shape_hash(shape_for(model)))
    return current if current and (current.place, current.model, current.shape) == wanted else None


def _replace_record(store: GenerationStore, catalog: Catalog, model: ModelSignature) -> Generation:
    before = catalog.generations.current()
    with catalog.transaction():
        generation = catalog.generations.begin(model, store.shape_hash(shape_for(model)), store.place)
        catalog.generations.make_current(generation)
        if before:
            catalog.generations.drop(before)
    return generation


def open_generation(
    store: GenerationStore, catalog: Catalog, generation: Generation, model: ModelSignature
) -> VectorIndex:
    """With the catalog's record of it and the index itself brought into agreement."""
    index = store.open(generation.id, shape_for(model))
    _reconcile(catalog, generation, index)
    return index


def drop(store: GenerationStore, catalog: Catalog, generation: Generation) -> None:
    """Its record first: what a crash leaves behind, `drop_unknown` finds.

    That of another store is only forgotten.
    """
    with catalog.transaction():
        catalog.generations.drop(generation)
    if generation.place == store.place:
        store.drop(generation.id)


def drop_with_vectors(store: GenerationStore, catalog: Catalog, generation: Generation) -> None:
    """And what only this generation was made of: the vectors of a model that nothing else has."""
    drop(store, catalog, generation)
    with catalog.transaction():
        catalog.vectors.forget_unused(generation.model)


def drop_unknown(store: GenerationStore, catalog: Catalog) -> None:
    """What a crash or a lost catalog left behind."""
    known = {each.id for each in catalog.generations.all() if each.place == store.place}
    for number in store.kept() - known:
        store.drop(number)


def shape_for(model: ModelSignature) -> CollectionShape:
    return CollectionShape(model.dimension)


def _reconcile(catalog: Catalog, generation: Generation, index: VectorIndex) -> None:
    """Edge does not notice a lost segment, and a power cut may lose what was not yet flushed."""
    recorded = catalog.generations.points(generation)
    held = index.ids()
    with catalog.transaction():
        for point in recorded.keys() - held:
            catalog.generations.forget(generation, recorded[point])
    index.delete(held - recorded.keys())
