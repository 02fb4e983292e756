"""Rows, folded where they are long: their beginning, a button, and their end."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from memex.core.steps.blocks import Grammar, Listing
from memex.core.steps.listing import lines_of
from memex.core.steps.rows import Rows, copied
from memex.window.replay.widgets.context import BlockContext
from memex.window.replay.widgets.rows_view import RowsView

FOLD_ABOVE = 40
HEAD = 28
TAIL = 10
SEARCHED = 1_000_000
"""Characters in which a hidden match is looked for."""
SEARCHED_ROWS = 2_000
COPIED_ROWS = 20_000


class RowsBlock(QWidget):
    """`source`: the whole text, to be copied and searched; without one, the rows are read for that."""

    def __init__(
        self, rows: Rows, name: str, context: BlockContext, *, source: str = "", ends_matter: bool = False
    ) -> None:
        super().__init__()
        self._rows, self._name, self._context = rows, name, context
        self._source, self._ends_matter = source, ends_matter
        self._is_folded = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        if len(rows) > FOLD_ABOVE:
            self.fold()
        else:
            self._add_view(range(len(rows)))

    @property
    def hides_match(self) -> bool:
        pattern = self._context.matches
        if pattern is None or not self._is_folded:
            return False
        return pattern.search(self._searched_text) is not None

    @property
    def _searched_text(self) -> str:
        return self._source[:SEARCHED] or copied(self._rows, range(min(len(self._rows), SEARCHED_ROWS)))

    def fold(self) -> None:
        """The beginning and, where it says how a command ended, the end."""
        self._clear()
        self._is_folded = True
        total = len(self._rows)
        tail = TAIL if self._ends_matter else 0
        self._add_view(range(HEAD))
        self._add_buttons((f"Show all {total:,} lines", self.unfold))
        if tail:
            self._add_view(range(total - tail, total))

    def unfold(self) -> None:
        self._clear()
        self._is_folded = False
        self._add_view(range(len(self._rows)))
        self._add_buttons(("Fold", self.fold), ("Copy all", self.copy_all))

    def first_hidden_match(self) -> int:
        """Its row."""
        pattern = self._context.matches
        text = self._searched_text
        found = pattern.search(text) if pattern else None
        return text.count("\n", 0, found.start()) if found else 0

    def copy_all(self) -> None:
        text = self._source or copied(self._rows, range(min(len(self._rows), COPIED_ROWS)))
        QGuiApplication.clipboard().setText(text)

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()

    def _add_view(self, shown: range) -> None:
        name = self._name if shown.start == 0 else f"{self._name}, end"
        view = RowsView(self._rows, shown, name, self._context)
        self._column.addWidget(view)
        view.show()

    def _add_buttons(self, *buttons: tuple[str, object]) -> None:
        bar = QWidget()
        bar.setObjectName("foldBar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for words, act in buttons:
            button = QPushButton(words)
            button.setObjectName("foldButton")
            button.clicked.connect(act)
            line.addWidget(button)
        line.addStretch(1)
        self._column.addWidget(bar)
        bar.show()


def listing_block(listing: Listing, context: BlockContext) -> RowsBlock:
    return RowsBlock(
        lines_of(listing),
        listing.label or "Text",
        context,
        source=listing.text,
        ends_matter=listing.grammar in (Grammar.TERMINAL, Grammar.PLAIN),
    )
