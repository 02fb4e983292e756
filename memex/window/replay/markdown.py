"""Markdown to a laid-out document that holds text alone: no HTML, no images, nothing fetched."""

import re

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QTextCursor, QTextDocument, QTextFormat

from memex.core.safe_text import safe_text

MAX_CHARACTERS = 20_000
MAX_LINES = 600
MAX_BARS = 800
"""Of a table: QTextDocument takes 0.2 ms a cell (measured)."""

_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML

# Each level becomes a list of its own: thousands of them take half a second (measured).
_DEEP = re.compile(r"^[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+){30}", re.MULTILINE)


class SafeDocument(QTextDocument):
    """A document that loads nothing, neither from the network nor from disk."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: ARG002
        return None


def is_light(text: str) -> bool:
    """Whether it can be rendered at once; what is heavier is shown as plain lines."""
    if len(text) > MAX_CHARACTERS or text.count("\n") > MAX_LINES or text.count("|") > MAX_BARS:
        return False
    return _DEEP.search(text) is None


def fill_document(document: QTextDocument, text: str, *, keep_lines: bool = False) -> None:
    """Replace what `document` shows by `text` rendered."""
    safe = safe_text(text)
    document.setMarkdown(_with_hard_breaks(safe) if keep_lines else safe, _FEATURES)
    if "![" in safe:
        _images_to_text(document)


def _with_hard_breaks(text: str) -> str:
    lines, fenced = [], False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        lines.append(line if fenced or not line.strip() else f"{line}  ")
    return "\n".join(lines)


def _images_to_text(document: QTextDocument) -> None:
    cursor = QTextCursor(document)
    while not (cursor := document.find("\ufffc", cursor)).isNull():
        image = cursor.charFormat().toImageFormat()
        alt = image.stringProperty(QTextFormat.Property.ImageAltText)
        cursor.insertText(f"[image: {safe_text(alt or image.name())}]")
