"""A widget for each kind of block."""

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from memex.window.controls import make_label, make_tool_button
from memex.window.replay.blocks import (
    Block,
    Checklist,
    CheckState,
    Fold,
    Listing,
    Note,
    Prose,
    SessionLink,
    ToolBlock,
)
from memex.window.replay.glyphs import Glyph, glyph_icon, glyph_pixmap
from memex.window.replay.markdown import is_light
from memex.window.replay.widgets.card_heading import CardHeading
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.listing_block import ListingBlock
from memex.window.replay.widgets.prose_view import ProseView

PAD = 8
_STATE_GLYPH = {CheckState.OPEN: Glyph.BOX, CheckState.ACTIVE: Glyph.ACTIVE, CheckState.DONE: Glyph.DONE}


def build_block(block: Block, context: BlockContext) -> QWidget:
    match block:
        case ToolBlock():
            return ToolCard(block, context)
        case Prose():
            return _prose(block, context)
        case Listing():
            return ListingBlock(block, context)
        case Fold():
            return FoldBlock(block, context)
        case Checklist():
            return ChecklistView(block, context)
        case SessionLink():
            return _session_link(block, context)
        case Note():
            return _note(block)


def _prose(prose: Prose, context: BlockContext) -> QWidget:
    if is_light(prose.text):
        return ProseView(prose, context)
    return ListingBlock(Listing(prose.text, label="Text"), context)


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
            if isinstance(widget, ListingBlock):
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
            self._body = self._build_body()
            self._column.addWidget(self._body)
        self._body.setVisible(is_open)
        self._show_arrow(is_open)

    def _build_body(self) -> QWidget:
        body = QFrame()
        body.setObjectName("foldBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 0, 0, 0)
        for part in self._fold.body:
            column.addWidget(build_block(part, self._context))
        return body

    def _show_arrow(self, is_open: bool) -> None:
        palette = self._context.palette
        self._button.setIcon(
            glyph_icon(Glyph.OPEN if is_open else Glyph.CLOSED, palette.muted, palette.hairline)
        )


class ChecklistView(QWidget):
    def __init__(self, checklist: Checklist, context: BlockContext) -> None:
        super().__init__()
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for item in checklist.items:
            row = QHBoxLayout()
            row.setSpacing(PAD)
            row.addWidget(self._box(item.state), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(_plain_label(item.text, "checkItem", str(item.state)), 1)
            column.addLayout(row)

    def _box(self, state: CheckState) -> QLabel:
        palette = self._context.palette
        colour = {
            CheckState.OPEN: palette.muted,
            CheckState.ACTIVE: palette.accent,
            CheckState.DONE: palette.muted,
        }
        label = QLabel()
        label.setAccessibleName(state.value)
        label.setPixmap(glyph_pixmap(_STATE_GLYPH[state], colour[state], 16, self.devicePixelRatioF()))
        return label


def _padded(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(PAD, 0, PAD, PAD)
    layout.addWidget(widget)
    return layout


def _note(note: Note) -> QLabel:
    return _plain_label(note.text, "note", str(note.tone))


def _plain_label(text: str, name: str, tone: str) -> QLabel:
    label = make_label(text, name)
    label.setWordWrap(True)
    label.setProperty("tone", tone)
    label.setMinimumWidth(1)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _session_link(link: SessionLink, context: BlockContext) -> QPushButton:
    button = QPushButton("Open the sub-agent’s session")
    button.setObjectName("linkButton")
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    button.clicked.connect(lambda: context.open_session(link.session_id))
    return button
