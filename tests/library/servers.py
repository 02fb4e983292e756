"""A Qdrant server of this process, which fails as it is told."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx import Headers
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import UnexpectedResponse

from memex.core.paths import LibraryPaths
from memex.core.settings import QdrantServer
from memex.index.breaker import Breaker
from memex.index.server_connection import connect
from memex.index.server_store import ServerStore
from memex.index.store import EdgeStore, GenerationStore
from tests.index.backends import local_client
from tests.index.faulty_server import Answer, Served, serving


class FailingClient:
    """In place of a `QdrantClient`: local mode, or what a real client makes of a faulty server."""

    def __init__(self, well: QdrantClient) -> None:
        self._well = well
        self._ill: QdrantClient | None = None
        self._served: Served | None = None
        self.calls = 0
        self.well_for = 0
        """Calls that still succeed once it is failing."""

    @contextmanager
    def failing(self, answer: Answer, *, well_for: int = 0) -> Iterator[Served]:
        with serving(answer) as served:
            self._ill = connect(QdrantServer(served.url, timeout_seconds=1))
            self.well_for = well_for
            yield served
            self._ill.close()
            self._ill = None

    def close(self) -> None:
        """The next index uses it again."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.calls += 1
            if self._ill is not None and self.well_for <= 0:
                return getattr(self._ill, name)(*args, **options)
            self.well_for -= 1
            try:
                return getattr(self._well, name)(*args, **options)
            except ValueError as cause:  # local mode's way to say what a server says with a status
                said = json.dumps({"status": {"error": f"Not found: {cause}"}}).encode()
                raise UnexpectedResponse(404, "Not Found", said, Headers()) from cause

        return call


@contextmanager
def failing_client() -> Iterator[FailingClient]:
    with local_client() as well:
        yield FailingClient(well)


def stores_over(client: FailingClient, patch: pytest.MonkeyPatch) -> None:
    """Where a server is chosen, this one is asked."""

    def choose(server: QdrantServer | None, paths: LibraryPaths, breaker: Breaker) -> GenerationStore:
        if server is None:
            return EdgeStore(paths.generations)
        return ServerStore(server, breaker, client)  # type: ignore[arg-type]

    patch.setattr("memex.library.library.store_for", choose)
    patch.setattr("memex.library.moving.store_for", choose)
