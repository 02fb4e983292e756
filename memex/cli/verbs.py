"""Every verb from a terminal; with no verb, the window opens.

Light to import, for the window paints first: the library and numpy come in with the verb that needs them.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from memex import __version__
from memex.cli.output import (
    evaluation_text,
    export_text,
    printable,
    progress_bar,
    replay_output,
    replay_text,
    report_text,
    search_output,
    search_text,
    sessions_output,
    sessions_text,
    status_text,
)
from memex.cli.terminal import agrees, as_json, ask, library_engine, outcome_of, show, write
from memex.core.errors import MemexError
from memex.core.filters import Field, Filters, Order, one_of
from memex.core.lenses import MAX_WEIGHT, RankOptions, Weights
from memex.core.library import ARCHIVE_NOTICE
from memex.core.paths import LibraryPaths, default_home
from memex.core.query import QueryProblem, parse_query
from memex.core.replay import ExportFormat, ExportOrder
from memex.core.search import SearchRequest
from memex.core.turn_range import turn_range
from memex.engine.protocol import (
    FetchModel,
    GetStatus,
    GetTurns,
    Indexed,
    ListSessions,
    OpenSession,
    Search,
    Searched,
    SessionList,
    SessionOpened,
    StartIndexing,
    Status,
    Turns,
)
from memex.engine.replay_messages import ExportSession, SessionExported

log = logging.getLogger(__name__)

REPLAYED_AT_ONCE = 1_000
EXPORT_FORMATS = [kind.value for kind in ExportFormat]
LIST_ORDERS = [Order.NEWEST.value, Order.OLDEST.value, Order.LONGEST.value]
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""
LIBRARY_WAIT = 10.0
"""Seconds, for a command that is just ending; a window keeps its library for as long as it is open."""
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"

Value = TypeVar("Value")


class LibraryLog(logging.FileHandler):
    """Opened by the first record; a folder that cannot be written costs the log, not the command."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            super().emit(record)


project_option = click.option("--project", "projects", multiple=True, help="Only this project; repeatable.")
agent_option = click.option("--agent", "agents", multiple=True, help="Only this agent; repeatable.")


@click.group(invoke_without_command=True)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where Memex keeps its library (default: MEMEX_HOME, else the platform's place).",
)
@click.version_option(__version__)
@click.pass_context
def memex(context: click.Context, home: Path | None) -> None:
    """A window onto your past sessions with coding agents."""
    paths = context.obj = LibraryPaths((home or default_home()).expanduser().absolute())
    logging.basicConfig(handlers=[LibraryLog(paths.log)], level=logging.WARNING, format=LOG_FORMAT)
    if context.invoked_subcommand is None:
        context.exit(_window(context.obj.home))


@memex.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def index(paths: LibraryPaths, folders: tuple[Path, ...], as_json: bool) -> None:
    """Take in transcripts: your agents' own folders, or the FOLDERS given."""
    for folder in folders:
        if not os.access(folder, os.F_OK):
            raise MemexError(f"{folder} does not exist or cannot be reached: give a folder with transcripts.")
    with library_engine(paths) as engine, progress_bar() as on_progress:
        is_first = not ask(engine, GetStatus(), Status).status.files
        job = StartIndexing(tuple(str(folder.resolve()) for folder in folders))
        indexed = outcome_of(engine.run(job, on_progress), Indexed)
    show(indexed.report, as_json, report_text)
    if is_first and not as_json:
        write(f"{ARCHIVE_NOTICE}\n")


