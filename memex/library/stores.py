"""Which store keeps a library's index: its own folder, or the server of the settings."""

from memex.core.paths import LibraryPaths
from memex.core.settings import QdrantServer
from memex.index.breaker import Breaker
from memex.index.store import EdgeStore, GenerationStore


def store_for(server: QdrantServer | None, paths: LibraryPaths, breaker: Breaker) -> GenerationStore:
    if server is None:
        return EdgeStore(paths.generations)
    from memex.index.server_store import ServerStore  # qdrant-client takes half a second to import

    return ServerStore(server, breaker)
