"""What every verb needs: the engine, a yes or no, and what is printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from memex.cli.output import printable
from memex.core.errors import MemexError
from memex.core.paths import LibraryPaths
from memex.engine.protocol import JobOutcome, Request

if TYPE_CHECKING:
    from memex.engine.command import CommandEngine

Value = TypeVar("Value")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, as docs/command-line.md says.")


def library_engine(paths: LibraryPaths) -> AbstractContextManager[CommandEngine]:
    from memex.engine.command import engine_for_command  # all of the library

    return engine_for_command(paths)


def agrees(question: str) -> bool:
    if not sys.stdin.isatty():
        raise MemexError("This asks before it goes on: run it on a terminal, or with --yes.")
    return click.confirm(question, err=True)


def outcome_of(outcome: JobOutcome, kind: type[Value]) -> Value:
    assert isinstance(outcome, kind)
    return outcome


def ask(engine: CommandEngine, request: Request, kind: type[Value]) -> Value:
    reply = engine.call(request)
    if not isinstance(reply, kind):
        raise TypeError(f"{type(request).__name__} was answered by {type(reply).__name__}")
    return reply


def show(output: Value, as_json: bool, text: Callable[[Value], str]) -> None:
    write(msgspec.json.encode(output) + b"\n" if as_json else printable(text(output)) + "\n")


def write(content: str | bytes) -> None:
    try:
        click.echo(content, nl=False)
    except BrokenPipeError:
        # The reader has seen enough (`memex sessions | head`). Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
