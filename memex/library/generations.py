"""The generations of a library: opening the current one, tidying up, and building the next beside it."""

import logging

from memex.catalog.catalog import Catalog
from memex.catalog.generations import Generation
from memex.core.errors import IndexingError
from memex.core.models import ModelSignature
from memex.index.protocol import VectorIndex
from memex.index.shape import CollectionShape
from memex.index.store import GenerationStore

log = logging.getLogger(__name__)


def open_current(
    store: GenerationStore, catalog: Catalog, model: ModelSignature
) -> tuple[Generation, VectorIndex]:
    """The current generation, or a new empty one in its place where it does not fit or does not open."""
    current = catalog.generations.current()
    if current and (current.model, current.shape) == (model.key, store.shape_hash(shape_for(model))):
        try:
            return current, open_generation(store, catalog, current, model)
        except IndexingError as error:
            log.warning("generation %s is rebuilt: %s", current.id, error)
    return replace_current(store, catalog, model)


def replace_current(
    store: GenerationStore, catalog: Catalog, model: ModelSignature
) -> tuple[Generation, VectorIndex]:
    """An empty generation that is current at once: where the one before cannot answer, nothing is lost."""
    broken = catalog.generations.current()
    with catalog.transaction():
        generation = catalog.generations.begin(model, store.shape_hash(shape_for(model)))
        catalog.generations.make_current(generation)
        if broken:
            catalog.generations.drop(broken)
    drop_unknown(store, catalog)
    return generation, store.create(generation.id, shape_for(model))


def open_generation(
    store: GenerationStore, catalog: Catalog, generation: Generation, model: ModelSignature
) -> VectorIndex:
    """With the catalog's record of it and the index itself brought into agreement."""
    index = store.open(generation.id, shape_for(model))
    _reconcile(catalog, generation, index)
    return index


def drop(store: GenerationStore, catalog: Catalog, generation: Generation) -> None:
    """Its record first: what a crash leaves behind, `drop_unknown` finds."""
    with catalog.transaction():
        catalog.generations.drop(generation)
    store.drop(generation.id)


def drop_unknown(store: GenerationStore, catalog: Catalog) -> None:
    """What a crash or a lost catalog left behind."""
    known = {generation.id for generation in catalog.generations.all()}
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
