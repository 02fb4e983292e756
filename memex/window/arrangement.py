"""Which lines a list has: sessions in order, families folded under their lead, groups under their headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from memex.core.search import SessionCard

if TYPE_CHECKING:  # numpy comes in with the first ranking, after the first paint
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.intp]

NO_PROJECT = "no project"


class Grouping(StrEnum):
    NONE = "none"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Kin:
    """Who belongs together: near-identical copies, and sub-agents with their session."""

    family: Numbers
    """One number a session, from 0 on."""
    is_subagent: NDArray[np.bool_]
    """Of a session that is here, too."""

    @property
    def count(self) -> int:
        return int(self.family.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class Groups:
    """`of` has one number a session, that of its group's name."""

    names: tuple[str, ...]
    of: Numbers


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    count: int
    """Sessions in the group, those that are folded away, too."""
    is_collapsed: bool


@dataclass(frozen=True, slots=True)
class Fold:
    """What is folded, or was, under the lead of a family."""

    copies: int
    subagents: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Families:
    """Per family in numbers, so that a slider step builds no object for each of them."""

    of: Numbers
    """Per place, its family."""
    lead_of: Numbers
    """Per place, that of its family's lead."""
    members: Numbers
    subagents: Numbers
    """Without the lead, if it is one."""
    is_opened: NDArray[np.bool_]

    def fold(self, place: int) -> Fold | None:
        """Of a lead that has others to lead."""
        family = int(self.of[place])
        if self.lead_of[place] != place or self.members[family] < 2:
            return None
        subagents = int(self.subagents[family])
        return Fold(int(self.members[family]) - 1 - subagents, subagents, bool(self.is_opened[family]))


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`lines` are places of sessions, and ~g where the header of group g stands."""

    lines: Sequence[int] | Numbers
    headers: tuple[Header, ...] = ()
    families: Families | None = None
    """None: nobody has kin."""


def kin_of(cards: Sequence[SessionCard], copies: Sequence[int]) -> Kin | None:
    """`copies` numbers near-identical sessions alike, none: all differ. None when nobody has kin."""
    import numpy as np

    place_of = {card.id: place for place, card in enumerate(cards)}
    family = _roots(cards, place_of)
    is_subagent = np.array([root != place for place, root in enumerate(family)], bool)
    if copies:
        first: dict[int, int] = {}
        family = [first.setdefault(copies[root], root) for root in family]
    numbers, compact = np.unique(np.array(family, np.intp), return_inverse=True)
    return Kin(compact.astype(np.intp), is_subagent) if len(numbers) < len(cards) else None


def groups_by_project(cards: Sequence[SessionCard]) -> Groups:
    import numpy as np

    number: dict[str, int] = {}
    of = [number.setdefault(card.project or NO_PROJECT, len(number)) for card in cards]
    return Groups(tuple(number), np.array(of, np.intp))


def arrange(
    order: Sequence[int] | Numbers,
    kin: Kin | None,
    opened: frozenset[int],
    groups: Groups | None,
    collapsed: frozenset[str],
) -> Arrangement:
    """Of the places of `order`; `opened` are families that are unfolded, `collapsed` names of groups."""
    if kin is None and groups is None:
        return Arrangement(order)
    import numpy as np

    places = np.asarray(order, np.intp)
    lines, families = _fold(places, kin, opened) if kin else (places, None)
    if groups is None:
        return Arrangement(lines, (), families)
    leads, all_leads = (families.lead_of[lines], families.lead_of[places]) if families else (places, places)
    return Arrangement(*_grouped(lines, leads, all_leads, groups, collapsed), families)


def _fold(places: Numbers, kin: Kin, opened: frozenset[int]) -> tuple[Numbers, Families]:
    """A family stands where its best member does, led by its best member that is nobody's sub-agent."""
    import numpy as np

    family, is_sub = kin.family[places], kin.is_subagent[places]
    rank, last = np.arange(len(places)), len(places)
    best = np.full(kin.count, last)
    np.minimum.at(best, family, rank)
    lead = np.full(kin.count, last)
    np.minimum.at(lead, family[~is_sub], rank[~is_sub])
    lead = np.where(lead < last, lead, best)
    is_lead = rank == lead[family]
    is_opened = np.isin(np.arange(kin.count), list(opened))
    by_family = np.lexsort((rank, ~is_lead, best[family]))
    shown = by_family[is_lead[by_family] | is_opened[family[by_family]]]
    members = np.bincount(family, minlength=kin.count)
    subagents = np.bincount(family[is_sub & ~is_lead], minlength=kin.count)
    lead_of = np.arange(len(kin.family))
    lead_of[places] = places[lead[family]]
    return places[shown], Families(kin.family, lead_of, members, subagents, is_opened)


def _grouped(
    lines: Numbers, leads: Numbers, all_leads: Numbers, groups: Groups, collapsed: frozenset[str]
) -> tuple[Numbers, tuple[Header, ...]]:
    """Groups in the order of their first lines, each below its header; members go with their lead."""
    import numpy as np

    group = groups.of[leads]
    first = np.full(len(groups.names), len(lines))
    np.minimum.at(first, group, np.arange(len(lines)))
    by_group = np.argsort(first[group], kind="stable")
    counts = np.bincount(groups.of[all_leads], minlength=len(groups.names))
    is_collapsed = np.array([name in collapsed for name in groups.names], bool)
    headers = tuple(
        Header(name, int(count), bool(shut))
        for name, count, shut in zip(groups.names, counts, is_collapsed, strict=True)
    )
    sorted_group = group[by_group]
    starts = np.flatnonzero(np.diff(sorted_group, prepend=-1))
    kept = ~is_collapsed[sorted_group]
    shown = lines[by_group][kept]
    before = np.concatenate([[0], np.cumsum(kept)])[starts].astype(np.intp)
    return np.insert(shown, before, ~sorted_group[starts]), headers


def _roots(cards: Sequence[SessionCard], place_of: dict[str, int]) -> list[int]:
    """The session that each one's chain of parents begins with, as far as they are here."""
    roots = []
    for place in range(len(cards)):
        seen = {place}
        at = place
        while (above := place_of.get(cards[at].parent_id or "")) is not None and above not in seen:
            seen.add(above)
            at = above
        roots.append(at)
    return roots
