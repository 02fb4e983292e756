"""A sub-agent's session, opened in place: its turns by pages, each built when it is asked for."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from memex.core.replay import SessionOutline, TurnPage
from memex.core.session import Turn
from memex.core.steps.blocks import Block, SubAgent
from memex.core.steps.turn import render_turn
from memex.engine.protocol import Failed, GetTurns, OpenSession, Reply, SessionOpened, Turns
from memex.window.controls import make_label
from memex.window.replay.headings import heading_of
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.small_blocks import link_button, plain_label

PAGE = 5
"""Turns shown at a time: each is built whole."""
MOST_DEPTH = 4
BuildBlock = Callable[[Block, BlockContext], QWidget]


class SubAgentBlock(QWidget):
    """`build` makes the widget of a block: it is given, since this widget is itself one of them."""

    def __init__(self, block: SubAgent, context: BlockContext, build: BuildBlock) -> None:
        super().__init__()
        self._block, self._context, self._build = block, context, build
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        buttons = QHBoxLayout()
        self._show = link_button("Show the sub-agent’s session here")
        self._show.clicked.connect(self._on_show_clicked)
        if context.depth >= MOST_DEPTH:
            self._show.hide()
        away = link_button("Open it")
        away.setAccessibleName("Open the sub-agent’s session")
        away.clicked.connect(self._on_away_clicked)
        for button in (self._show, away):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._nested: NestedSession | None = None

    def _on_away_clicked(self) -> None:
        self._context.open_session(self._block.session_id)

    def _on_show_clicked(self) -> None:
        if self._nested is None:
            self._nested = NestedSession(self._block.session_id, self._context, self._build)
            self._column.addWidget(self._nested)
            self._nested.show()
        else:
            self._nested.setVisible(not self._nested.isVisible())
        is_open = self._nested.isVisibleTo(self)
        self._show.setText("Hide the sub-agent’s session" if is_open else "Show the sub-agent’s session here")


class NestedSession(QFrame):
    def __init__(self, session_id: str, context: BlockContext, build: BuildBlock) -> None:
        super().__init__()
        self.setObjectName("nestedSession")
        self.setAccessibleName("The sub-agent’s session")
        self._context, self._build = context, build
        self._outline: SessionOutline | None = None
        self._next = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 0, 0, 0)
        self._column.setSpacing(8)
        self._note = make_label("Reading the session…", "note")
        self._column.addWidget(self._note)
        self._more = link_button("")
        self._more.hide()
        self._more.clicked.connect(self._ask_turns)
        self._column.addWidget(self._more)
        context.ask(OpenSession(session_id), self._take_outline)

    def _take_outline(self, reply: Reply) -> None:
        if not isValid(self):
            return
        if isinstance(reply, SessionOpened):
            self._outline = reply.outline
            self._note.setText(f"{len(reply.outline.turns):,} turns")
            self._ask_turns()
        elif isinstance(reply, Failed):
            self._note.setText(reply.message)

    def _ask_turns(self) -> None:
        if self._outline is not None:
            self._more.hide()
            self._context.ask(GetTurns(self._outline.card.key, self._next, PAGE), self._take_turns)

    def _take_turns(self, reply: Reply) -> None:
        if not isValid(self) or self._outline is None:
            return
        if isinstance(reply, Failed):
            self._note.setText(reply.message)
        if not isinstance(reply, Turns):
            return
        for turn in reply.page.turns:
            self._add_turn(turn, reply.page)
        self._next += PAGE
        left = len(self._outline.turns) - self._next
        self._more.setText(f"Show more: {left:,} turns follow")
        self._more.setVisible(left > 0)

    def _add_turn(self, turn: Turn, page: TurnPage) -> None:
        self._add(plain_label(heading_of(turn, turn.model), "turnHeading"))
        context = self._context.nested(page.session_key, turn.index)
        for block in render_turn(turn, page.context):
            self._add(self._build(block, context))

    def _add(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)
        widget.show()
