"""Text from a transcript can neither hide nor reorder nor act."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from memex.core.safe_text import MAX_LINE, one_line, safe_line, safe_text
from memex.core.steps.blocks import Prose
from memex.core.steps.markdown import is_light
from memex.window.replay.markdown import SafeDocument, fill_document


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://evil/\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;never ended", "0;never ended"),
        ("10%\r50%\r100%\r", "100%"),
        ("a\x00b\x07", "a␀b␇"),
        ("safe\u202etxt.exe", "safe<U+202E>txt.exe"),
        ("\u2067a\u2069", "<U+2067>a<U+2069>"),
        ("a\ufffcb\ufdd0", "a\ufffdb\ufffd"),
        ("tab\tstays", "tab\tstays"),
        ("x" * 5_000_000, "x" * MAX_LINE + "…"),
    ],
)
def test_a_line_is_what_a_terminal_would_leave_and_no_more(raw: str, shown: str) -> None:
    assert safe_line(raw) == shown


def test_lines_are_kept_and_separators_are_made_visible() -> None:
    assert safe_text("a\r\nb\u2028c") == "a\nb<U+2028>c"


def test_a_heading_is_one_line() -> None:
    assert one_line("a\n\n  b\tc") == "a b c"


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "<img src='http://evil/x.png'>", "<b>x</b>"]
)
def test_html_is_shown_as_the_text_it_is(qtbot: QtBot, hostile: str) -> None:
    document = SafeDocument()
    fill_document(document, Prose(hostile))
    assert hostile in document.toPlainText()


class RecordingDocument(SafeDocument):
    """Notes what is asked of it, and whether it was given anything."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[object] = []

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802
        self.given.append(super().loadResource(kind, name))
        return self.given[-1]


def test_an_image_is_named_and_never_loaded(qtbot: QtBot) -> None:
    document = RecordingDocument()
    fill_document(document, Prose("see ![a cat](http://evil/cat.png) and ![](file:///etc/passwd)"))
    document.setTextWidth(400)
    assert "[image: a cat]" in document.toPlainText()
    assert set(document.given) <= {None}
    assert (
        document.resource(QTextDocument.ResourceType.ImageResource.value, QUrl("file:///etc/passwd")) is None
    )


def test_the_line_breaks_of_a_prompt_stay(qtbot: QtBot) -> None:
    document = SafeDocument()
    fill_document(document, Prose("first\nsecond", keep_lines=True))
    assert len(document.toPlainText().split("\n")) == 2


@pytest.mark.parametrize(
    "heavy",
    [
        "x" * 20_001,
        "a\n" * 700,
        "|a|b|\n" * 300,
        "> " * 40 + "x",
        "1. " * 6_000,
        "ok\n\n" + "> - " * 20 + "x",
    ],
)
def test_heavy_text_is_left_to_plain_lines(heavy: str) -> None:
    assert not is_light(heavy)


@pytest.mark.parametrize("light", ["> a\n> > b", "- " + "-" * 79, "* * *", "| a | b |\n|---|---|\n| 1 | 2 |"])
def test_ordinary_markdown_is_rendered(light: str) -> None:
    assert is_light(light)
