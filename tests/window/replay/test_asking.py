"""What a turn's parts ask for by themselves: images, raw records, the session of a sub-agent."""

import json
from base64 import b64decode
from collections.abc import Callable

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from memex.core.replay import RawRecord, RawRecordPage, TurnImage
from memex.core.steps.blocks import Picture, SubAgent
from memex.engine.protocol import Failed, GetTurns, OpenSession, Reply, Request, SessionOpened, Turns
from memex.engine.replay_messages import GetImage, GetRawRecords, Image, RawRecords
from memex.window.replay.turn_view import TurnView
from memex.window.replay.widgets.build import build_block
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.json_view import JsonView
from memex.window.replay.widgets.picture_view import PictureView, decoded
from memex.window.theme import LIGHT
from tests.window.replay.sessions import STORY, outline_of, page_of, prompt

PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def replying(answers: Callable[[Request], Reply]) -> BlockContext:
    def ask(request: Request, answer: Callable[[Reply], None]) -> None:
        answer(answers(request))

    return BlockContext(LIGHT, None, lambda _: None, lambda _: None, session_key=1, turn=3, ask=ask)


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    QApplication.processEvents()
    widget.grab()
    return widget


def words_in(widget: QWidget) -> str:
    prose = [view.toPlainText() for view in widget.findChildren(QTextEdit)]
    return "\n".join([*prose, *(label.text() for label in widget.findChildren(QLabel))])


def image(data: bytes) -> Callable[[Request], Reply]:
    return lambda request: Image(TurnImage(1, 3, 0, "image/png", data, 1))


def test_an_image_of_the_record_is_shown(qtbot: QtBot) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return image(PIXEL)(request)

    view = shown(qtbot, build_block(Picture(2), replying(answer)))
    assert isinstance(view, PictureView)
    assert asked == [GetImage(1, 3, 2)]
    assert (view.pixmap().width(), view.pixmap().height()) == (1, 1)


@pytest.mark.parametrize(
    "data",
    [b"", b"no image", PIXEL[:40], b"<svg xmlns='http://www.w3.org/2000/svg'><image href='http://x'/></svg>"],
    ids=["empty", "text", "broken", "svg"],
)
def test_what_is_no_sound_image_is_a_sentence(qtbot: QtBot, data: bytes) -> None:
    view = shown(qtbot, build_block(Picture(0), replying(image(data))))
    assert isinstance(view, PictureView)
    assert view.text() == "Image 1 cannot be shown: its data is damaged or no image."


def test_an_image_that_says_it_is_immense_is_refused() -> None:
    """A PNG of a few bytes whose head claims 60,000 by 60,000 pixels."""
    size = (60_000).to_bytes(4, "big")
    assert decoded(PIXEL[:16] + size + size + PIXEL[24:]) is None


def test_an_image_is_never_wider_than_its_turn(qtbot: QtBot) -> None:
    wide = QImage(2_000, 10, QImage.Format.Format_RGB32)
    wide.fill(QColor("red"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    wide.save(buffer, "PNG")
    view = shown(qtbot, build_block(Picture(0), replying(image(bytes(buffer.data().data())))))
    assert isinstance(view, PictureView)
    assert view.pixmap().width() <= view.width()


def test_a_failure_stands_where_the_image_would(qtbot: QtBot) -> None:
    view = shown(qtbot, build_block(Picture(0), replying(lambda _: Failed("ReplayError", "It is gone."))))
    assert isinstance(view, PictureView)
    assert view.text() == "It is gone."


def test_the_raw_record_shows_the_very_lines_and_stays_while_stepping(qtbot: QtBot) -> None:
    line = json.dumps({"type": "user", "message": {"content": "hi"}})
    asked: list[Request] = []

    def ask(request: Request, answer: Callable[[Reply], None]) -> None:
        asked.append(request)
        records = (RawRecord(4, line, len(line)), RawRecord(5, "{ broken", 9_000_000, is_cut=True))
        answer(RawRecords(RawRecordPage(7, 0, records, more=2)))

    view = TurnView(LIGHT)
    view.set_ask(ask)
    view.show_turn(prompt(0, "hi"), session_key=7)
    shown(qtbot, view)
    (switch,) = view.findChildren(QPushButton, "switchButton")
    switch.click()
    assert asked == [GetRawRecords(7, 0)]
    words = words_in(view.widget())
    assert "Line 4" in words
    assert "Line 5, the first 8 characters of 9,000,000 bytes" in words
    assert "2 more records of this turn are not shown." in words
    (tree,) = view.widget().findChildren(JsonView)
    root = tree.topLevelItem(0)
    assert root is not None
    assert [root.child(n).text(0) for n in range(root.childCount())] == ["type", "message"]
    view.show_turn(prompt(1, "next"), session_key=7)
    assert asked[-1] == GetRawRecords(7, 1)
    view.toggle_raw()
    assert "next" in words_in(view.widget())


def test_a_sub_agent_s_session_opens_in_place(qtbot: QtBot) -> None:
    def answer(request: Request) -> Reply:
        match request:
            case OpenSession(session="agent-7f3a"):
                return SessionOpened(outline_of(STORY, key=5))
            case GetTurns(session_key=5, first=first, count=count):
                return Turns(page_of(STORY, first, count, key=5))
        return Failed("ReplayError", "Not asked for.")

    block = shown(qtbot, build_block(SubAgent("agent-7f3a"), replying(answer)))
    first, *_ = block.findChildren(QPushButton, "linkButton")
    first.click()
    assert "Turn 5 · Assistant" in words_in(block)
    assert "Turn 6 · Assistant" not in words_in(block)
    (more,) = [b for b in block.findChildren(QPushButton) if b.text() == "Show more: 7 turns follow"]
    more.click()
    assert "Turn 6 · Assistant" in words_in(block)
    first.click()
    assert first.text() == "Show the sub-agent’s session here"


def test_a_sub_agent_s_session_that_is_not_there_is_a_sentence(qtbot: QtBot) -> None:
    context = replying(lambda _: Failed("SessionNotFoundError", "There is no such session."))
    block = shown(qtbot, build_block(SubAgent("agent-0"), context))
    block.findChildren(QPushButton, "linkButton")[0].click()
    assert "There is no such session." in words_in(block)
