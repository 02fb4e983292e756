"""Families folded under their lead, groups under their headers: pure functions of an order."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memex.core.search import SessionCard
from memex.window.arrangement import NO_PROJECT, Arrangement, Fold, Header, arrange, groups_by_project, kin_of
from tests.window import values

NOBODY: frozenset[int] = frozenset()
NONE_SHUT: frozenset[str] = frozenset()


def cards(count: int, parents: dict[int, int] | None = None) -> tuple[SessionCard, ...]:
    """`parents` by place."""
    made = [values.make_card(key) for key in range(count)]
    for child, parent in (parents or {}).items():
        made[child] = msgspec.structs.replace(made[child], parent_id=made[parent].id)
    return tuple(made)


def lines_of(order, kin, opened=NOBODY, groups=None, collapsed=NONE_SHUT) -> list[int]:
    return [int(line) for line in arrange(order, kin, opened, groups, collapsed).lines]


def folds(arrangement: Arrangement) -> dict[int, Fold]:
    if arrangement.families is None:
        return {}
    found = {int(line): arrangement.families.fold(line) for line in arrangement.lines if line >= 0}
    return {place: fold for place, fold in found.items() if fold}


def test_without_kin_and_groups_the_order_is_the_list() -> None:
    order = np.array([2, 0, 1])
    assert kin_of(cards(3), ()) is None
    assert arrange(order, None, NOBODY, None, NONE_SHUT).lines is order


def test_copies_fold_under_the_best_of_them() -> None:
    kin = kin_of(cards(5), (7, 8, 7, 9, 7))
    arrangement = arrange([3, 2, 1, 0, 4], kin, NOBODY, None, NONE_SHUT)
    assert list(arrangement.lines) == [3, 2, 1]
    assert folds(arrangement) == {2: Fold(copies=2, subagents=0, is_open=False)}
    opened = frozenset({int(kin.family[2])})
    assert lines_of([3, 2, 1, 0, 4], kin, opened) == [3, 2, 0, 4, 1]


def test_a_session_stands_where_its_best_sub_agent_does_and_leads_it() -> None:
    kin = kin_of(cards(4, {3: 1, 2: 3}), ())
    arrangement = arrange([3, 0, 2, 1], kin, NOBODY, None, NONE_SHUT)
    assert list(arrangement.lines) == [1, 0]
    assert folds(arrangement) == {1: Fold(copies=0, subagents=2, is_open=False)}
    assert lines_of([3, 0, 2, 1], kin, frozenset({int(kin.family[1])})) == [1, 3, 2, 0]


def test_a_sub_agent_whose_session_is_not_here_stands_alone() -> None:
    orphan = msgspec.structs.replace(values.make_card(0), parent_id="nobody")
    assert kin_of((orphan, values.make_card(1)), ()) is None


def test_sessions_that_name_each_other_as_parents_are_still_listed() -> None:
    kin = kin_of(cards(2, {0: 1, 1: 0}), ())
    assert sorted(lines_of([0, 1], kin, frozenset(range(2)))) == [0, 1]


def test_a_lead_that_the_order_leaves_out_is_stood_for() -> None:
    kin = kin_of(cards(3, {1: 0}), ())
    assert lines_of([1, 2], kin) == [1, 2]


def test_groups_come_in_the_order_of_their_best_and_count_what_is_folded() -> None:
    made = list(cards(5))
    for place, project in enumerate(("b", "a", "b", None, "a")):
        made[place] = msgspec.structs.replace(made[place], project=project)
    kin, groups = kin_of(made, (0, 1, 0, 3, 4)), groups_by_project(made)
    arrangement = arrange([1, 0, 2, 3, 4], kin, NOBODY, groups, frozenset({"b"}))
    names = [arrangement.headers[~line].name if line < 0 else int(line) for line in arrangement.lines]
    assert names == ["a", 1, 4, "b", NO_PROJECT, 3]
    assert set(arrangement.headers) == {
        Header("a", 2, is_collapsed=False),
        Header("b", 2, is_collapsed=True),
        Header(NO_PROJECT, 1, is_collapsed=False),
    }


@given(st.data())
def test_nobody_is_lost_or_doubled_whatever_the_families(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 20))
    copies = data.draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    parents = data.draw(st.dictionaries(st.integers(0, count - 1), st.integers(0, count - 1)))
    order = data.draw(st.permutations(range(count)))
    made = cards(count, parents)
    kin, groups = kin_of(made, copies), groups_by_project(made)
    everybody = frozenset(range(count))
    shown = [line for line in lines_of(order, kin, everybody, groups) if line >= 0]
    assert sorted(shown) == sorted(order)
    folded = arrange(order, kin, NOBODY, groups, NONE_SHUT)
    hidden = sum(fold.copies + fold.subagents for fold in folds(folded).values())
    assert len([line for line in folded.lines if line >= 0]) + hidden == count
    assert sum(header.count for header in folded.headers) == count
