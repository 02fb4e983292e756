"""Rendered Markdown, as high as its text. Links are shown, never followed by themselves."""

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from memex.core.steps.blocks import Prose
from memex.window import fonts
from memex.window.replay.markdown import SafeDocument, fill_document
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.document_style import dress_document
from memex.window.replay.widgets.marks import mark_matches


class ProseView(QTextEdit):
    def __init__(self, prose: Prose, context: BlockContext) -> None:
        super().__init__()
        self.setObjectName("prose")
        self.setAccessibleName("Text")
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        document = SafeDocument(self)
        document.setDefaultFont(fonts.ui_font(fonts.body_size()))
        document.setDocumentMargin(0)
        fill_document(document, prose)
        dress_document(document, context.palette)
        self.setDocument(document)
        mark_matches(self, context)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(round(self.document().size().height()) + 1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
