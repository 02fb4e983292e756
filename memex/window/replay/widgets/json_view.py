"""A JSON value as a tree: a branch is filled when it is opened."""

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem

from memex.core.safe_text import one_line, safe_line
from memex.core.steps.blocks import JsonTree
from memex.core.steps.json_tree import CHILDREN, children_of, is_branch, is_long_text, preview
from memex.core.steps.rows import Ink
from memex.core.steps.text_lines import TextLines
from memex.window import fonts
from memex.window.replay.widgets.context import BlockContext

OPENED_AT_ONCE = 12
MOST_HEIGHT = 480
LINE_BYTES = 4_000
NAME_WIDTH = 160


class JsonItem(QTreeWidgetItem):
    """A value; kept as it is, since Qt's own data would sort an object's names."""

    def __init__(self, words: list[str], value: Any) -> None:
        super().__init__(words)
        self.value = value


class MoreItem(QTreeWidgetItem):
    """The last row of a long branch: `shown` of its children stand above it."""

    def __init__(self, left: int, shown: int) -> None:
        super().__init__([f"{left:,} more…"])
        self.shown = shown


class JsonView(QTreeWidget):
    def __init__(self, tree: JsonTree, context: BlockContext) -> None:
        super().__init__()
        self._palette = context.palette
        self.setObjectName("jsonTree")
        self.setAccessibleName(tree.label or "JSON")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setFont(fonts.code_font(fonts.small_size()))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.header().setStretchLastSection(True)
        self.setColumnWidth(0, NAME_WIDTH)
        root = self._item(tree.label or "value", tree.value)
        self.addTopLevelItem(root)
        self.itemExpanded.connect(self._on_item_expanded)
        self.itemCollapsed.connect(self._fit)
        self.itemActivated.connect(self._on_item_activated)
        self.itemClicked.connect(self._on_item_activated)
        root.setExpanded(True)
        for child in _children(root, OPENED_AT_ONCE) if root.childCount() <= OPENED_AT_ONCE else ():
            if isinstance(child, JsonItem) and 0 < len(children_of(child.value)) <= OPENED_AT_ONCE:
                child.setExpanded(True)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and self.verticalScrollBar().maximum():
            super().wheelEvent(event)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _item(self, name: str, value: object) -> QTreeWidgetItem:
        item = JsonItem([one_line(name, 200), preview(value)], value)
        item.setForeground(0, QBrush(QColor(self._palette.muted)))
        item.setForeground(1, QBrush(QColor(self._colour_of(value))))
        if is_branch(value) or is_long_text(value):
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        return item

    def _colour_of(self, value: object) -> str:
        if isinstance(value, bool | int | float) or value is None:
            return self._palette.ink[Ink.NUMBER]
        return self._palette.terminal_text if isinstance(value, str) else self._palette.muted

    def _on_item_expanded(self, item: QTreeWidgetItem) -> None:
        if item.childCount() == 0 and isinstance(item, JsonItem):
            self._fill(item, 0)
        self._fit()

    def _fill(self, item: JsonItem, first: int) -> None:
        value = item.value
        if isinstance(value, str):
            total, children = _lines(value, first)
            item.setText(1, f"{total:,} lines" if total > 1 else f"{len(value):,} characters")
            item.addChildren([self._line_item(line) for line in children])
        else:
            total = len(value)
            item.addChildren([self._item(name, child) for name, child in children_of(value, first)])
        shown = min(first + CHILDREN, total)
        if shown < total:
            more = MoreItem(total - shown, shown)
            more.setForeground(0, QBrush(QColor(self._palette.accent)))
            item.addChild(more)

    def _line_item(self, line: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([line])
        item.setFirstColumnSpanned(True)
        return item

    def _on_item_activated(self, item: QTreeWidgetItem) -> None:
        parent = item.parent()
        if isinstance(item, MoreItem) and isinstance(parent, JsonItem):
            parent.removeChild(item)
            self._fill(parent, item.shown)
            self._fit()

    def _fit(self) -> None:
        row = self.sizeHintForRow(0)
        rows = sum(1 for _ in _visible(self.invisibleRootItem(), MOST_HEIGHT // max(1, row) + 1))
        self.setFixedHeight(min(MOST_HEIGHT, rows * row + 2))


def _visible(item: QTreeWidgetItem, limit: int) -> Iterator[QTreeWidgetItem]:
    """Rows that can be seen, no more than `limit`."""
    waiting = _children(item, limit)[::-1]
    for _ in range(limit):
        if not waiting:
            return
        found = waiting.pop()
        yield found
        if found.isExpanded():
            waiting.extend(reversed(_children(found, limit)))


def _children(item: QTreeWidgetItem, limit: int) -> list[QTreeWidgetItem]:
    found = (item.child(place) for place in range(min(item.childCount(), limit)))
    return [child for child in found if child is not None]


def _lines(text: str, first: int) -> tuple[int, list[str]]:
    lines = TextLines(text)
    shown = range(first, min(first + CHILDREN, len(lines)))
    return len(lines), [safe_line(lines.line(number, LINE_BYTES)) for number in shown]
