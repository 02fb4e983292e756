"""Moving a library's index between its own folder and a Qdrant server, from the catalog's vectors."""

import time
from collections.abc import Iterator
from contextlib import suppress

from memex.core.errors import IndexingError, MemexError, ModelError
from memex.core.library import MoveReport, Progress
from memex.core.settings import QdrantServer, change_settings
from memex.index.breaker import Breaker
from memex.index.store import GenerationStore
from memex.library.generation_build import GenerationBuild
from memex.library.generations import drop
from memex.library.library import Library
from memex.library.stores import store_for


class Move:
    """A job: iterate `steps`. Until its end, and after any failure, all is as it was."""

    def __init__(self, library: Library, server: QdrantServer | None) -> None:
        """`server` None: to the library's own folder."""
        self._library = library
        self._server = server
        self._started = time.perf_counter()

    def steps(self) -> Iterator[Progress]:
        library = self._library
        breaker = Breaker()
        breaker.on_failure = library.breaker.on_failure
        target = store_for(self._server, library.paths, breaker)
        target.kept()  # an answer, before anything is begun
        if target.place == library.store.place:
            self._change_settings()
            return
        if library.vectors is None and not library.writer.lens_texts.exist():
            self._change_settings()
            library.store = target
        else:
            yield from self._rebuild_in(target)
        library.breaker = breaker
        library.index_worked()

    def report(self) -> MoveReport:
        catalog = self._library.writer
        generation = catalog.generations.current()
        sessions = catalog.generations.count(generation) if generation else 0
        seconds = round(time.perf_counter() - self._started, 3)
        return MoveReport(self._library.store.backend, sessions, seconds)

    def _rebuild_in(self, target: GenerationStore) -> Iterator[Progress]:
        library = self._library
        library.open_vectors()
        if library.vectors is None:
            raise ModelError(library.degraded or "The embedding model could not be opened.")
        build = GenerationBuild(library, library.vectors.embedder, target)
        try:
            side = yield from build.built()
        except IndexingError:
            self._drop_unfinished(target)
            raise
        before = library.settings.server
        try:
            self._change_settings()
            build.switch(side)
        except BaseException:
            if library.store is not target:
                change_settings(library.paths.settings, server=before)
                side.index.close()
            raise

    def _drop_unfinished(self, target: GenerationStore) -> None:
        catalog = self._library.writer
        for generation in catalog.generations.all():
            if not generation.is_complete and generation.place == target.place:
                with suppress(IndexingError):
                    drop(target, catalog, generation)

    def _change_settings(self) -> None:
        try:
            change_settings(self._library.paths.settings, server=self._server)
        except OSError as cause:
            path = self._library.paths.settings
            raise MemexError(f"The settings could not be saved in {path}: {cause.strerror}.") from cause
