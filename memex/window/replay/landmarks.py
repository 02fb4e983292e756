"""Where what one looks for lies in a session: prompts, errors, edits, tools, sub-agents, matches."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from memex.core.replay import TurnOutline
from memex.core.session import TurnKind


class Stop(StrEnum):
    """What a step goes to."""

    TURN = "turn"
    PROMPT = "prompt"
    ERROR = "error"
    EDIT = "edit"
    TOOL = "tool"
    SUBAGENT = "sub-agent"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Marks:
    """Numbers of turns in order, by what is found there."""

    prompts: tuple[int, ...] = ()
    errors: tuple[int, ...] = ()
    edits: tuple[int, ...] = ()
    subagents: tuple[int, ...] = ()
    tools: tuple[int, ...] = ()
    matches: tuple[int, ...] = ()

    def of(self, stop: Stop) -> tuple[int, ...]:
        """Not of `Stop.TURN`, which is every turn."""
        return {
            Stop.PROMPT: self.prompts,
            Stop.ERROR: self.errors,
            Stop.EDIT: self.edits,
            Stop.TOOL: self.tools,
            Stop.SUBAGENT: self.subagents,
            Stop.MATCH: self.matches,
        }[stop]


def marks_of(turns: Sequence[TurnOutline], matches: tuple[int, ...] = ()) -> Marks:
    return Marks(
        prompts=tuple(turn.index for turn in turns if turn.kind is TurnKind.PROMPT),
        errors=tuple(turn.index for turn in turns if turn.has_error),
        edits=tuple(turn.index for turn in turns if turn.has_edit),
        subagents=tuple(turn.index for turn in turns if turn.has_subagent),
        tools=tuple(turn.index for turn in turns if turn.tools),
        matches=matches,
    )


def next_place(places: Sequence[int], position: int, direction: int) -> int | None:
    """The nearest of the ordered places after `position`, or with -1 before it."""
    if direction > 0:
        after = bisect_right(places, position)
        return places[after] if after < len(places) else None
    before = bisect_left(places, position)
    return places[before - 1] if before else None
