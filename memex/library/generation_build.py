"""The next generation, beside the one that search uses: built from the catalog, checked, switched to."""

import logging
from collections.abc import Generator, Iterator

import numpy as np

from memex.catalog.generations import Generation
from memex.core.errors import IndexingError
from memex.core.lenses import Lane
from memex.core.library import Progress, Stage
from memex.embedding.protocol import Embedder
from memex.index.plans import candidates
from memex.index.store import GenerationStore
from memex.library.embedding import upsert_missing
from memex.library.generations import drop, drop_unknown, drop_with_vectors, open_generation, shape_for
from memex.library.library import Library
from memex.library.points import point_of
from memex.library.progress import Pace
from memex.library.vector_side import VectorSide

log = logging.getLogger(__name__)

SAMPLE = 20
"""Sessions, evenly spread, of which each must be found by its own vector."""
NEIGHBOURS = 5
SAME = 1e-3
"""How far codes may put a point's likeness to itself below that of its nearest."""


class GenerationBuild:
    """Part of a job: iterate `steps`. Stopped half-way, it is carried on by the next build of its kind."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        store: GenerationStore | None = None,
        *,
        to_search: bool = True,
    ) -> None:
        """`store`: another than the library's, which becomes the library's with the switch.

        Without `to_search` it is closed when it is current, and opened by who needs it.
        """
        self._library = library
        self._embedder = embedder
        self._store = store or library.store
        self._to_search = to_search

    def steps(self) -> Iterator[Progress]:
        """Ends with the switch; an IndexingError leaves the one before in use."""
        self.switch((yield from self.built()))

    def built(self) -> Generator[Progress, None, VectorSide]:
        """All but the switch."""
        side = self._begun()
        try:
            yield from self._fill(side)
            self._check(side)
        except BaseException:
            side.index.close()
            raise
        return side

    def _begun(self) -> VectorSide:
        """A build that was cut short, if it can be carried on, or a new generation."""
        catalog, store, model = self._library.writer, self._store, self._embedder.signature
        shape = store.shape_hash(shape_for(model))
        for generation in catalog.generations.all():
            if generation.is_complete:
                continue
            if (generation.place, generation.model, generation.shape) == (store.place, model.key, shape):
                try:
                    index = open_generation(store, catalog, generation, model)
                except IndexingError as error:
                    log.warning("an unfinished generation is begun again: %s", error)
                else:
                    return VectorSide(self._embedder, index, generation)
            drop(store, catalog, generation)
        with catalog.transaction():
            generation = catalog.generations.begin(model, shape, store.place)
        return VectorSide(self._embedder, store.create(generation.id, shape_for(model)), generation)

    def _fill(self, side: VectorSide) -> Iterator[Progress]:
        catalog = self._library.writer
        keys = catalog.generations.missing(side.generation)
        pace = Pace(Stage.BUILD, len(keys), "sessions")
        for done in upsert_missing(catalog, side, keys):
            yield pace.at(done)

    def _check(self, side: VectorSide) -> None:
        """The index holds what the catalog says of it, and a sample of its sessions finds itself."""
        recorded = self._library.writer.generations.points(side.generation)
        held = side.index.count()
        if held != len(recorded):
            raise _failed(side.generation, f"it holds {held} sessions of {len(recorded)}")
        points = list(recorded)
        for place in np.linspace(0, len(points) - 1, min(SAMPLE, len(points))).astype(int):
            if not self._finds_itself(side, recorded[points[place]]):
                raise _failed(side.generation, f"session {points[place]} is not found by its own vector")

    def _finds_itself(self, side: VectorSide, key: int) -> bool:
        catalog = self._library.writer
        point = point_of(catalog, catalog.sessions.indexable(key), side.model)
        if Lane.CONTENT not in point.dense:
            return True
        (nearest,) = side.index.query_batch(candidates({Lane.CONTENT: point.dense[Lane.CONTENT]}, NEIGHBOURS))
        return bool(nearest) and (
            any(found.id == point.id for found in nearest) or nearest[-1].score >= 1.0 - SAME
        )

    def switch(self, side: VectorSide) -> None:
        """From a generation in another store, none is kept to go back to."""
        catalog, before = self._library.writer, self._library.store
        with catalog.transaction():
            catalog.generations.make_current(side.generation)
            catalog.vectors.want(side.model)
        self._library.store = self._store
        if self._to_search:
            self._library.switch_to(side)
        else:
            side.index.close()
        try:
            self._store.make_current(side.generation.id)
            self._tidy_up(side.generation, before)
        except IndexingError as error:
            log.warning("what the new generation replaces was not removed: %s", error)

    def _tidy_up(self, current: Generation, before: GenerationStore) -> None:
        """Of each model one generation stays to go back to: to lose its index would strand its vectors."""
        catalog, store = self._library.writer, self._store
        kept = set()
        elsewhere = []
        for generation in catalog.generations.all():
            if generation.id == current.id:
                continue
            if generation.place != store.place:
                elsewhere.append(generation)
            elif generation.model in kept:
                drop(store, catalog, generation)
            else:
                kept.add(generation.model)
        drop_unknown(store, catalog)
        for generation in elsewhere:
            drop_with_vectors(before, catalog, generation)


def _failed(generation: Generation, why: str) -> IndexingError:
    return IndexingError(
        f"The new index {generation.id} did not pass its check ({why}): the old one stays in use."
    )
