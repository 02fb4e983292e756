"""Where the user rewound: which turns belong to the conversation, and which were taken back."""

from dataclasses import dataclass
from enum import StrEnum

from memex.core.replay import SessionOutline, WithdrawnBranch


class Shown(StrEnum):
    EVERYTHING = "everything"
    CONVERSATION = "conversation"
    """Without what was taken back."""
    BRANCH = "branch"
    """One stretch that was taken back, behind what it went on from."""


@dataclass(frozen=True, slots=True)
class BranchChoice:
    shown: Shown = Shown.EVERYTHING
    branch: int = 0
    """A branch's number, for `Shown.BRANCH`."""


def turns_shown(outline: SessionOutline, choice: BranchChoice) -> tuple[int, ...] | None:
    """None: all of them."""
    if choice.shown is Shown.EVERYTHING:
        return None
    withdrawn = {turn for branch in outline.branches for turn in branch.turns}
    conversation = [turn.index for turn in outline.turns if turn.index not in withdrawn]
    branch = next((branch for branch in outline.branches if branch.number == choice.branch), None)
    if choice.shown is Shown.CONVERSATION or branch is None:
        return tuple(conversation)
    return tuple(sorted(_path_to(outline, conversation, branch)))


def _path_to(outline: SessionOutline, conversation: list[int], branch: WithdrawnBranch) -> set[int]:
    """The branch, and what leads to it: it may go on from a turn that was itself taken back."""
    of_turn = {turn: branch for branch in outline.branches for turn in branch.turns}
    path, at, seen = set(branch.turns), branch.after, {branch.number}
    while at is not None and (before := of_turn.get(at)) is not None and before.number not in seen:
        seen.add(before.number)
        path.update(turn for turn in before.turns if turn <= at)
        at = before.after
    if at is not None:
        path.update(turn for turn in conversation if turn <= at)
    return path
