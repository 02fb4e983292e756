"""What the contract is tested on: Edge, the client's local mode, and a server (MEMEX_TEST_QDRANT_URL).

Local mode is a third implementation of Qdrant, in Python: no network, no quantization, no HNSW, nothing kept.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

import pytest
from qdrant_client import QdrantClient

from memex.core.settings import QdrantServer
from memex.index.edge import EdgeIndex
from memex.index.protocol import VectorIndex
from memex.index.server import ServerIndex
from memex.index.server_connection import connect
from memex.index.server_generations import ServerGenerations
from memex.index.shape import CollectionShape

SERVER_VARIABLE = "MEMEX_TEST_QDRANT_URL"


class Can(StrEnum):
    """All that the backends differ in; no test of the contract makes another difference."""

    REOPEN = "closed and opened again, it holds what it held"
    COMPARE_EXACTLY = "pairs of near sessions come from the vectors themselves, not from quantized codes"
    COLLECTIONS = "a generation is a collection behind an alias, not a directory"


@dataclass(frozen=True)
class Backend:
    can: frozenset[Can]
    create: Callable[[CollectionShape], VectorIndex]
    reopen: Callable[[CollectionShape], VectorIndex]
    """Of the one that was created last."""
    generations: Callable[[], ServerGenerations] | None = None


CAPABILITIES = {
    "edge": frozenset({Can.REOPEN, Can.COMPARE_EXACTLY}),
    "local": frozenset({Can.COMPARE_EXACTLY, Can.COLLECTIONS}),
    "server": frozenset({Can.REOPEN, Can.COLLECTIONS}),
}


def backends(*needed: Can) -> list[str]:
    """The names of those that can do all that is needed."""
    there = ["edge", "local", *(["server"] if SERVER_VARIABLE in os.environ else [])]
    return [name for name in there if CAPABILITIES[name].issuperset(needed)]


local_mode_warns = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect", "ignore:Local mode performs exact"
)
"""Of what only a server does."""
on_every_backend = pytest.mark.parametrize("backend", backends(), indirect=True)


def on_backends_that(*can: Can) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("backend", backends(*can), indirect=True)


@contextmanager
def started(name: str, folder: Path) -> Iterator[Backend]:
    match name:
        case "edge":
            yield _edge(folder)
        case "local":
            with local_client() as client:
                yield _over(QdrantServer("http://localhost"), client, "local")
        case "server":
            with _collections_of_its_own() as server:
                yield _over(server, None, "server")


@contextmanager
def local_client() -> Iterator[QdrantClient]:
    client = QdrantClient(":memory:")
    yield client
    client.close()


def _edge(folder: Path) -> Backend:
    directory = folder / "generation"
    return Backend(
        CAPABILITIES["edge"],
        lambda shape: EdgeIndex.create(directory, shape),
        lambda shape: EdgeIndex.open(directory, shape),
    )


def _over(server: QdrantServer, client: QdrantClient | None, name: str) -> Backend:
    return Backend(
        CAPABILITIES[name],
        lambda shape: ServerIndex.create(server, 1, shape, client),
        lambda shape: ServerIndex.open(server, 1, shape, client),
        lambda: ServerGenerations(server, client),
    )


@contextmanager
def _collections_of_its_own() -> Iterator[QdrantServer]:
    """On the server that the environment names, whatever else it holds; removed at the end."""
    url = os.environ[SERVER_VARIABLE]
    host = url.split("://")[-1].split("/")[0].rsplit(":", 1)[0]
    server = QdrantServer(url, allowed_hosts=(host,), collection=f"memex-test-{uuid4()}")
    yield server
    client = connect(server)
    for collection in client.get_collections().collections:
        if collection.name.startswith(server.collection):
            client.delete_collection(collection.name)
    client.close()
