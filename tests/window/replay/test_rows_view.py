"""Rows in a view: a bounded number of them laid out, selected, copied, switched."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from memex.core.steps.blocks import Block, CheckItem, Checklist, CheckState, Diff, Grammar, JsonTree, Listing
from memex.window.replay.turn_view import TurnView
from memex.window.replay.widgets.build import build_block
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.json_view import JsonView
from memex.window.replay.widgets.rows_block import RowsBlock
from memex.window.replay.widgets.rows_view import WHOLE, WINDOW_HEIGHT, RowsView
from memex.window.replay.widgets.small_blocks import change_in_words
from memex.window.theme import DARK, LIGHT, Palette
from tests.window.replay.sessions import EDIT, reply, shell

MILLION = Listing("a line of output\n" * 1_000_000, Grammar.TERMINAL, "Output")
Show = Callable[[Block], QWidget]


def context(palette: Palette = LIGHT) -> BlockContext:
    return BlockContext(palette, None, lambda _: None, lambda _: None)


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    def show(block: Block) -> QWidget:
        widget = build_block(block, context())
        qtbot.addWidget(widget)
        widget.resize(600, 500)
        widget.show()
        QApplication.processEvents()
        widget.grab()
        return widget

    return show


def views(widget: QWidget) -> list[RowsView]:
    return [view for view in widget.findChildren(RowsView) if view.isVisibleTo(widget)]


def press(widget: QWidget, words: str) -> None:
    (button,) = [button for button in widget.findChildren(QPushButton) if button.text() == words]
    button.click()
    QApplication.processEvents()
    widget.grab()


def test_a_million_lines_are_folded_and_open_at_once(show: Show) -> None:
    block = show(MILLION)
    assert sum(view.laid_out_count for view in views(block)) <= 40
    press(block, "Show all 1,000,000 lines")
    (view,) = views(block)
    assert view.height() == WINDOW_HEIGHT
    assert view.laid_out_count <= 3 * WINDOW_HEIGHT // view._row_height
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    view.grab()
    assert max(row for row, _ in view._laid_out) == 999_999
    assert view.laid_out_count <= 5 * WINDOW_HEIGHT // view._row_height
    press(block, "Fold")
    assert len(views(block)) == 2


def test_a_view_of_many_rows_keeps_few_of_them(show: Show) -> None:
    block = show(Listing("\n".join(map(str, range(10_000))), Grammar.TERMINAL))
    press(block, "Show all 10,000 lines")
    (view,) = views(block)
    bar = view.verticalScrollBar()
    for step in range(60):
        bar.setValue(step * bar.maximum() // 60)
        view.grab()
    assert len(view._laid_out) <= 400


def test_what_is_as_high_as_its_rows_wraps_and_follows_its_width(show: Show) -> None:
    block = show(Listing("word " * 100, Grammar.TERMINAL))
    (view,) = views(block)
    narrow = view.sizeHint().height()
    assert narrow > 3 * view._row_height
    block.resize(1_600, 500)
    QApplication.processEvents()
    assert view.sizeHint().height() < narrow
    assert view.viewport().height() == view.height()


def test_what_is_dragged_over_is_copied(qtbot: QtBot, show: Show) -> None:
    block = show(Listing("first line\nsecond line\nthird line", Grammar.TERMINAL))
    (view,) = views(block)
    port, row = view.viewport(), view._row_height
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(9, 6))
    qtbot.mouseMove(port, QPoint(500, 6 + row))
    view._selection.extend(view._place_at(QPoint(500, 6 + row).toPointF()))
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "first line\nsecond line"
    qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=QPoint(12, 6 + row))
    assert view.selected_text() == "second"
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.selected_text() == "first line\nsecond line\nthird line"


def test_the_whole_of_a_long_output_is_copied_by_its_button(show: Show) -> None:
    block = show(Listing("x\n" * 500, Grammar.TERMINAL))
    press(block, "Show all 500 lines")
    press(block, "Copy all")
    assert QGuiApplication.clipboard().text() == "x\n" * 500


def test_a_diff_is_switched_and_the_choice_holds_for_the_next(qtbot: QtBot) -> None:
    shared = context()
    for words in ("Side by side", "Unified"):
        block = build_block(Diff(EDIT.diffs[0], "docker"), shared)
        qtbot.addWidget(block)
        block.resize(800, 400)
        block.show()
        QApplication.processEvents()
        (switch,) = block.findChildren(QPushButton, "switchButton")
        assert switch.text() == words
        if words == "Side by side":
            switch.click()
            assert views(block)[0]._rows.columns == 2


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_code_gets_its_colours_while_the_window_is_free(qtbot: QtBot, palette: Palette) -> None:
    block = build_block(Listing("def f():\n    return 'x'", Grammar.CODE, "Code", "python"), context(palette))
    qtbot.addWidget(block)
    block.resize(400, 100)
    block.show()
    (view,) = views(block)
    qtbot.waitUntil(lambda: view._coloured >= 1)
    view.grab()
    (first, *_) = view._laid_out[0, 0]._layout.formats()
    assert first.format.foreground().color().name() == palette.ink[view._rows.row(0)[0].runs[0].ink]  # type: ignore[union-attr]


def test_a_tree_is_filled_branch_by_branch_in_the_record_s_own_order(show: Show) -> None:
    tree = show(JsonTree({"zebra": list(range(100_000)), "apple": "one\ntwo"}, "Result"))
    assert isinstance(tree, JsonView)
    root = tree.topLevelItem(0)
    assert root is not None
    numbers, words = root.child(0), root.child(1)
    assert (numbers.text(0), numbers.text(1), numbers.childCount()) == ("zebra", "[100,000]", 0)
    numbers.setExpanded(True)
    assert (numbers.childCount(), numbers.child(200).text(0)) == (201, "99,800 more…")
    tree.itemActivated.emit(numbers.child(200), 0)
    assert numbers.childCount() == 401
    words.setExpanded(True)
    assert [words.child(n).text(0) for n in range(words.childCount())] == ["one", "two"]


def test_a_change_of_a_checklist_is_said_in_a_word(show: Show) -> None:
    done = CheckItem("a", CheckState.DONE, was=CheckState.ACTIVE)
    items = (
        done,
        CheckItem("b", CheckState.OPEN, is_new=True),
        CheckItem("c", CheckState.OPEN, is_gone=True),
    )
    show(Checklist(items))
    assert [change_in_words(item) for item in items] == ["done now", "new", "removed"]
    assert change_in_words(CheckItem("d", CheckState.OPEN)) == ""


def test_rows_that_fit_are_not_a_window(show: Show) -> None:
    block = show(Listing("\n".join(["x"] * WHOLE), Grammar.TERMINAL))
    assert isinstance(block, RowsBlock)
    press(block, f"Show all {WHOLE:,} lines")
    (view,) = views(block)
    assert view.height() == view.sizeHint().height()


def test_of_a_view_in_a_turn_only_what_is_in_sight_is_laid_out(qtbot: QtBot) -> None:
    output = "\n".join(f"line {number}" for number in range(WHOLE))
    view = TurnView(LIGHT)
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    view.show_turn(reply(0, "", shell("ls", output)))
    qtbot.waitUntil(lambda: len(views(view)) == 3)
    press(view, f"Show all {WHOLE} lines")
    (_, rows) = views(view)
    assert rows.height() > 10 * view.height()
    assert rows.laid_out_count <= 3 * view.height() // rows._row_height
