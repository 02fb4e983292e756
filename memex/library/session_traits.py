"""What a session touched, ran, used and met, for conditions and for lists of files and commands."""

from collections.abc import Iterator

from memex.catalog.traits import TOOL_KIND, Trait
from memex.core.filters import Field
from memex.core.session import Session, Turn
from memex.library.lens_documents import DEFAULT_BUDGETS, error_lines

LONGEST_COMMAND = 1_000
LONGEST_PATH = 1_000


def traits_of(session: Session) -> list[Trait]:
    """Each once, with how often and in which turn first. Withdrawn turns count: they happened."""
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    for turn, field, value, kind in _occurrences(session):
        count, first = found.get((field, value, kind), (0, turn))
        found[field, value, kind] = (count + 1, first)
    return [Trait(*name, *number) for name, number in found.items()]


def _occurrences(session: Session) -> Iterator[tuple[int, str, str, str]]:
    for turn in session.turns:
        for field, value, kind in _of_turn(turn):
            yield turn.index, field, value, kind
    for index, line in error_lines(session, DEFAULT_BUDGETS):
        if line.strip():
            yield index, Field.ERROR, line.strip(), ""


def _of_turn(turn: Turn) -> Iterator[tuple[str, str, str]]:
    for touch in turn.files_touched:
        if touch.path:
            yield Field.FILE, touch.path[:LONGEST_PATH], touch.kind
    for run in turn.commands_run:
        if command := run.command.strip():
            yield Field.COMMAND, command[:LONGEST_COMMAND], ""
    for call in turn.tool_calls:
        yield Field.TOOL, call.name, ""
        yield TOOL_KIND, call.kind, ""
