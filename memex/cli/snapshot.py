"""A library in one file: out of this home, and into another."""

from pathlib import Path

import click

from memex.cli.output import import_text, progress_bar, verified_text, written_text
from memex.cli.terminal import agrees, as_json, library_engine, outcome_of, show
from memex.core.errors import MemexError
from memex.core.paths import LibraryPaths
from memex.engine.protocol import (
    ExportSnapshot,
    ImportSnapshot,
    SnapshotExported,
    SnapshotImported,
    SnapshotVerified,
    VerifySnapshot,
)


@click.group()
def snapshot() -> None:
    """Carry a library to another machine, or keep a copy of it: one file."""


@snapshot.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-texts", is_flag=True, help="Transcripts and full text too; secrets in them included.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@as_json
@click.pass_obj
def export(paths: LibraryPaths, file: Path, with_texts: bool, force: bool, as_json: bool) -> None:
    """Write the library to FILE: metadata, titles and vectors, and no other text unless it is asked for."""
    target = file.absolute()
    if target.exists() and not force:
        raise MemexError(f"{target} exists: give another name, or --force.")
    with library_engine(paths) as engine, progress_bar() as on_progress:
        done = outcome_of(engine.run(ExportSnapshot(str(target), with_texts), on_progress), SnapshotExported)
    show(done.report, as_json, written_text)


@snapshot.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@click.pass_obj
def verify(paths: LibraryPaths, file: Path, as_json: bool) -> None:
    """Unpack FILE to see that it is whole and honest; nothing is taken in."""
    with library_engine(paths) as engine, progress_bar() as on_progress:
        done = outcome_of(engine.run(VerifySnapshot(str(file.absolute())), on_progress), SnapshotVerified)
    show(done.report, as_json, verified_text)


@snapshot.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="In place of all that the library holds, instead of a merge.")
@click.option(
    "--map-path",
    "path_map",
    multiple=True,
    metavar="OLD=NEW",
    help="Paths below OLD on the other machine lie below NEW on this one; repeatable.",
)
@click.option("--yes", is_flag=True, help="Do not ask before the library is replaced.")
@as_json
@click.pass_obj
def take_in(
    paths: LibraryPaths, file: Path, replace: bool, path_map: tuple[str, ...], yes: bool, as_json: bool
) -> None:
    """Take in FILE's sessions: those that are missing here, and those of which it holds more."""
    if replace and not yes and not agrees("Replace all that this library holds with the snapshot?"):
        raise MemexError("Nothing was changed.")
    job = ImportSnapshot(str(file.absolute()), replace, _prefixes(path_map))
    with library_engine(paths) as engine, progress_bar() as on_progress:
        done = outcome_of(engine.run(job, on_progress), SnapshotImported)
    show(done.report, as_json, import_text)


def _prefixes(path_map: tuple[str, ...]) -> dict[str, str]:
    prefixes = {}
    for pair in path_map:
        old, _, new = pair.partition("=")
        if not old or not new:
            raise MemexError(f"“{pair}” maps no path: write OLD=NEW, as in /home/ann=/Users/ann.")
        prefixes[old] = new
    return prefixes
