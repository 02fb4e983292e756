"""One turn in detail. Never more than one is laid out, and never longer at a time than a frame allows."""

import re
from collections.abc import Iterator, Sequence
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from memex.core.replay import TurnOutline
from memex.core.safe_text import one_line
from memex.core.session import Turn
from memex.core.steps.blocks import Block, Note, Prose
from memex.core.steps.context import StepContext
from memex.core.steps.turn import NO_CONTEXT, render_turn
from memex.window.replay.asking import Ask, ask_nobody
from memex.window.replay.headings import heading_of
from memex.window.replay.widgets.build import FoldBlock, ToolCard, build_block
from memex.window.replay.widgets.context import BlockContext, Choices, match_pattern
from memex.window.replay.widgets.elided_label import ElidedLabel
from memex.window.replay.widgets.marks import first_match
from memex.window.replay.widgets.prose_view import ProseView
from memex.window.replay.widgets.raw_view import RawView
from memex.window.replay.widgets.rows_block import RowsBlock
from memex.window.replay.widgets.rows_view import RowsView
from memex.window.theme import Palette

BUDGET = 0.003
"""Seconds of building at a time; what remains of a long turn is built when the event loop is free."""
LAYOUT_PASSES = 4


class TurnView(QScrollArea):
    session_wanted = Signal(str)
    turn_wanted = Signal(int)
    completed = Signal()
    """Every block of the turn is built."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("turnView")
        self.setAccessibleName("Turn")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # As needed, it could come and go without end: with it texts are higher, without it they fit.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._palette = palette
        self._matches: re.Pattern[str] | None = None
        self._ask: Ask = ask_nobody
        self._choices = Choices()
        self._shown: tuple[str, tuple[Block, ...]] = ("", ())
        self._place: tuple[int, int] | None = None
        """Session key and turn; None while the turn itself is not here."""
        self._is_raw = False
        self._building: Iterator[None] = iter(())
        self._is_revealing = False
        self._pump = QTimer(self, interval=0)
        self._pump.timeout.connect(self._build_more)
        self._start()

    def set_ask(self, ask: Ask) -> None:
        """Whom images, raw records and nested sessions are asked of."""
        self._ask = ask

    def show_outline(self, outline: TurnOutline, note: str) -> None:
        """The gist, until the turn itself is here; `note` says why it is not."""
        gist = Prose(one_line(outline.gist)) if outline.gist else None
        blocks = tuple(block for block in (gist, Note(note)) if block)
        self._place = None
        self._show(heading_of(outline, None), blocks)

    def show_turn(
        self, turn: Turn, context: StepContext = NO_CONTEXT, *, session_key: int = 0, reveal: bool = False
    ) -> None:
        """`reveal` opens and scrolls to the first match; without one, the turn starts at its top."""
        self._is_revealing = reveal
        self._place = (session_key, turn.index)
        self._show(heading_of(turn, turn.model), render_turn(turn, context))

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._start()

    def set_matches(self, words: Sequence[str]) -> None:
        self.mark_words(words)
        self._start()

    def mark_words(self, words: Sequence[str]) -> None:
        self.mark(match_pattern(words))

    def mark(self, pattern: re.Pattern[str] | None) -> None:
        """What is marked in the turns that are shown from now on."""
        self._matches = pattern

    def reveal_match(self) -> None:
        """Open and scroll to the first match, once the turn is built."""
        self._is_revealing = True
        self._pump.start()

    def toggle_raw(self) -> None:
        """Between the turn rendered and its lines as they stand in the file, for later turns as well."""
        self._is_raw = not self._is_raw
        self._start()

    def _show(self, heading: str, blocks: tuple[Block, ...]) -> None:
        self._shown = (heading, blocks)
        self._start()

    def _start(self) -> None:
        heading, blocks = self._shown
        self._content = QWidget()
        self._content.setObjectName("turnContent")
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(16, 8, 16, 16)
        self._column.setSpacing(8)
        self._column.addLayout(self._heading(heading))
        self._column.addStretch(1)
        is_raw = self._is_raw and self._place is not None
        self._building = self._build_raw() if is_raw else self._build(blocks)
        self.setWidget(self._content)
        self.verticalScrollBar().setValue(0)
        self._build_more()

    def _heading(self, text: str) -> QHBoxLayout:
        line = QHBoxLayout()
        label = ElidedLabel("turnHeading")
        label.show_text(text)
        line.addWidget(label, 1)
        switch = QPushButton("Rendered" if self._is_raw else "Raw record")
        switch.setObjectName("switchButton")
        switch.setAccessibleName(
            "Show the turn rendered" if self._is_raw else "Show the raw record of the turn"
        )
        switch.clicked.connect(self.toggle_raw)
        if self._place is None:
            switch.hide()  # to show it here would open a window: it has no parent yet
        line.addWidget(switch)
        return line

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

    def _context(self) -> BlockContext:
        key, turn = self._place or (0, 0)
        return BlockContext(
            self._palette,
            self._matches,
            self.session_wanted.emit,
            self.turn_wanted.emit,
            key,
            turn,
            self._ask,
            self._choices,
        )

    def _build(self, blocks: tuple[Block, ...]) -> Iterator[None]:
        """Yields after each widget, since one card alone may hold a report of a hundred parts."""
        context = self._context()
        for block in blocks:
            widget = build_block(block, context)
            self._add(widget)
            yield
            if isinstance(widget, ToolCard):
                for _ in widget.build_parts():
                    yield

    def _build_raw(self) -> Iterator[None]:
        self._add(RawView(self._context()))
        yield

    def _add(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)
        widget.show()  # else Qt shows it a turn of the event loop later, and the page grows twice

    def _reveal(self) -> None:
        self._settle()
        if self._scroll_to_mark():
            return
        for fold in self._content.findChildren(QWidget):
            if isinstance(fold, FoldBlock | RowsBlock) and fold.hides_match:
                row = fold.first_hidden_match() if isinstance(fold, RowsBlock) else None
                fold.unfold()
                self._settle()
                self._scroll_to_mark(fold, row)
                return

    def _scroll_to_mark(self, within: QWidget | None = None, row: int | None = None) -> bool:
        """`row`: of the only rows view within, where that is known already."""
        for view in (within or self._content).findChildren(QWidget):
            if not view.isVisibleTo(self._content):
                continue
            rect = None
            if isinstance(view, RowsView):
                found = row if row is not None else view.first_match()
                rect = view.row_rect(found) if found is not None else None
            elif isinstance(view, ProseView):
                rect = first_match(view)
            if rect:
                place = view.mapTo(self._content, rect.center())
                self.ensureVisible(0, place.y(), 0, self.viewport().height() // 3)
                return True
        return False

    def _settle(self) -> None:
        """Heights follow widths: each pass may call for one more, a level further in."""
        for _ in range(LAYOUT_PASSES):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
