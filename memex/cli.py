"""Every verb from a terminal; with no verb, the window opens."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from memex import __version__
from memex.cli_output import (
    SessionsOutput,
    replay_output,
    replay_text,
    report_text,
    search_output,
    search_text,
    sessions_text,
    status_text,
)
from memex.core.errors import MemexError
from memex.core.lenses import MAX_WEIGHT, Weights
from memex.core.library import Progress
from memex.core.paths import LibraryPaths, default_home
from memex.core.search import Filters, SearchRequest
from memex.engine.command import CommandEngine, OnProgress, engine_for_command
from memex.engine.protocol import (
    GetStatus,
    GetTurns,
    ListSessions,
    OpenSession,
    Request,
    Search,
    Searched,
    SessionList,
    SessionOpened,
    Status,
    Turns,
)

REPLAYED_AT_ONCE = 1_000

Value = TypeVar("Value")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, as docs/command-line.md says.")
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
    context.obj = LibraryPaths((home or default_home()).expanduser().absolute())
    if context.invoked_subcommand is None:
        context.exit(_window(context.obj.home))


@memex.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def index(paths: LibraryPaths, folders: tuple[Path, ...], as_json: bool) -> None:
    """Take in transcripts: your agents' own folders, or the FOLDERS given."""
    missing = [folder for folder in folders if not folder.exists()]
    if missing:
        raise MemexError(f"{missing[0]} does not exist: give a folder with transcripts.")
    with engine_for_command(paths) as engine, _progress_bar() as on_progress:
        report = engine.index(tuple(str(folder.absolute()) for folder in folders), on_progress)
    _print(report, as_json, report_text)


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
    from memex.core.ranking import Recency, rank  # numpy

    weights = _weights(lenses)
    request = SearchRequest(" ".join(query), Filters(projects, agents))
    with engine_for_command(paths) as engine:
        table = _expect(engine, Search(request), Searched).table
    ranking = rank(table, weights, Recency(), datetime.now(UTC))
    _print(search_output(table, ranking, limit), as_json, search_text)


@memex.command()
@click.argument("session")
@click.option("--turn", type=click.IntRange(min=0), help="Only this turn.")
@as_json
@click.pass_obj
def replay(paths: LibraryPaths, session: str, turn: int | None, as_json: bool) -> None:
    """Print a SESSION's turns; its id, or a beginning of it, names it."""
    with engine_for_command(paths) as engine:
        outline = _expect(engine, OpenSession(session), SessionOpened).outline
        if turn is not None and turn >= len(outline.turns):
            raise MemexError(f"This session has {len(outline.turns)} turns, numbered from 0.")
        first, end = (0, len(outline.turns)) if turn is None else (turn, turn + 1)
        pages = [
            _expect(engine, GetTurns(outline.card.key, start, min(REPLAYED_AT_ONCE, end - start)), Turns).page
            for start in range(first, end, REPLAYED_AT_ONCE)
        ]
    turns = tuple(turn for page in pages for turn in page.turns)
    _print(replay_output(outline, turns), as_json, replay_text)


@memex.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
@project_option
@agent_option
@as_json
@click.pass_obj
def sessions(
    paths: LibraryPaths, limit: int, projects: tuple[str, ...], agents: tuple[str, ...], as_json: bool
) -> None:
    """List sessions, newest first."""
    with engine_for_command(paths) as engine:
        found = _expect(engine, ListSessions(Filters(projects, agents), limit), SessionList)
    _print(SessionsOutput(found.total, found.cards), as_json, sessions_text)


@memex.command()
@as_json
@click.pass_obj
def status(paths: LibraryPaths, as_json: bool) -> None:
    """Say what the library holds, what waits and what failed."""
    with engine_for_command(paths) as engine:
        found = _expect(engine, GetStatus(), Status).status
    _print(found, as_json, status_text)


@memex.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """Open the window on a library of sessions that were written for this project."""
    from memex.library.demo_library import prepare_demo

    context.exit(_window(prepare_demo(context.obj.home, datetime.now(UTC))))


def main() -> None:
    """Exit code 0, or 1 with one sentence on stderr, or 2 for a command that click cannot make out."""
    try:
        memex(prog_name="memex")
    except MemexError as error:
        click.echo(f"memex: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output left (`memex sessions | head`); Python would complain again at exit.
        sys.stderr.close()
        sys.exit(1)


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


def _expect(engine: CommandEngine, request: Request, kind: type[Value]) -> Value:
    reply = engine.call(request)
    if not isinstance(reply, kind):
        raise TypeError(f"{type(request).__name__} was answered by {type(reply).__name__}")
    return reply


def _print(output: Value, as_json: bool, text: Callable[[Value], str]) -> None:
    click.echo(msgspec.json.encode(output) if as_json else text(output))


@contextmanager
def _progress_bar() -> Iterator[OnProgress]:
    """On a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    with Bars(transient=True) as bars:
        rows: dict[str, TaskID] = {}

        def show(progress: Progress) -> None:
            if progress.stage not in rows:
                rows[progress.stage] = bars.add_task(f"{progress.stage} {progress.unit}")
            bars.update(rows[progress.stage], completed=progress.done, total=progress.total or None)

        yield show
