"""What the rendering of one turn needs to know of the session's other turns; travels with a page of turns."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from memex.core.session import Turn
from memex.core.steps.blocks import CheckItem
from memex.core.steps.checklist import checklists

REDACTED = "REDACTED"
"""An id that several calls may share names none of them."""


class StepContext(Struct, frozen=True):
    checklists: dict[str, tuple[CheckItem, ...]] = {}
    """The to-do list after a call, by `call_place`."""
    turn_of_call: dict[str, int] = {}
    """Where a call stands, by its id."""

    def checklist(self, turn: int, place: int) -> tuple[CheckItem, ...]:
        return self.checklists.get(call_place(turn, place), ())

    def joined(self, other: "StepContext") -> "StepContext":
        return StepContext(
            self.checklists | other.checklists,
            self.turn_of_call | other.turn_of_call,
        )

    def for_turns(self, turns: Sequence[Turn]) -> "StepContext":
        """What these turns alone need."""
        places = {call_place(turn.index, n) for turn in turns for n in range(len(turn.tool_calls))}
        return StepContext(
            {place: self.checklists[place] for place in places & self.checklists.keys()},
            {name: self.turn_of_call[name] for name in _named(turns) & self.turn_of_call.keys()},
        )


def step_context(turns: Iterable[Turn]) -> StepContext:
    """Of a whole session."""
    turns = tuple(turns)
    named = _named(turns) - {"", REDACTED}
    return StepContext(
        {call_place(turn, place): items for turn, place, items in checklists(turns)},
        {call.id: turn.index for turn in reversed(turns) for call in turn.tool_calls if call.id in named},
    )


def _named(turns: Iterable[Turn]) -> set[str]:
    """Ids of the calls that later calls continue or later turns report on."""
    names = [name for turn in turns for name in (turn.reports, *(call.continues for call in turn.tool_calls))]
    return {name for name in names if name is not None}


def call_place(turn: int, place: int) -> str:
    return f"{turn}.{place}"
