"""The verbs on a library's indexes and models: reindex, reembed, generations."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from memex.cli.index_output import (
    GenerationsOutput,
    comparison_text,
    generations_text,
    preflight_text,
    reembed_text,
    reindex_text,
)
from memex.cli.output import printable, progress_bar
from memex.cli.terminal import agrees, as_json, ask, library_engine, outcome_of, show
from memex.core.errors import MemexError
from memex.core.indexes import ReembedReport, ReembedState
from memex.core.paths import LibraryPaths
from memex.engine.index_messages import (
    CompareGenerations,
    DropGeneration,
    GenerationList,
    GenerationsCompared,
    ListGenerations,
    Reembed,
    Reembedded,
    Reindex,
    Reindexed,
    RollBack,
)
from memex.engine.protocol import Job

EXIT_CODES = {
    ReembedState.PLANNED: 0,
    ReembedState.UNCHANGED: 0,
    ReembedState.DONE: 0,
    ReembedState.NO_MODEL: 2,
    ReembedState.NOT_LOADED: 3,
    ReembedState.INCOMPLETE: 4,
}
MAX_BATCH = 4_096


@click.command()
@as_json
@click.pass_context
def reindex(context: click.Context, as_json: bool) -> None:
    """Make texts anew by today's rules, and a new index of the vectors that there are."""
    paths: LibraryPaths = context.obj
    with library_engine(paths) as engine, progress_bar() as on_progress:
        report = outcome_of(engine.run(Reindex(), on_progress), Reindexed).report
    show(report, as_json, reindex_text)
    if report.index_failure:
        raise MemexError(report.index_failure)


@click.command()
@click.option("--model", metavar="NAME_OR_PATH", help="If not given, the one that the settings name.")
@click.option("--project", help="Only the texts of this project's sessions.")
@click.option(
    "--batch",
    default=0,
    type=click.IntRange(0, MAX_BATCH),
    help="Texts committed together; 0 is as the settings have it.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done, and how long it would take.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_context
def reembed(
    context: click.Context,
    model: str | None,
    project: str | None,
    batch: int,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Change the embedding model: its vectors beside the old ones, then an index of them."""
    paths: LibraryPaths = context.obj
    job = Reembed(_absolute(model), project, batch, dry_run=True)
    report = _run(paths, job)
    if not dry_run and report.state in (ReembedState.PLANNED, ReembedState.NOT_LOADED):
        report = _confirmed(paths, job, report, yes)
    code = EXIT_CODES[report.state]
    if as_json or report.state not in (ReembedState.NO_MODEL, ReembedState.NOT_LOADED):
        show(report, as_json, reembed_text)
    if code and report.reason:
        click.echo(f"memex: {printable(report.reason)}", err=True)
    context.exit(code)


def _confirmed(paths: LibraryPaths, plan: Reembed, planned: ReembedReport, yes: bool) -> ReembedReport:
    """The re-embedding itself, or why there is none."""
    has_model = planned.state is ReembedState.PLANNED
    if not has_model and not (plan.model and _may_be_asked_for(plan.model, yes)):
        return planned
    if has_model:
        click.echo(printable(preflight_text(planned)), err=True)
    question = "Go on?" if has_model else f"{plan.model} is not on this machine. Download it from the hub?"
    if not yes and not agrees(question):
        raise MemexError("Nothing was changed.")
    job = Reembed(plan.model, plan.project, plan.batch, may_download=not has_model)
    return _run(paths, job)


def _may_be_asked_for(model: str, yes: bool) -> bool:
    """Whether the hub may have it, and the user can agree to the download."""
    return not Path(model).is_absolute() and (yes or sys.stdin.isatty())


def _run(paths: LibraryPaths, job: Reembed) -> ReembedReport:
    with library_engine(paths) as engine, progress_bar() as on_progress:
        return outcome_of(engine.run(job, on_progress), Reembedded).report


def _absolute(model: str | None) -> str | None:
    """A folder is meant from where the command is run; the engine may be elsewhere."""
    return str(Path(model).resolve()) if model and Path(model).is_dir() else model


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def generations(context: click.Context, as_json: bool) -> None:
    """List the indexes that there are, compare them, go back to one, or drop one."""
    if context.invoked_subcommand is None:
        with library_engine(context.obj) as engine:
            found = ask(engine, ListGenerations(), GenerationList)
        show(GenerationsOutput(found.generations), as_json, generations_text)


@generations.command()
@click.argument("first", type=int)
@click.argument("second", type=int)
@as_json
@click.pass_obj
def compare(paths: LibraryPaths, first: int, second: int, as_json: bool) -> None:
    """How high each of two puts what was opened from past searches."""
    with library_engine(paths) as engine, progress_bar() as on_progress:
        job = CompareGenerations(first, second)
        compared = outcome_of(engine.run(job, on_progress), GenerationsCompared)
    show(compared.comparison, as_json, comparison_text)


@generations.command()
@click.argument("generation", type=int, required=False)
@as_json
@click.pass_obj
def rollback(paths: LibraryPaths, generation: int | None, as_json: bool) -> None:
    """Search with an earlier one, and its model: the newest of the others, or the one given."""
    _change(paths, RollBack(generation), as_json)


@generations.command()
@click.argument("generation", type=int)
@as_json
@click.pass_obj
def drop(paths: LibraryPaths, generation: int, as_json: bool) -> None:
    """Remove one that is not in use, with the vectors of its model if nothing else has that."""
    _change(paths, DropGeneration(generation), as_json)


def _change(paths: LibraryPaths, job: Job, as_json: bool) -> None:
    with library_engine(paths) as engine, progress_bar() as on_progress:
        found = outcome_of(engine.run(job, on_progress), GenerationList)
    show(GenerationsOutput(found.generations), as_json, generations_text)
