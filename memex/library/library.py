"""An open library: the lock, one catalog connection for writing and one for reading, the vectors."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from memex.catalog.catalog import Catalog
from memex.catalog.index_failures import IndexFailure
from memex.catalog.sources import SourceState
from memex.core.errors import (
    CatalogError,
    IndexingError,
    JobCancelledError,
    LibraryBusyError,
    MemexError,
    ModelMissingError,
    SettingsError,
)
from memex.core.indexes import ReembedProgress
from memex.core.library import EMBEDDED, Health, LibraryStatus, Progress, RepairQueue
from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, load_settings
from memex.embedding.protocol import Embedder
from memex.index.breaker import Breaker
from memex.index.guarded import GuardedIndex
from memex.index.store import GenerationStore
from memex.library.embedders import OnDownload, model_advice, open_wanted_embedder
from memex.library.generations import open_current, recorded_current, replace_current
from memex.library.growth import GrowingFiles
from memex.library.stores import store_for
from memex.library.vector_side import VectorSide

log = logging.getLogger(__name__)


class Library:
    """Owned by one process at a time. `writer` belongs to the job thread, `reader` to the query thread."""

    def __init__(self, home: Path, *, wait_seconds: float = 0.0) -> None:
        self.paths = LibraryPaths(home)
        self._lock = _locked(self.paths, wait_seconds)
        try:
            self.writer = Catalog(self.paths.catalog)
            self.reader = Catalog(self.paths.catalog)
        except BaseException:
            self._lock.release()
            raise
        self.breaker = Breaker()
        """Of the store: whether the index is tried again yet."""
        self.store = self._chosen_store()
        self.left_hidden = self.writer.hidden.keys()
        """Sessions that were hidden when the window was last closed: the next refresh forgets them."""
        self.growing = GrowingFiles()
        """Belongs to the job thread, as `writer`."""
        self.vectors: VectorSide | None = None
        self._searches = threading.Condition()
        self.revision = 0
        """Raised when session keys may mean other sessions than before."""
        self.model_missing = False
        self.degraded: str | None = None
        """Why there are no vectors, once they were asked for."""

    @property
    def settings(self) -> Settings:
        """As they are now: the window may have changed them."""
        return load_settings(self.paths.settings)

    def is_in_use(self) -> bool:
        """A new library waits for the user's word before it is filled."""
        with suppress(SettingsError):
            if self.settings.folders:
                return True
        return self.writer.sessions.count() > 0

    def open_vectors(self, on_download: OnDownload | None = None) -> None:
        """Load the model and the index, if they are not; when that fails, `degraded` says why."""
        if self.vectors:
            return
        try:
            self.store = self._chosen_store()
            embedder = open_wanted_embedder(self.paths, self.settings, self.writer, on_download)
            try:
                self._open_index(embedder)
            except BaseException:
                embedder.close()
                raise
            self.degraded, self.model_missing = None, False
        except JobCancelledError:
            raise
        except MemexError as error:
            self.model_missing = isinstance(error, ModelMissingError)
            log.warning("no vectors: %s", error)
            self.degraded = str(error)

    def reopen_index(self) -> None:
        """After it failed: what may be there by now. IndexingError if it is not."""
        if self.vectors and self.breaker.failure and isinstance(self.vectors.index, GuardedIndex):
            embedder = self.vectors.embedder
            generation, index = open_current(self.store, self.writer, embedder.signature)
            self.switch_to(VectorSide(embedder, index, generation))

    def go_without_index(self, embedder: Embedder, error: IndexingError) -> None:
        """Until a trial opens it again, the sessions that are recorded meanwhile wait for it."""
        self.index_failed(error)
        generation = recorded_current(self.store, self.writer, embedder.signature)
        self.switch_to(VectorSide(embedder, GuardedIndex(None, self.breaker), generation))

    def index_failed(self, error: IndexingError) -> None:
        """The sessions that it has not got stay marked as such; all else goes on."""
        log.warning("the index is tried again later: %s", error)
        self.breaker.failed(str(error))
        with self.writer.errors(), self.writer.transaction():
            self.writer.index_failures.record(self.store.place, datetime.now(UTC), str(error))

    def index_worked(self) -> None:
        self.breaker.worked()
        if self.writer.index_failures.of(self.store.place):
            with self.writer.errors(), self.writer.transaction():
                self.writer.index_failures.clear()

    def content_changed(self) -> None:
        self.revision += 1

    @contextmanager
    def searching(self) -> Iterator[VectorSide | None]:
        """The vectors for one search; they stay open until it ends, whatever is switched to meanwhile."""
        with self._searches:
            side = self.vectors
            if side:
                side.searches += 1
        try:
            yield side
        finally:
            with self._searches:
                if side:
                    side.searches -= 1
                    self._searches.notify_all()

    def switch_to(self, side: VectorSide) -> None:
        """Searches from now on see this generation; the one before closes when the last search on it ends."""
        with self._searches:
            before, self.vectors = self.vectors, side
            self.degraded, self.model_missing = None, False
            if before:
                self._searches.wait_for(lambda: not before.searches)
        if before:
            before.index.close()
            if before.embedder is not side.embedder:
                before.embedder.close()

    def rebuild_index(self) -> None:
        """After the index broke: a new, empty generation, which the catalog's vectors then fill again."""
        if self.vectors:
            embedder = self.vectors.embedder
            self.vectors.index.close()
            try:
                generation, index = replace_current(self.store, self.writer, embedder.signature)
            except IndexingError as error:
                self.go_without_index(embedder, error)
                raise
            self.switch_to(VectorSide(embedder, index, generation))

    def nothing_to_embed(self) -> bool:
        """True when the catalog and the index say that all is done, which needs no model to find out."""
        if not self.writer.lens_texts.exist():
            return True
        if self.breaker.failure:
            return False
        model = self.writer.vectors.wanted()
        generation = self.writer.generations.current()
        place = self.store.place
        if not model or not generation or (generation.model, generation.place) != (model.key, place):
            return False
        return not (
            self.writer.vectors.count_missing(model)
            or self.writer.generations.missing(generation)
            or self.writer.generations.orphans(generation)
        )

    def status(self, catalog: Catalog, job: Progress | None = None) -> LibraryStatus:
        """Counted by the caller's own connection: `reader` or `writer`."""
        with catalog.errors():
            sessions = catalog.sessions.count()
            model = catalog.vectors.wanted()
            generation = catalog.generations.current()
            with_vectors = catalog.vectors.count_sessions(model) if model else 0
            waiting = len(catalog.generations.missing(generation)) if generation else 0
            failure = catalog.index_failures.of(self.store.place)
            degraded = self._degraded(failure)
            return LibraryStatus(
                home=str(self.paths.home),
                files=catalog.sources.count(),
                sessions=sessions,
                subagents=catalog.sessions.count_subagents(),
                with_vectors=with_vectors,
                sources_gone=catalog.sources.count_gone(),
                indexed=catalog.generations.count(generation) if generation else 0,
                waiting=waiting,
                texts_waiting=catalog.vectors.count_missing(model) if model else 0,
                failed=catalog.sources.in_state(SourceState.FAILED),
                skipped=len(catalog.sources.in_state(SourceState.SKIPPED)),
                model=model.key if model else None,
                reembed=_reembed_progress(catalog),
                model_advice=self._model_advice(catalog),
                degraded=degraded,
                model_missing=self.model_missing,
                job=job,
                backend=self.store.backend,
                health=Health.DEGRADED if degraded or failure else Health.FINE,
                repairs=RepairQueue(
                    waiting, failure.since if failure else None, failure.reason if failure else None
                ),
            )

    def record_opened(self, query: str, session: int) -> None:
        """On any thread, by a connection of its own: it may have to wait for what a job is writing."""
        with Catalog(self.paths.catalog) as catalog, catalog.errors(), catalog.transaction():
            catalog.opened_results.record(query, session)

    def _open_index(self, embedder: Embedder) -> None:
        try:
            generation, index = open_current(self.store, self.writer, embedder.signature)
        except IndexingError as error:
            self.go_without_index(embedder, error)
        else:
            self.vectors = VectorSide(embedder, index, generation)

    def _degraded(self, failure: IndexFailure | None) -> str | None:
        """An embedded index that could not be written to still answers."""
        may_be_away = self.store.place != EMBEDDED
        if self.vectors:
            may_be_away = isinstance(self.vectors.index, GuardedIndex)
        if self.degraded or not may_be_away:
            return self.degraded
        return self.breaker.failure or (failure.reason if failure else None)

    def _model_advice(self, catalog: Catalog) -> str | None:
        try:
            return model_advice(self.settings, catalog)
        except SettingsError:
            return None  # told where the settings are used

    def close(self) -> None:
        """A second time does nothing."""
        if self.vectors:
            self.vectors.close()
            self.vectors = None
        self.reader.close()
        self.writer.close()
        self._lock.release()

    def _chosen_store(self) -> GenerationStore:
        try:
            server = self.settings.server
        except SettingsError:
            server = None  # whoever opens the vectors is told
        return store_for(server, self.paths, self.breaker)


def _reembed_progress(catalog: Catalog) -> ReembedProgress | None:
    model = catalog.vectors.begun()
    if model is None:
        return None
    counts = catalog.vectors.counts(model)
    return ReembedProgress(model.key, counts.texts, counts.with_vectors)


def _locked(paths: LibraryPaths, wait_seconds: float) -> FileLock:
    try:
        # It holds what transcripts quote: nobody else is to look into it.
        paths.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(paths.lock, timeout=wait_seconds)
        lock.acquire()
    except Timeout as cause:
        raise LibraryBusyError(
            f"Another Memex is using the library {paths.home}: wait for it to finish, or close it."
        ) from cause
    except OSError as cause:
        sentence = f"The library folder {paths.home} cannot be written ({cause.strerror}): choose another."
        raise CatalogError(sentence) from cause
    return lock
