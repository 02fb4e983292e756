"""A command and what it printed, on one surface: standard error apart, under a word of its own."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from memex.core.steps.blocks import Terminal
from memex.window.controls import make_label
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.rows_block import listing_block


class TerminalBlock(QWidget):
    def __init__(self, terminal: Terminal, context: BlockContext) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if terminal.command.text:
            column.addWidget(listing_block(terminal.command, context))
        if terminal.output:
            column.addWidget(listing_block(terminal.output, context))
        if terminal.errors:
            column.addWidget(make_label("stderr", "streamName"))
            column.addWidget(listing_block(terminal.errors, context))
