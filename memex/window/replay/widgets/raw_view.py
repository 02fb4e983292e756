"""The raw record of a turn: the very JSON lines of its file, each as a tree and as it stands."""

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from memex.core.replay import RawRecord
from memex.core.steps.blocks import Block, Fold, Grammar, JsonTree, Listing
from memex.core.steps.json_tree import parsed_json
from memex.engine.protocol import Failed, Reply
from memex.engine.replay_messages import GetRawRecords, RawRecords
from memex.window.controls import make_label
from memex.window.replay.widgets.build import build_block
from memex.window.replay.widgets.context import BlockContext

SHOWN = 100
"""Records; a turn of more has the rest of them named."""


class RawView(QWidget):
    def __init__(self, context: BlockContext) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._note = make_label("Reading the records…", "note")
        self._column.addWidget(self._note)
        context.ask(GetRawRecords(context.session_key, context.turn), self._take)

    def _take(self, reply: Reply) -> None:
        if not isValid(self):
            return
        if isinstance(reply, Failed):
            self._note.setText(reply.message)
        if not isinstance(reply, RawRecords):
            return
        page = reply.page
        left = page.more + max(0, len(page.records) - SHOWN)
        self._note.setText(f"{left:,} more records of this turn are not shown." if left else "")
        self._note.setVisible(bool(left))
        for record in page.records[:SHOWN]:
            self._add(record)

    def _add(self, record: RawRecord) -> None:
        cut = f", the first {len(record.text):,} characters of {record.size:,} bytes" if record.is_cut else ""
        heading = make_label(f"Line {record.line:,}{cut}", "turnHeading")
        value = None if record.is_cut else parsed_json(record.text)
        text = Listing(record.text, Grammar.CODE, f"Line {record.line:,}", "json")
        blocks: tuple[Block, ...] = (text,)
        if value is not None:
            blocks = (JsonTree(value, "record"), Fold("As it stands in the file", (text,)))
        for widget in (heading, *(build_block(block, self._context) for block in blocks)):
            self._column.insertWidget(self._column.count() - 1, widget)
            widget.show()
