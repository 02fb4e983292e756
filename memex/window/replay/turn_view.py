"""One turn in detail. Never more than one is laid out, and never longer at a time than a frame allows."""

import re
from collections.abc import Iterator, Sequence
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from memex.core.replay import TurnOutline
from memex.core.safe_text import one_line
from memex.core.session import Role, Turn, TurnKind
from memex.window.replay.blocks import Block, Note, Prose
from memex.window.replay.renderers.turn import render_turn
from memex.window.replay.widgets.build import FoldBlock, ToolCard, build_block
from memex.window.replay.widgets.context import BlockContext, match_pattern
from memex.window.replay.widgets.elided_label import ElidedLabel
from memex.window.replay.widgets.listing_block import ListingBlock
from memex.window.replay.widgets.listing_view import ListingView
from memex.window.replay.widgets.marks import first_match
from memex.window.replay.widgets.prose_view import ProseView
from memex.window.theme import Palette

BUDGET = 0.006
"""Seconds of building at a time; what remains of a long turn is built when the event loop is free."""
LAYOUT_PASSES = 4
_WHO = {Role.USER: "User", Role.ASSISTANT: "Assistant", Role.SYSTEM: "System"}


class TurnView(QScrollArea):
    session_wanted = Signal(str)
    completed = Signal()
    """Every block of the turn is built."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("turnView")
        self.setAccessibleName("Turn")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._palette = palette
        self._matches: re.Pattern[str] | None = None
        self._shown: tuple[str, tuple[Block, ...]] = ("", ())
        self._building: Iterator[None] = iter(())
        self._is_revealing = False
        self._pump = QTimer(self, interval=0)
        self._pump.timeout.connect(self._build_more)
        self._start()

    def show_outline(self, outline: TurnOutline, note: str) -> None:
        """The gist, until the turn itself is here; `note` says why it is not."""
        gist = Prose(one_line(outline.gist)) if outline.gist else None
        blocks = tuple(block for block in (gist, Note(note)) if block)
        self._show(_heading(outline, None), blocks)

    def show_turn(self, turn: Turn, *, reveal: bool = False) -> None:
        """`reveal` opens and scrolls to the first match; without one, the turn starts at its top."""
        self._is_revealing = reveal
        self._show(_heading(turn, turn.model), render_turn(turn))

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._start()

    def set_matches(self, words: Sequence[str]) -> None:
        self._matches = match_pattern(words)
        self._start()

    def _show(self, heading: str, blocks: tuple[Block, ...]) -> None:
        self._shown = (heading, blocks)
        self._start()

    def _start(self) -> None:
        heading, blocks = self._shown
        self._content = QWidget()
        self._content.setObjectName("turnContent")
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(12, 8, 12, 16)
        self._column.setSpacing(8)
        label = ElidedLabel("turnHeading")
        label.show_text(heading)
        self._column.addWidget(label)
        self._column.addStretch(1)
        self._building = self._build(blocks)
        self.setWidget(self._content)
        self.verticalScrollBar().setValue(0)
        self._build_more()

    def _build_more(self) -> None:
        deadline = perf_counter() + BUDGET
        for _ in self._building:
            if perf_counter() > deadline:
                self._pump.start()
                return
        self._pump.stop()
        if self._is_revealing:
            self._is_revealing = False
            self._reveal()
        self.completed.emit()

    def _build(self, blocks: tuple[Block, ...]) -> Iterator[None]:
        """Yields after each widget, since one card alone may hold a report of a hundred parts."""
        context = BlockContext(self._palette, self._matches, self.session_wanted.emit)
        for block in blocks:
            widget = build_block(block, context)
            self._column.insertWidget(self._column.count() - 1, widget)
            widget.show()  # else Qt shows it a turn of the event loop later, and the page grows twice
            yield
            if isinstance(widget, ToolCard):
                for _ in widget.build_parts():
                    yield

    def _reveal(self) -> None:
        self._settle()
        if self._scroll_to_mark():
            return
        for fold in self._content.findChildren(QWidget):
            if isinstance(fold, FoldBlock | ListingBlock) and fold.hides_match:
                fold.unfold()
                self._settle()
                self._scroll_to_mark()
                return

    def _scroll_to_mark(self) -> bool:
        for view in self._content.findChildren(QWidget):
            if isinstance(view, ListingView | ProseView) and (rect := first_match(view)):
                place = view.mapTo(self._content, rect.center())
                self.ensureVisible(0, place.y(), 0, self.viewport().height() // 3)
                return True
        return False

    def _settle(self) -> None:
        """Heights follow widths: each pass may call for one more, a level further in."""
        for _ in range(LAYOUT_PASSES):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def _heading(turn: Turn | TurnOutline, model: str | None) -> str:
    parts = [f"Turn {turn.index + 1:,}", _WHO[turn.role]]
    if turn.kind is not TurnKind.REPLY:
        parts.append(turn.kind.value.replace("-", " "))
    if model:
        parts.append(one_line(model, 60))
    if turn.time:
        parts.append(f"{turn.time.astimezone():%Y-%m-%d %H:%M:%S}")
    return " · ".join(parts)
