"""A library's collections on its server: which there are, and which the alias says is current."""

from typing import Self

from qdrant_client import QdrantClient, models

from memex.core.settings import QdrantServer
from memex.index.server import collection_name
from memex.index.server_connection import connect
from memex.index.server_errors import server_errors


class ServerGenerations:
    """The alias is the settings' `collection`; a generation's own name is that and its number."""

    def __init__(self, server: QdrantServer, client: QdrantClient | None = None) -> None:
        """`client`: in place of a connection of its own."""
        self._server = server
        self._client = client or connect(server)

    def version(self) -> str:
        """The server's, if it is there and well."""
        with server_errors("say that it is well"):
            return self._client.info().version

    def all(self) -> list[int]:
        with server_errors("list its collections"):
            names = [each.name for each in self._client.get_collections().collections]
        return sorted(number for name in names if (number := self._generation(name)) is not None)

    def current(self) -> int | None:
        with server_errors("list its aliases"):
            aliases = self._client.get_aliases().aliases
        for alias in aliases:
            if alias.alias_name == self._server.collection:
                return self._generation(alias.collection_name)
        return None

    def make_current(self, generation: int) -> None:
        """At once for every reader: there is no moment at which the alias leads nowhere."""
        to = models.CreateAlias(
            collection_name=collection_name(self._server, generation), alias_name=self._server.collection
        )
        with server_errors("switch to another collection"):
            self._client.update_collection_aliases([models.CreateAliasOperation(create_alias=to)])

    def drop(self, generation: int) -> None:
        """One that is not there is passed over."""
        with server_errors("drop a collection"):
            self._client.delete_collection(collection_name(self._server, generation))

    def close(self) -> None:
        with server_errors("be left"):
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _generation(self, name: str) -> int | None:
        prefix, _, number = name.rpartition("-")
        return int(number) if prefix == self._server.collection and number.isdecimal() else None
