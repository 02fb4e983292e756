"""Verbs for a library's life: what is forgotten, what is wrong with it."""

from __future__ import annotations

import sys

import click

from memex.cli.output import (
    doctor_text,
    forgotten_text,
    printable,
    progress_bar,
    sessions_output,
    sessions_text,
)
from memex.cli.terminal import agrees, as_json, ask, library_engine, outcome_of, show
from memex.core.errors import CatalogError, MemexError
from memex.core.library import DoctorReport
from memex.core.paths import LibraryPaths
from memex.engine.protocol import (
    ExamineLibrary,
    FindSessions,
    ForgetSessions,
    LibraryExamined,
    SessionList,
    SessionsForgotten,
)


@click.command()
@click.argument("sessions", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def forget(paths: LibraryPaths, sessions: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Take SESSIONS out of the library for good, with those of their sub-agents; files stay as they are."""
    with library_engine(paths) as engine:
        if not yes:
            found = ask(engine, FindSessions(sessions), SessionList)
            click.echo(printable(sessions_text(sessions_output(found))), err=True)
            if not agrees(f"Forget {_count(found.total)} for good?"):
                raise MemexError("Nothing was forgotten.")
        with progress_bar() as on_progress:
            forgotten = outcome_of(engine.run(ForgetSessions(sessions), on_progress), SessionsForgotten)
    show(forgotten.report, as_json, forgotten_text)


@click.command()
@click.option("--repair", is_flag=True, help="Repair what can be repaired without losing anything.")
@as_json
@click.pass_obj
def doctor(paths: LibraryPaths, repair: bool, as_json: bool) -> None:
    """Examine the library; the exit code is 1 if something is left that is wrong."""
    report = _examined(paths, repair)
    show(report, as_json, doctor_text)
    if not report.is_healthy:
        sys.exit(1)


def _examined(paths: LibraryPaths, repair: bool) -> DoctorReport:
    try:
        with library_engine(paths) as engine, progress_bar() as on_progress:
            return outcome_of(engine.run(ExamineLibrary(repair), on_progress), LibraryExamined).report
    except CatalogError as failure:
        from memex.engine.command import examine_unopened

        return examine_unopened(paths, failure)


def _count(sessions: int) -> str:
    return "this session" if sessions == 1 else f"these {sessions:,} sessions"
