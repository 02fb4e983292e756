"""How a rendered document looks: spacing, and colours of the palette."""

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)

from memex.window import fonts
from memex.window.theme import Palette

LINE_HEIGHT = 120
"""Per cent."""
PARAGRAPH_GAP = 6
HEADING_GAP = 10
ITEM_GAP = 2
INDENT = 20
CELL_PAD = 4


def dress_document(document: QTextDocument, palette: Palette) -> None:
    """Qt takes link colours from the application, and leaves code without a surface and tables in boxes."""
    document.setIndentWidth(INDENT)
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        _space(cursor, block, palette)
        _colour_words(cursor, block, palette)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _rule(frame, palette)


def _space(cursor: QTextCursor, block: QTextBlock, palette: Palette) -> None:
    cursor.setPosition(block.position())
    style = QTextBlockFormat()
    style.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    if cursor.currentTable() is None:
        style.setTopMargin(0)
        style.setBottomMargin(ITEM_GAP if block.textList() else PARAGRAPH_GAP)
    if level := block.blockFormat().headingLevel():
        style.setTopMargin(HEADING_GAP if block.blockNumber() else 0)
        _size_heading(cursor, level)
    if block.blockFormat().nonBreakableLines():  # of <pre>
        style.setBottomMargin(0)
        style.setBackground(QColor(palette.raised))
        style.setNonBreakableLines(False)
    cursor.mergeBlockFormat(style)


def _size_heading(cursor: QTextCursor, level: int) -> None:
    size = QTextCharFormat()
    size.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
    pixels = {1: fonts.title_size() + 2, 2: fonts.title_size()}.get(level, fonts.body_size())
    size.setProperty(QTextFormat.Property.FontPixelSize, pixels)
    size.setFontWeight(QFont.Weight.DemiBold)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(size)


def _colour_words(cursor: QTextCursor, block: QTextBlock, palette: Palette) -> None:
    link, code = QTextCharFormat(), QTextCharFormat()
    link.setForeground(QColor(palette.accent))
    code.setBackground(QColor(palette.raised))
    spans = []
    place = block.begin()
    while not place.atEnd():
        fragment = place.fragment()
        style = fragment.charFormat()
        if style.isAnchor() or style.fontFixedPitch():
            spans.append((fragment.position(), fragment.length(), link if style.isAnchor() else code))
        place += 1
    for start, length, style in spans:
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(style)


def _rule(table: QTextTable, palette: Palette) -> None:
    style = table.format()
    style.setBorder(1)
    style.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    style.setBorderBrush(QBrush(QColor(palette.hairline)))
    style.setBorderCollapse(True)
    style.setCellSpacing(0)
    style.setCellPadding(CELL_PAD)
    style.setBottomMargin(PARAGRAPH_GAP)
    table.setFormat(style)
