"""Rendered Markdown as a laid-out document that holds text alone: nothing is fetched."""

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QTextDocument

from memex.core.steps.blocks import Prose
from memex.core.steps.markdown import to_html


class SafeDocument(QTextDocument):
    """A document that loads nothing, neither from the network nor from disk."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: ARG002
        return None


def fill_document(document: QTextDocument, prose: Prose) -> None:
    """Replace what `document` shows by the prose rendered."""
    document.setHtml(to_html(prose))
