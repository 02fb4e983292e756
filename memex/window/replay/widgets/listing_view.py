"""Monospaced lines with a gutter; as high as its text, or a window onto it where that is long."""

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from memex.window import fonts
from memex.window.replay.blocks import Tone
from memex.window.replay.listing import Line
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.marks import mark_matches

WHOLE = 400
"""Lines up to which the view is as high as its text."""
WINDOW_HEIGHT = 480
MAX_MUTED = 500
PAD = 8


class ListingView(QPlainTextEdit):
    """Wraps at its width. QPlainTextEdit lays out only the lines in sight."""

    def __init__(self, lines: tuple[Line, ...], name: str, context: BlockContext) -> None:
        super().__init__()
        self._lines = lines
        self._colours = context.palette
        self.setObjectName("listing")
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFont(fonts.code_font(fonts.small_size()))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_whole = len(lines) <= WHOLE
        if self._is_whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self._gutter = _Gutter(self)
        is_tinted = any(self._surface(line.tone) for line in lines)
        self.setViewportMargins(self._gutter_width() + PAD, 4, 0 if is_tinted else PAD, 4)
        self.setPlainText("\n".join(line.text for line in lines))
        self._mute_headings()
        mark_matches(self, context)
        if not self._is_whole:
            self.setFixedHeight(WINDOW_HEIGHT)
        self.updateRequest.connect(self._on_update_request)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_whole:
            self._fit()
        self._gutter.setGeometry(0, 0, self._gutter_width() + PAD, self.height())  # as high as it is by now

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A view that shows all of its text leaves the wheel to the turn; so does one without focus."""
        if self._is_whole or not self.hasFocus():
            event.ignore()
        else:
            super().wheelEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for line, rect in self._visible_lines():
            if colour := self._surface(line.tone):
                painter.fillRect(rect, colour)
        painter.end()
        super().paintEvent(event)

    def paint_gutter(self, gutter: QWidget) -> None:
        painter = QPainter(gutter)
        painter.setFont(self.font())
        width, height = gutter.width() - PAD, self.fontMetrics().height()
        for line, rect in self._visible_lines():
            top = round(rect.top()) + self.viewport().y()
            if colour := self._surface(line.tone):
                painter.fillRect(QRect(0, top, gutter.width(), round(rect.height())), colour)
            painter.setPen(QColor(self._ink(line.tone)))
            box = QRect(0, top, width, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, line.gutter)

    def _mute_headings(self) -> None:
        """Hunk headings; in the document rather than in paint, since the text draws itself."""
        muted = QTextCharFormat()
        muted.setForeground(QColor(self._colours.muted))
        headings = (number for number, line in enumerate(self._lines) if line.tone is Tone.MUTED)
        for number in islice(headings, MAX_MUTED):
            cursor = QTextCursor(self.document().findBlockByNumber(number))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(muted)

    def _visible_lines(self) -> Iterator[tuple[Line, QRectF]]:
        block: QTextBlock = self.firstVisibleBlock()
        bottom = self.viewport().height()
        while block.isValid() and block.blockNumber() < len(self._lines):
            rect = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if rect.top() > bottom:
                return
            rect.setWidth(self.viewport().width())
            yield self._lines[block.blockNumber()], rect
            block = block.next()

    def _surface(self, tone: Tone) -> QColor | None:
        match tone:
            case Tone.ADDED:
                return QColor(self._colours.added_surface)
            case Tone.REMOVED:
                return QColor(self._colours.removed_surface)
            case _:
                return None

    def _ink(self, tone: Tone) -> str:
        match tone:
            case Tone.ADDED:
                return self._colours.added
            case Tone.REMOVED:
                return self._colours.removed
            case _:
                return self._colours.muted

    def _gutter_width(self) -> int:
        longest = max((len(line.gutter) for line in self._lines), default=0)
        return QFontMetrics(self.font()).horizontalAdvance("0" * longest) + PAD if longest else 0

    def _fit(self) -> None:
        height, block = 0.0, self.document().firstBlock()
        while block.isValid():
            height += self.blockBoundingRect(block).height()
            block = block.next()
        margins = self.viewportMargins()
        self.setFixedHeight(round(height) + margins.top() + margins.bottom())

    def _on_update_request(self, rect: QRect, scrolled: int) -> None:
        if scrolled:
            self._gutter.scroll(0, scrolled)
        else:
            self._gutter.update(0, rect.y() + self.viewport().y(), self._gutter.width(), rect.height())


class _Gutter(QWidget):
    """Line numbers and signs: beside the text, so that they are not copied with it."""

    def __init__(self, view: ListingView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        self._view.paint_gutter(self)
