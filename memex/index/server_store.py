"""A library's generations on a Qdrant server: collections, of which an alias leads to the current one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from qdrant_client import QdrantClient

from memex.core.errors import SettingsError
from memex.core.settings import QdrantServer
from memex.index.breaker import Breaker
from memex.index.errors import IndexUnreachableError
from memex.index.guarded import GuardedIndex
from memex.index.protocol import VectorIndex
from memex.index.server import ENGINE, ServerIndex
from memex.index.server_connection import server_address
from memex.index.server_generations import ServerGenerations
from memex.index.shape import CollectionShape, shape_hash


class ServerStore:
    """A `GenerationStore`. Contacts nobody until it is asked for something."""

    def __init__(self, server: QdrantServer, breaker: Breaker, client: QdrantClient | None = None) -> None:
        """`client`: in place of a connection for each generation."""
        self._server = server
        self._breaker = breaker
        self._client = client

    @property
    def backend(self) -> str:
        with suppress(SettingsError, IndexUnreachableError):
            return server_address(self._server).url
        return "a server that Memex may not contact"

    @property
    def place(self) -> str:
        return f"{self._server.url}/collections/{self._server.collection}"

    def shape_hash(self, shape: CollectionShape) -> str:
        return shape_hash(shape, ENGINE)

    def create(self, generation: int, shape: CollectionShape) -> VectorIndex:
        with _settings_errors():
            index = ServerIndex.create(self._server, generation, shape, self._client)
        return GuardedIndex(index, self._breaker)

    def open(self, generation: int, shape: CollectionShape) -> VectorIndex:
        with _settings_errors():
            index = ServerIndex.open(self._server, generation, shape, self._client)
        return GuardedIndex(index, self._breaker)

    def make_current(self, generation: int) -> None:
        self._tell(lambda generations: generations.make_current(generation))

    def drop(self, generation: int) -> None:
        self._tell(lambda generations: generations.drop(generation))

    def kept(self) -> set[int]:
        found: set[int] = set()
        self._tell(lambda generations: found.update(generations.all()))
        return found

    def size(self, generation: int) -> None:  # noqa: ARG002 (a server does not tell)
        return None

    def _tell(self, do: Callable[[ServerGenerations], None]) -> None:
        with _settings_errors():
            generations = ServerGenerations(self._server, self._client)
            try:
                do(generations)
            finally:
                if self._client is None:
                    generations.close()


@contextmanager
def _settings_errors() -> Iterator[None]:
    """What is wrong with the settings costs the index alone, as everything else that is wrong with it."""
    try:
        yield
    except SettingsError as cause:
        raise IndexUnreachableError(str(cause)) from cause
