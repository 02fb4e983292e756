"""Marks the words that were searched for in a text view."""

import re
from itertools import islice

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit

from memex.window.replay.widgets.context import MAX_MARKED, BlockContext


def mark_matches(view: QTextEdit, context: BlockContext) -> None:
    if context.matches is None:
        return
    view.setExtraSelections(
        [_selection(cursor, context) for cursor in _find(view.document(), context.matches)]
    )


def first_match(view: QTextEdit) -> QRect | None:
    """Where the first mark stands in the view, brought into sight if the view itself scrolls."""
    selections = view.extraSelections()
    if not selections:
        return None
    # PySide6's stubs do not know the attributes of ExtraSelection as instance attributes.
    cursor = QTextCursor(selections[0].cursor)
    cursor.setPosition(cursor.selectionStart())
    view.setTextCursor(cursor)
    view.ensureCursorVisible()
    return view.cursorRect(cursor).translated(view.viewport().pos())


def _find(document: QTextDocument, pattern: re.Pattern[str]) -> list[QTextCursor]:
    """Positions are counted in UTF-16 units by Qt and in characters by Python."""
    text = document.toPlainText()
    is_wide = not text.isascii() and max(text) > "\uffff"
    cursors = []
    for found in islice(pattern.finditer(text), MAX_MARKED):
        start, end = found.span()
        if is_wide:
            start, end = _utf16_length(text[:start]), _utf16_length(text[:end])
        cursor = QTextCursor(document)
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursors.append(cursor)
    return cursors


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _selection(cursor: QTextCursor, context: BlockContext) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = cursor
    selection.format.setBackground(QColor(context.palette.match))
    selection.format.setForeground(QColor(context.palette.text))
    return selection
