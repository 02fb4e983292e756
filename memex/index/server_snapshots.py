"""A server's own snapshots of a generation: whole collections, with HNSW and all, for that server or another.

An extra: Memex's snapshots of a library need no server, and fit every backend.
"""

from hashlib import sha256
from pathlib import Path
from typing import Self
from urllib.parse import quote

import httpx
from msgspec import Struct
from qdrant_client.http.exceptions import UnexpectedResponse

from memex.core.errors import IndexingError
from memex.core.settings import QdrantServer
from memex.index.server import collection_name
from memex.index.server_connection import connect, connect_for_files
from memex.index.server_errors import server_errors


class ServerSnapshot(Struct, frozen=True):
    name: str
    size: int
    checksum: str | None
    """SHA-256, in hexadecimal digits."""


class ServerSnapshots:
    def __init__(self, server: QdrantServer, generation: int) -> None:
        self._collection = collection_name(server, generation)
        self._client = connect(server)
        self._files = connect_for_files(server)

    def create(self) -> ServerSnapshot:
        """May take as long as a request may: raise timeout_seconds for a large collection."""
        with server_errors("make a snapshot"):
            made = self._client.create_snapshot(self._collection)
        if made is None:
            raise IndexingError("The Qdrant server made no snapshot: see its log.")
        return ServerSnapshot(made.name, made.size, made.checksum)

    def all(self) -> list[ServerSnapshot]:
        with server_errors("list its snapshots"):
            found = self._client.list_snapshots(self._collection)
        return [ServerSnapshot(each.name, each.size, each.checksum) for each in found]

    def delete(self, name: str) -> None:
        with server_errors("remove a snapshot"):
            self._client.delete_snapshot(self._collection, name)

    def download(self, snapshot: ServerSnapshot, target: Path) -> None:
        """Written beside, checked, then renamed."""
        draft = target.with_name(f"{target.name}.tmp")
        digest = sha256()
        try:
            with (
                server_errors("send a snapshot"),
                self._files.stream("GET", self._path(snapshot.name)) as answer,
            ):
                _check(answer)
                with draft.open("wb") as file:
                    for piece in answer.iter_bytes():
                        digest.update(piece)
                        file.write(piece)
            if snapshot.checksum not in (None, digest.hexdigest()):
                raise IndexingError("The snapshot arrived damaged: download it again.")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def recover(self, file: Path) -> None:
        """The collection becomes what the snapshot holds, as a whole or not at all."""
        with server_errors("restore a snapshot"), file.open("rb") as content:
            how = {"wait": "true", "priority": "snapshot"}
            answer = self._files.post(self._path("upload"), params=how, files={"snapshot": content})
            _check(answer)

    def close(self) -> None:
        self._files.close()
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _path(self, name: str) -> str:
        return f"/collections/{quote(self._collection, safe='')}/snapshots/{quote(name, safe='')}"


def _check(answer: httpx.Response) -> None:
    if not answer.is_success:
        answer.read()
        raise UnexpectedResponse.for_response(answer)
