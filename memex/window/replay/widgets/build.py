"""A widget for each kind of block."""

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from memex.core.steps.blocks import (
    Block,
    Checklist,
    Diff,
    Fold,
    JsonTree,
    Listing,
    Note,
    Picture,
    Plan,
    Prose,
    Questions,
    SubAgent,
    Terminal,
    ToolBlock,
    TurnLink,
    WebLinks,
)
from memex.window.controls import make_tool_button
from memex.window.replay.glyphs import Glyph, glyph_icon
from memex.window.replay.widgets.card_heading import CardHeading
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.diff_block import DiffBlock
from memex.window.replay.widgets.json_view import JsonView
from memex.window.replay.widgets.nested_session import SubAgentBlock
from memex.window.replay.widgets.picture_view import PictureView
from memex.window.replay.widgets.prose_view import ProseView
from memex.window.replay.widgets.rows_block import listing_block
from memex.window.replay.widgets.small_blocks import (
    ChecklistView,
    QuestionsView,
    WebLinksView,
    note_label,
    turn_link,
)
from memex.window.replay.widgets.terminal_block import TerminalBlock

PAD = 8
EDGE_TO_EDGE = (Listing, Terminal, Diff)
"""What has a surface of its own."""


def build_block(block: Block, context: BlockContext) -> QWidget:
    return BUILDERS[type(block)](block, context)


class ToolCard(QFrame):
    """Its property `error` gives it the red border."""

    def __init__(self, block: ToolBlock, context: BlockContext) -> None:
        super().__init__()
        self.setObjectName("toolCard")
        self.setProperty("error", block.is_error)
        self.setAccessibleName(f"{block.name}, failed" if block.is_error else block.name)
        self._block = block
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        self._column.addWidget(CardHeading(block, context.palette))

    def build_parts(self) -> Iterator[None]:
        """What stands below the heading, one part at a time."""
        for part in self._block.body:
            widget = build_block(part, self._context)
            if isinstance(part, EDGE_TO_EDGE):
                self._column.addWidget(widget)
            else:
                self._column.addLayout(_padded(widget))
            widget.show()
            yield


class FoldBlock(QWidget):
    """A labelled button; its body is built when it is first opened."""

    def __init__(self, fold: Fold, context: BlockContext) -> None:
        super().__init__()
        self._fold = fold
        self._context = context
        self._body: QWidget | None = None
        self._button = make_tool_button(fold.label, "")
        self._button.setText(fold.label)
        self._button.setCheckable(True)
        self._button.setObjectName("foldToggle")
        self._button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setIconSize(QSize(12, 12))
        self._button.toggled.connect(self._on_button_toggled)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        self._show_arrow(False)

    @property
    def hides_match(self) -> bool:
        pattern = self._context.matches
        if pattern is None or self._button.isChecked():
            return False
        return any(pattern.search(part.text) for part in self._fold.body if isinstance(part, Prose | Listing))

    def unfold(self) -> None:
        self._button.setChecked(True)

    def _on_button_toggled(self, is_open: bool) -> None:
        if self._body is None:
            self._body = _framed("foldBody", self._fold.body, self._context)
            self._column.addWidget(self._body)
        self._body.setVisible(is_open)
        self._show_arrow(is_open)

    def _show_arrow(self, is_open: bool) -> None:
        palette = self._context.palette
        self._button.setIcon(
            glyph_icon(Glyph.OPEN if is_open else Glyph.CLOSED, palette.muted, palette.hairline)
        )


def _tool_card(block: ToolBlock, context: BlockContext) -> ToolCard:
    return ToolCard(block, context)


def _plan(plan: Plan, context: BlockContext) -> QWidget:
    return _framed("planBody", plan.body, context)


def _framed(name: str, body: tuple[Block, ...], context: BlockContext) -> QFrame:
    frame = QFrame()
    frame.setObjectName(name)
    column = QVBoxLayout(frame)
    column.setContentsMargins(12, 0, 0, 0)
    for part in body:
        column.addWidget(build_block(part, context))
    return frame


def _padded(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(PAD, 0, PAD, PAD)
    layout.addWidget(widget)
    return layout


BUILDERS: dict[type, Callable[[Any, BlockContext], QWidget]] = {
    Prose: ProseView,
    Listing: listing_block,
    Terminal: TerminalBlock,
    Diff: DiffBlock,
    Checklist: ChecklistView,
    Plan: _plan,
    Questions: QuestionsView,
    WebLinks: lambda block, _: WebLinksView(block),
    JsonTree: JsonView,
    Picture: PictureView,
    Note: lambda block, _: note_label(block),
    SubAgent: lambda block, context: SubAgentBlock(block, context, build_block),
    TurnLink: turn_link,
    Fold: FoldBlock,
    ToolBlock: _tool_card,
}
