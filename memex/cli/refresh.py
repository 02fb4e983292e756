"""Bringing a library up to date, once."""

import click

from memex.cli.output import progress_bar, report_text
from memex.cli.terminal import as_json, library_engine, outcome_of, show
from memex.core.paths import LibraryPaths
from memex.engine.protocol import Indexed, StartIndexing


@click.command()
@as_json
@click.pass_obj
def refresh(paths: LibraryPaths, as_json: bool) -> None:
    """Take in what is new in the folders that the library knows, and all that waits: what the window does."""
    with library_engine(paths) as engine, progress_bar() as on_progress:
        indexed = outcome_of(engine.run(StartIndexing(), on_progress), Indexed)
    show(indexed.report, as_json, report_text)
