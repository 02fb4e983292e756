"""A listing, folded where it is long: its beginning, a button, and its end."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from memex.window.replay.blocks import Listing
from memex.window.replay.listing import MAX_LINES, Excerpt, folded, line_count, opened
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.listing_view import ListingView

SEARCHED = 1_000_000
"""Characters in which a hidden match is looked for."""


class ListingBlock(QWidget):
    def __init__(self, listing: Listing, context: BlockContext) -> None:
        super().__init__()
        self._listing = listing
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._excerpt = folded(listing)
        self._show(self._excerpt)

    @property
    def hides_match(self) -> bool:
        pattern = self._context.matches
        if pattern is None or not self._excerpt.hidden:
            return False
        return pattern.search(self._listing.text[:SEARCHED]) is not None

    def unfold(self) -> None:
        self._excerpt = opened(self._listing)
        while (item := self._column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        self._show(self._excerpt)

    def _show(self, excerpt: Excerpt) -> None:
        self._add(ListingView(excerpt.head, self._listing.label, self._context))
        if excerpt.hidden:
            self._add(self._fold_button(excerpt))
        if excerpt.tail:
            self._add(ListingView(excerpt.tail, f"{self._listing.label}, end", self._context))

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)
        widget.show()

    def _fold_button(self, excerpt: Excerpt) -> QPushButton:
        total = line_count(self._listing.text)
        if len(excerpt.head) >= MAX_LINES:
            button = QPushButton(f"{excerpt.hidden:,} more lines: copy all {total:,}")
            button.clicked.connect(self._copy)
        else:
            words = (
                f"Show all {total:,} lines"
                if total <= MAX_LINES
                else f"Show {MAX_LINES:,} of {total:,} lines"
            )
            button = QPushButton(words)
            button.clicked.connect(self.unfold)
        button.setObjectName("foldButton")
        return button

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._listing.text)
