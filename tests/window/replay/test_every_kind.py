"""A real record of the corpus for every kind of tool and of turn that each agent wrote, in the real view.

The corpus is walked once; a kind that no builder or no widget knows fails here.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFrame
from pytestqt.qtbot import QtBot

from memex.core.errors import MemexError
from memex.core.session import Session, ToolKind, Turn, TurnKind
from memex.core.steps.blocks import Block, Fold, Plan, ToolBlock
from memex.core.steps.context import step_context
from memex.core.steps.turn import render_turn
from memex.transcripts.readers import read_transcripts
from memex.window.replay.turn_view import TurnView
from memex.window.replay.widgets.build import BUILDERS
from memex.window.theme import LIGHT

Kind = tuple[str, str]
"""Agent, and what it is of: a kind of tool with its name, or a kind of turn."""
LARGEST = 700_000
LARGE = ("chat-history.md", "04a21918-a429-4e1e-93b1-ca0cea51c8c8.jsonl")
"""Files above so many bytes are passed over, but for those that hold a kind which no smaller one does."""


def sessions(corpus: Path) -> Iterator[Session]:
    for path in sorted([*corpus.rglob("*.json*"), *corpus.rglob("aider/*/*.md")]):
        if path.stat().st_size > LARGEST and path.name not in LARGE:
            continue
        with path.open("rb") as file:
            try:
                yield from read_transcripts(file, path)
            except MemexError:
                continue


def kinds_of(session: Session, turn: Turn) -> Iterator[Kind]:
    yield session.agent, f"turn {turn.kind}"
    for call in turn.tool_calls:
        yield session.agent, f"{call.kind} {'' if call.kind is ToolKind.MCP else call.name}"
        if call.coloured:
            yield session.agent, "in colours"
        if call.stderr:
            yield session.agent, "standard error"
        if call.diffs:
            yield session.agent, f"diff {call.diffs[0].kind}"
        if call.child_session:
            yield session.agent, "sub-agent"


@pytest.fixture(scope="module")
def found(corpus: Path) -> dict[Kind, tuple[Session, Turn]]:
    """The first turn of each kind."""
    firsts: dict[Kind, tuple[Session, Turn]] = {}
    for session in sessions(corpus):
        for turn in session.turns:
            for kind in kinds_of(session, turn):
                firsts.setdefault(kind, (session, turn))
    return firsts


def blocks_in(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, ToolBlock | Fold | Plan):
            yield from blocks_in(block.body)


def test_the_corpus_holds_every_kind(found: dict[Kind, tuple[Session, Turn]]) -> None:
    tools = {what.split(" ")[0] for _, what in found}
    turns = {what.removeprefix("turn ") for _, what in found if what.startswith("turn ")}
    assert set(map(str, ToolKind)) <= tools
    assert set(map(str, TurnKind)) <= turns
    assert {"in colours", "standard error", "sub-agent"} <= {what for _, what in found}


def test_every_kind_of_every_agent_is_painted(qtbot: QtBot, found: dict[Kind, tuple[Session, Turn]]) -> None:
    view = TurnView(LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 600)
    view.show()
    for kind, (session, turn) in found.items():
        context = step_context(session.turns)
        blocks = render_turn(turn, context)
        assert blocks, kind
        assert {type(block) for block in blocks_in(blocks)} <= set(BUILDERS), kind
        view.show_turn(turn, context)
        while view._pump.isActive():
            QApplication.processEvents()
        cards = view.widget().findChildren(QFrame, "toolCard")
        failed = sum(card.property("error") for card in cards)
        assert len(cards) >= len(turn.tool_calls), kind
        assert failed >= sum(call.is_error for call in turn.tool_calls), kind
        assert not view.grab().isNull(), kind
