"""A file's change, unified or side by side: the choice holds for every change that is shown after it."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from memex.core.safe_text import one_line
from memex.core.steps.blocks import Diff
from memex.core.steps.diff import DiffRows, side_by_side_rows, unified_rows
from memex.core.steps.edit import changed_lines
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.elided_label import ElidedLabel
from memex.window.replay.widgets.rows_block import RowsBlock


class DiffBlock(QWidget):
    def __init__(self, block: Diff, context: BlockContext) -> None:
        super().__init__()
        self._block, self._context = block, context
        self._rows: RowsBlock | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._switch = QPushButton()
        self._switch.setObjectName("switchButton")
        self._switch.clicked.connect(self._on_switch_clicked)
        self._add_heading()
        self._show_rows()

    def _add_heading(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(8, 0, 8, 0)
        heading = ElidedLabel("diffHeading")
        if self._block.has_heading:
            removed, added = changed_lines([self._block.diff])
            heading.show_text(f"{one_line(self._block.diff.path)}   +{added:,} −{removed:,}")
        line.addWidget(heading, 1)
        line.addWidget(self._switch)
        self._column.addLayout(line)

    def _show_rows(self) -> None:
        is_wide = self._context.choices.is_side_by_side
        rows: DiffRows = side_by_side_rows(self._block) if is_wide else unified_rows(self._block)
        if self._rows is not None:
            self._column.removeWidget(self._rows)
            self._rows.hide()
            self._rows.deleteLater()
        self._rows = RowsBlock(rows, f"Changes of {one_line(self._block.diff.path)}", self._context)
        self._column.addWidget(self._rows)
        self._rows.show()
        self._switch.setText("Unified" if is_wide else "Side by side")
        self._switch.setAccessibleName(
            "Show the change unified" if is_wide else "Show the change side by side"
        )

    def _on_switch_clicked(self) -> None:
        self._context.choices.is_side_by_side = not self._context.choices.is_side_by_side
        self._show_rows()
