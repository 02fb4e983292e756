"""Where the vector index is kept."""

from uuid import uuid4

import click
from msgspec.structs import replace

from memex.cli.output import move_text, progress_bar
from memex.cli.terminal import as_json, library_engine, outcome_of, show
from memex.core.library import EMBEDDED
from memex.core.paths import LibraryPaths
from memex.core.settings import QdrantServer, load_settings
from memex.engine.protocol import Moved, MoveIndex

LOCAL_SERVER = "http://localhost:6333"


@click.command()
@click.option("--to", required=True, type=click.Choice(["server", EMBEDDED]))
@click.option("--url", help=f"The Qdrant server (default: that of the settings, else {LOCAL_SERVER}).")
@click.option("--allow-host", "hosts", multiple=True, help="A host that may be contacted; repeatable.")
@click.option("--collection", help="Beginning of its collections' names, of this library alone.")
@as_json
@click.pass_obj
def move(
    paths: LibraryPaths,
    to: str,
    url: str | None,
    hosts: tuple[str, ...],
    collection: str | None,
    as_json: bool,
) -> None:
    """Move the vector index to a Qdrant server, or back; nothing is embedded again."""
    if to == EMBEDDED and (url or hosts or collection):
        raise click.UsageError("--url, --allow-host and --collection are for --to server.")
    server = None
    if to == "server":
        server = _server(load_settings(paths.settings).server, url, hosts, collection)
    with library_engine(paths) as engine, progress_bar() as on_progress:
        moved = outcome_of(engine.run(MoveIndex(server), on_progress), Moved)
    show(moved.report, as_json, move_text)


def _server(
    known: QdrantServer | None, url: str | None, hosts: tuple[str, ...], collection: str | None
) -> QdrantServer:
    """A library that goes to a server for the first time gets a name that no other has."""
    server = known or QdrantServer(LOCAL_SERVER, collection=f"memex-{uuid4().hex[:8]}")
    return replace(
        server,
        url=url or server.url,
        allowed_hosts=tuple(dict.fromkeys((*server.allowed_hosts, *hosts))),
        collection=collection or server.collection,
    )
