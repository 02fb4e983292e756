"""Filters to choose from: a lawful tree that is walked by keys, and in step with the box."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from memex.core.filters import Field, Filters, one_of
from memex.window.facet_model import SHOWN, FacetModel, MoreRow, ValueRow
from memex.window.facet_panel import FacetPanel
from memex.window.theme import LIGHT
from tests.window import values
from tests.window.test_journey import press


@pytest.fixture
def panel(qtbot) -> FacetPanel:
    panel = FacetPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.resize(264, 420)
    panel.show_facets(values.FACETS)
    panel.show()
    panel.setFocus()
    qtbot.waitUntil(panel.tree.hasFocus)
    return panel


def shown(model: FacetModel, field: Field) -> list[str]:
    parent = model.find(field)
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def test_it_is_a_lawful_model(qtmodeltester) -> None:
    model = FacetModel()
    qtmodeltester.check(model)
    model.show_facets(values.FACETS)
    model.show_filters(Filters(one_of(Field.PROJECT, ("infra", "gone"))))
    model.toggle_whole(Field.BRANCH)
    model.show_facets(values.FACETS[:2])


def test_many_values_are_cut_until_all_are_asked_for(panel: FacetPanel) -> None:
    assert len(shown(panel.model, Field.BRANCH)) == SHOWN + 1
    assert shown(panel.model, Field.BRANCH)[-1] == "Show all 41"
    panel.model.toggle_whole(Field.BRANCH)
    assert len(shown(panel.model, Field.BRANCH)) == 42
    assert shown(panel.model, Field.BRANCH)[-1] == "Show fewer"


def test_what_is_chosen_is_shown_even_if_nothing_has_it(panel: FacetPanel) -> None:
    panel.show_filters(Filters(one_of(Field.BRANCH, ("feat/39", "lost"))))
    rows = shown(panel.model, Field.BRANCH)
    assert rows[0] == "lost"
    assert "feat/39" in rows
    index = panel.model.find(Field.BRANCH, "feat/39")
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert "chosen: lost, feat/39" in panel.model.find(Field.BRANCH).data(Qt.ItemDataRole.AccessibleTextRole)


def test_keys_unfold_choose_and_show_all(panel: FacetPanel, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Home)
    press(qtbot, Qt.Key.Key_Right)
    assert panel.expanded == {Field.PROJECT}
    press(qtbot, Qt.Key.Key_Down, times=2)
    with qtbot.waitSignal(panel.toggled) as toggled:
        press(qtbot, Qt.Key.Key_Space)
    assert toggled.args == [Field.PROJECT, "infra", True]
    panel.show_filters(Filters(one_of(Field.PROJECT, ("infra",))))
    with qtbot.waitSignal(panel.toggled) as toggled:
        press(qtbot, Qt.Key.Key_Return)
    assert toggled.args == [Field.PROJECT, "infra", False]
    panel.set_expanded([Field.BRANCH])
    panel.tree.setCurrentIndex(panel.model.index(SHOWN, 0, panel.model.find(Field.BRANCH)))
    assert isinstance(panel.model.row(panel.tree.currentIndex()), MoreRow)
    press(qtbot, Qt.Key.Key_Return)
    assert len(shown(panel.model, Field.BRANCH)) == 42
    assert panel.expanded == {Field.BRANCH}


def test_a_click_chooses_and_another_unfolds(panel: FacetPanel, qtbot) -> None:
    tree = panel.tree
    for index in (panel.model.find(Field.AGENT), panel.model.find(Field.AGENT, "codex")):
        with qtbot.waitSignal(panel.toggled, raising=index.data() == "Codex", timeout=50) as toggled:
            place = tree.visualRect(index).center()
            qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert toggled.args == [Field.AGENT, "codex", True]


def test_new_counts_leave_place_and_folds_as_they_are(panel: FacetPanel) -> None:
    panel.set_expanded([Field.PROJECT])
    panel.tree.setCurrentIndex(panel.model.find(Field.PROJECT, "ledger"))
    fewer = (values.facet_of(Field.PROJECT, ("storefront", 9), ("ledger", 2)), *values.FACETS[1:])
    panel.show_facets(fewer)
    row = panel.model.row(panel.tree.currentIndex())
    assert isinstance(row, ValueRow)
    assert (row.value, row.count) == ("ledger", 2)
    assert panel.expanded == {Field.PROJECT}
    panel.show_facets(values.FACETS[1:])
    assert panel.model.row(panel.tree.currentIndex()).field is Field.PROJECT


def test_forty_thousand_values_are_built_only_where_seen(panel: FacetPanel, qtbot) -> None:
    many = values.facet_of(Field.BRANCH, *((f"b{number}", 1) for number in range(40_000)))
    panel.show_facets((many,))
    panel.model.toggle_whole(Field.BRANCH)
    painted = []
    panel.tree.itemDelegate().paint = lambda *_: painted.append(1)
    panel.set_expanded([Field.BRANCH])
    panel.tree.scrollToBottom()
    panel.grab()
    assert len(painted) < 200


def test_clearing_is_offered_when_there_is_something_to_clear(panel: FacetPanel, qtbot) -> None:
    assert panel.clear_button.isHidden()
    panel.show_filters(Filters(one_of(Field.AGENT, ("codex",))))
    with qtbot.waitSignal(panel.clear_wanted):
        panel.clear_button.click()
    assert QApplication.focusWidget() is not None
