"""What is taken out of a replay: a turn's text, code and paths, files in the editor, exports."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from memex.core.errors import MemexError
from memex.core.replay import Exported, ExportFormat, ExportOrder, Redaction
from memex.core.session import FileDiff, FileTouch, Hunk, ToolCall, ToolKind, TouchKind, Turn
from memex.core.steps.context import StepContext
from memex.engine.protocol import Failed, Reply
from memex.engine.replay_messages import ExportSession, SessionExported
from memex.window.editor import EditorError, editor_command, open_in_editor
from memex.window.replay.export_dialog import ExportDialog
from memex.window.replay.turn_parts import FilePlace, code_blocks, file_places, markdown_of
from tests.window.replay.sessions import STORY, outline_of, reply

NO_CONTEXT = StepContext()


def test_a_turn_is_copied_as_markdown() -> None:
    text = markdown_of(STORY[2], NO_CONTEXT)
    assert "cargo build --release --locked" in text
    assert "error: linker `cc` not found" in text


def test_code_is_offered_block_by_block() -> None:
    assert next(block.text for block in code_blocks(STORY[4], NO_CONTEXT)) == "apt-get install -y gcc"
    command, output = code_blocks(STORY[9], NO_CONTEXT)
    assert (command.title, command.text) == (
        "$ git commit -am 'ci: install gcc'",
        "git commit -am 'ci: install gcc'",
    )
    assert output.text.startswith("[fix/ci-cache")


def turn_with(*calls: ToolCall) -> Turn:
    return reply(0, "", *calls)


def test_a_file_is_opened_where_it_was_changed_read_or_found() -> None:
    change = FileDiff("/srv/a.py", TouchKind.EDITED, (Hunk(10, 12, (" same", " same", "-old", "+new")),))
    edit = ToolCall(
        "e", "Edit", ToolKind.EDIT, files=(FileTouch("/srv/a.py", TouchKind.EDITED),), diffs=(change,)
    )
    read = ToolCall(
        "r", "Read", ToolKind.READ, {"offset": 40}, files=(FileTouch("src/b.py", TouchKind.READ),)
    )
    grep = ToolCall("g", "Grep", ToolKind.SEARCH, result="/srv/c.py:7:needle\nsrc/d.py:9:needle\nno place")
    assert file_places(turn_with(edit, read, grep), "/home/ada/infra") == (
        FilePlace("/srv/a.py", 14),
        FilePlace("/home/ada/infra/src/b.py", 40),
        FilePlace("/srv/c.py", 7),
        FilePlace("/home/ada/infra/src/d.py", 9),
    )


@pytest.mark.parametrize(
    ("chosen", "visual", "programs", "command"),
    [
        ("", "", {"code"}, ["code", "-g", "/a b.py:7"]),
        ("", "", set(), None),
        ("", "nvim", {"code"}, ["nvim", "+7", "/a b.py"]),
        ("", "/usr/bin/subl --wait", set(), ["/usr/bin/subl", "--wait", "/a b.py:7"]),
        ("", "kate", set(), ["kate", "--line", "7", "/a b.py"]),
        ("", "strange", set(), ["strange", "/a b.py"]),
        ("ed --at {line} {path}", "vim", set(), ["ed", "--at", "7", "/a b.py"]),
    ],
)
def test_the_editor_is_the_user_s_own(
    chosen: str, visual: str, programs: set[str], command: list[str] | None
) -> None:
    def find(name: str) -> str | None:
        return name if name in programs else None

    assert editor_command("/a b.py", 7, chosen, "linux", {"VISUAL": visual}, find) == command


@pytest.mark.parametrize(("platform", "program"), [("darwin", "open"), ("win32", "notepad.exe")])
def test_where_the_desktop_would_run_a_program_a_text_editor_is_taken(platform: str, program: str) -> None:
    command = editor_command("/a.bat", None, "", platform, {}, lambda _: None)
    assert command is not None
    assert command[0] == program


def test_an_editor_that_is_no_command_is_a_sentence() -> None:
    with pytest.raises(EditorError, match="is no command"):
        editor_command("/a.py", 1, '"open', "linux", {}, lambda _: None)


def test_a_file_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MemexError, match="is not on this machine any more"):
        open_in_editor(str(tmp_path / "gone.py"), 3)


class Export:
    """A dialog over an engine that answers as it is told."""

    def __init__(self, qtbot: QtBot, reply: Reply, selected: tuple[int, int] | None = None) -> None:
        self.orders: list[ExportOrder] = []
        self._reply = reply
        self._parent = QWidget()
        qtbot.addWidget(self._parent)
        self.dialog = ExportDialog(outline_of(STORY), selected, self._ask, self._parent)
        self.dialog.show()

    def _ask(self, request, answer) -> None:
        assert isinstance(request, ExportSession)
        self.orders.append(request.order)
        answer(self._reply)

    def press(self, text: str) -> None:
        buttons = [*self.dialog.findChildren(QPushButton), *self.dialog.findChildren(QRadioButton)]
        next(button for button in buttons if button.text().startswith(text)).click()

    @property
    def said(self) -> str:
        return self.dialog.findChild(QLabel, "exportSaid").text()


def done(path: Path) -> Reply:
    return SessionExported(Exported(12, 2_400_000, (Redaction("github-token", 3, (4,)),), str(path)))


def test_the_whole_session_is_exported_with_its_secrets_replaced(qtbot: QtBot, tmp_path: Path) -> None:
    export = Export(qtbot, done(tmp_path / "x.html"))
    export.press("Export")
    (order,) = export.orders
    assert (order.session, order.format, order.first, order.last) == (
        "session-1",
        ExportFormat.HTML,
        None,
        None,
    )
    assert order.redact
    assert not order.overwrite
    assert order.path is not None
    assert Path(order.path).name == "the-rust-ci-job-fails-when-linking.html"
    assert export.said.endswith("x.html (2.4 MB). 3 secrets replaced.")
    assert any(
        button.text() == "Show in Folder" and button.isVisible()
        for button in export.dialog.findChildren(QPushButton)
    )


def test_selected_turns_are_exported_in_the_format_that_is_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    export = Export(qtbot, done(tmp_path / "x.md"), selected=(2, 5))
    export.dialog._format.setCurrentIndex(1)
    export.press("Export")
    (order,) = export.orders
    assert (order.format, order.first, order.last) == (ExportFormat.MARKDOWN, 2, 5)
    assert order.path is not None
    assert order.path.endswith(".md")


def test_an_export_that_fails_says_why_and_can_be_tried_again(qtbot: QtBot) -> None:
    export = Export(qtbot, Failed("ExportError", "There is a file of that name: choose another."))
    export.press("Export")
    assert export.said == "There is a file of that name: choose another."
    export.dialog._on_file_selected("/tmp/other.html")
    export.press("Export")
    assert [order.overwrite for order in export.orders] == [False, True]
