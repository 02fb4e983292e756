"""Rewinds: where a user went back and said something else, and which turns that withdrew.

A fork is a node with two prompts as children. Other nodes with many children are no forks: parallel calls,
results, attachments. The branch of the file's last line is the one that went on.
"""

from collections import defaultdict
from collections.abc import Iterable

from memex.core.session import TurnKind
from memex.transcripts.draft import TurnDraft

Parents = dict[str, str]
"""uuid → the parent's uuid, "" for a root; in the order of the file."""


def mark_branches(turns: Iterable[TurnDraft], parents: Parents) -> None:
    turns = list(turns)
    forks = _forks(turns, parents)
    if not forks:
        return
    tree = _Tree(parents)
    active = tree.line_of(next(reversed(parents)))
    withdrawn: list[str] = []
    for children in forks:
        going_on = [child for child in children if child in active] or children[-1:]
        withdrawn += [child for child in children if child not in going_on]
    order = {uuid: place for place, uuid in enumerate(parents)}
    numbers = {uuid: number for number, uuid in enumerate(sorted(withdrawn, key=order.__getitem__), start=1)}
    for turn in turns:
        turn.branch = tree.nearest(turn.uuid, numbers) if turn.uuid else 0


def _forks(turns: Iterable[TurnDraft], parents: Parents) -> list[list[str]]:
    prompts: dict[str, dict[str, None]] = defaultdict(dict)
    for turn in turns:
        if turn.kind is TurnKind.PROMPT and not turn.inline_sidechain and (parent := parents.get(turn.uuid)):
            prompts[parent][turn.uuid] = None
    return [list(children) for children in prompts.values() if len(children) > 1]


class _Tree:
    """The chain of parents, mended: lines that were passed over (progress) took part in it, so a parent that
    was not read stands for the line before."""

    def __init__(self, parents: Parents) -> None:
        order = list(parents)
        before = dict(zip(order[1:], order, strict=False))
        self._parents = {
            uuid: parent if parent in parents or not parent else before.get(uuid, "")
            for uuid, parent in parents.items()
        }

    def line_of(self, uuid: str) -> set[str]:
        """The node and all above it. A cycle ends where it closes."""
        line: set[str] = set()
        while uuid and uuid not in line:
            line.add(uuid)
            uuid = self._parents.get(uuid, "")
        return line

    def nearest(self, uuid: str, numbers: dict[str, int]) -> int:
        """The number of the first numbered node at or above this one, else 0; remembered on the way."""
        passed: set[str] = set()
        while uuid and uuid not in numbers and uuid not in passed:
            passed.add(uuid)
            uuid = self._parents.get(uuid, "")
        found = numbers.get(uuid, 0)
        numbers.update(dict.fromkeys(passed, found))
        return found