@memex.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--lens", "lenses", multiple=True, metavar="NAME=WEIGHT", help="As in content=1.5 (0 to 2).")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(min=1))
@project_option
@agent_option
@as_json
@click.pass_obj
def search(
    paths: LibraryPaths,
    query: tuple[str, ...],
    lenses: tuple[str, ...],
    limit: int,
    projects: tuple[str, ...],
    agents: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find sessions by what they were about, ran, touched, met and wrote."""
    from memex.core.ranking import rank  # numpy

    weights = _weights(lenses)
    request = SearchRequest(" ".join(query), _filters(projects, agents))
    problems = _warned(request.text)
    with library_engine(paths) as engine:
        table = ask(engine, Search(request), Searched).table
    ranking = rank(table, RankOptions(weights), datetime.now(UTC))
    show(search_output(table, ranking, limit, problems), as_json, search_text)


@memex.command()
@click.argument("session")
@click.option("--turn", type=click.IntRange(min=0), help="Only this turn.")
@as_json
@click.pass_obj
def replay(paths: LibraryPaths, session: str, turn: int | None, as_json: bool) -> None:
    """Print a SESSION's turns; its id, or a beginning of it, names it."""
    with library_engine(paths) as engine:
        outline = ask(engine, OpenSession(session), SessionOpened).outline
        if turn is not None and turn >= len(outline.turns):
            raise MemexError(f"This session has {len(outline.turns)} turns: choose one, counting from 0.")
        first, end = (0, len(outline.turns)) if turn is None else (turn, turn + 1)
        pages = [
            ask(engine, GetTurns(outline.card.key, start, min(REPLAYED_AT_ONCE, end - start)), Turns).page
            for start in range(first, end, REPLAYED_AT_ONCE)
        ]
    turns = tuple(turn for page in pages for turn in page.turns)
    show(replay_output(outline, turns), as_json, replay_text)


@memex.command()
@click.argument("session")
@click.option("--format", "kind", type=click.Choice(EXPORT_FORMATS), default="html", show_default=True)
@click.option("--turns", metavar="A-B", help="Only these: 7, 3-9, 5- or -4, counting from 0.")
@click.option("--no-redact", is_flag=True, help="Leave secrets as they stand.")
@click.option("--out", required=True, type=click.Path(path_type=Path, allow_dash=True), help="- for stdout.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@click.pass_obj
def export(
    paths: LibraryPaths, session: str, kind: str, turns: str | None, no_redact: bool, out: Path, force: bool
) -> None:
    """Write a SESSION, or some of its turns, to a file that needs no Memex; without its secrets."""
    first, last = turn_range(turns) if turns is not None else (None, None)
    path = None if str(out) == "-" else str(out.expanduser().absolute())
    order = ExportOrder(session, ExportFormat(kind), first, last, not no_redact, path, force)
    with library_engine(paths) as engine:
        exported = ask(engine, ExportSession(order), SessionExported).exported
    if exported.content is not None:
        write(exported.content)
    click.echo(printable(export_text(exported)), err=exported.content is not None)


@memex.command()
@click.argument("query", nargs=-1)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--order", default="newest", show_default=True, type=click.Choice(LIST_ORDERS))
@project_option
@agent_option
@as_json
@click.pass_obj
def sessions(
    paths: LibraryPaths,
    query: tuple[str, ...],
    limit: int,
    order: str,
    projects: tuple[str, ...],
    agents: tuple[str, ...],
    as_json: bool,
) -> None:
    """List the sessions that meet the conditions of the QUERY; all without one."""
    text = " ".join(query)
    problems = _warned(text)
    asked = ListSessions(_filters(projects, agents), limit, order=Order(order), text=text)
    with library_engine(paths) as engine:
        found = ask(engine, asked, SessionList)
    show(sessions_output(found, problems), as_json, sessions_text)


@memex.command()
@as_json
@click.pass_obj
def status(paths: LibraryPaths, as_json: bool) -> None:
    """Say what the library holds, what waits and what failed."""
    with library_engine(paths) as engine:
        found = ask(engine, GetStatus(), Status).status
    show(found, as_json, status_text)


@memex.command("fetch-model")
@click.option("--yes", is_flag=True, help="Do not ask before the download.")
@as_json
@click.pass_obj
def fetch_model(paths: LibraryPaths, yes: bool, as_json: bool) -> None:
    """Download the embedding model, if it is not on this machine, and embed what waits for it."""
    if not yes and not agrees("Download all-MiniLM-L6-v2 (91 MB) from the Hugging Face hub?"):
        raise MemexError("Nothing was downloaded: search goes on by the words alone.")
    with library_engine(paths) as engine, progress_bar() as on_progress:
        engine.run(FetchModel(), on_progress)
        found = ask(engine, GetStatus(), Status).status
    if found.degraded:
        raise MemexError(found.degraded)
    show(found, as_json, status_text)


@memex.command("eval")
@click.argument("queries", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--ablate", is_flag=True, help="Also measure what each part is worth.")
@click.option("--split", help="Only the queries of this split.")
@as_json
@click.pass_obj
def evaluate(paths: LibraryPaths, queries: Path, ablate: bool, split: str | None, as_json: bool) -> None:
    """Measure how well search answers QUERIES, a file of judged queries."""
    from memex.library.evaluation.evaluate import Evaluator
    from memex.library.evaluation.queries import read_queries
    from memex.library.library import Library

    asked = read_queries(queries, split)
    library = Library(paths.home, wait_seconds=LIBRARY_WAIT)
    try:
        library.open_vectors()
        evaluator = Evaluator(library, ablate=ablate)
        steps = evaluator.run(asked)
        with click.progressbar(
            steps, len(asked), "queries", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            for _ in bar:
                pass
        report = evaluator.report()
    finally:
        library.close()
    show(report, as_json, evaluation_text)


@memex.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """Open the window on a library of sessions that were written for this project."""
    from memex.library.demo_library import prepare_demo

    context.exit(_window(prepare_demo(context.obj.home, datetime.now(UTC))))


def main() -> NoReturn:
    """Exit code 0, or another with one sentence on stderr."""
    try:
        sys.exit(memex.main(prog_name="memex", standalone_mode=False))
    except MemexError as error:
        _end(str(error), 1)
    except click.UsageError as error:
        verb = error.ctx.command_path if error.ctx else "memex"
        _end(f"{error.format_message()} (See `{verb} --help`.)", error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _end("Interrupted: nothing is lost, run it again to go on.", INTERRUPTED)
    except Exception as bug:
        log.exception("the command failed")
        _end(f"Memex has a bug: {bug!r}; the details are in memex.log.", 1)


def _end(sentence: str, code: int) -> NoReturn:
    click.echo(f"memex: {printable(sentence)}", err=True)
    sys.exit(code)


def _window(home: Path) -> int:
    from memex.window.app import run  # Qt

    return run(home)


def _weights(lenses: tuple[str, ...]) -> Weights:
    chosen: dict[str, float] = {}
    for lens in lenses:
        name, _, number = lens.partition("=")
        try:
            chosen[name] = float(number)
            Weights(**{name: chosen[name]})
        except (TypeError, ValueError):
            names = ", ".join(Weights.__struct_fields__)
            raise MemexError(
                f"“{lens}” is no lens and weight: write NAME=WEIGHT with one of {names}."
            ) from None
        if not 0 <= chosen[name] <= MAX_WEIGHT:
            raise MemexError(f"The weight of {name} must lie between 0 and {MAX_WEIGHT:g}.")
    return Weights(**chosen)


def _warned(text: str) -> tuple[QueryProblem, ...]:
    """What is doubtful in the query, which is told on standard error, and answered all the same."""
    problems = parse_query(text, datetime.now()).problems
    for problem in problems:
        click.echo(f"memex: {printable(problem.message)}", err=True)
    return problems


def _filters(projects: tuple[str, ...], agents: tuple[str, ...]) -> Filters:
    return Filters(one_of(Field.PROJECT, projects) + one_of(Field.AGENT, agents))
