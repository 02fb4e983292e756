"""What the word at the cursor may become: names of filters, values that exist, dates, recent searches."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from memex.core.filters import FacetValue, Field
from memex.core.mixing import SavedSearch
from memex.core.query import FILTER_NAMES, SINCE, UNTIL
from memex.core.query_text import Unfinished, quoted, unfinished
from memex.window.choices import Choice, ChoicesPopup
from memex.window.query_line import QueryLine

LEAST_NAME = 2
"""Letters of a name that are typed before it is offered."""
PURPOSES = {
    Field.PROJECT: "the project's name",
    Field.AGENT: "the agent that was used",
    Field.BRANCH: "the git branch",
    Field.FILE: "a file it touched",
    Field.COMMAND: "a command it ran",
    Field.TOOL: "a tool it called",
    Field.ERROR: "an error it met",
    Field.MODEL: "the model that answered",
    Field.INTENT: "what was wanted",
    Field.OUTCOME: "how it ended",
    Field.MONTH: "the month of its last turn",
    Field.HAS: "error, edits, images or subagents",
    Field.IS: "resolved, unresolved or live",
    Field.SESSION: "a session's id",
    SINCE: "from a date on",
    UNTIL: "up to a date",
}
DATES = ("today", "yesterday", "1w", "2w", "1mo", "3mo", "1y", "last month")
DATE_AT_END = re.compile(rf"(?:^|\s)(?:{SINCE}|{UNTIL}):(\S*)$")


class Completion(QObject):
    """Between the line, its popup and whoever knows the values."""

    values_wanted = Signal(object)  # Unfinished
    mix_wanted = Signal(str)  # the name of a saved one

    def __init__(self, line: QueryLine, popup: ChoicesPopup, clock: Callable[[], datetime]) -> None:
        super().__init__(line)
        self._line = line
        self._popup = popup
        self._clock = clock
        self._asked: Unfinished | None = None
        line.textEdited.connect(self._on_text_edited)
        popup.chosen.connect(self._on_chosen)

    def take_values(self, of: Unfinished, values: Iterable[FacetValue]) -> None:
        """An answer that typing has overtaken is dropped."""
        if of == self._asked:
            choices = [
                Choice(
                    value.value,
                    f"{value.count:,}" if value.count else "",
                    of.start,
                    of.end,
                    _ended(value.value),
                )
                for value in values
            ]
            self._show(choices, "", of.start)

    def show_recent(self, searches: Sequence[str], saved: Sequence[SavedSearch] = ()) -> None:
        """Those that were saved first."""
        choices = [_saved(search) for search in saved]
        texts = {search.text for search in saved}
        choices += [Choice(text, "", 0, 0, text) for text in searches if text not in texts]
        self._show(choices, "Saved and recent searches" if saved else "Recent searches", 0)

    @Slot()
    def _on_text_edited(self) -> None:
        text, cursor = self._line.text(), self._cursor
        self._asked = None
        if date := DATE_AT_END.search(text[:cursor]):
            self._show(dates(date[1], cursor), "", cursor - len(date[1]))
            return
        word = unfinished(text, cursor, self._clock())
        if word is None or (text[cursor:] and not text[cursor].isspace()):
            self._popup.hide()
        elif word.field is None:
            self._show(names(word), "", word.start)
        else:
            self._asked = word
            self.values_wanted.emit(word)

    @Slot(object)
    def _on_chosen(self, choice: Choice) -> None:
        """Replaced as if it were typed: it can be undone, and completion and search go on from there."""
        if choice.mix:
            self.mix_wanted.emit(choice.mix)
            return
        cursor = _units(self._line.text()[: choice.start])
        end = _units(self._line.text()[: choice.end])
        self._line.setSelection(cursor, end - cursor)
        self._line.insert(choice.text)

    @property
    def _cursor(self) -> int:
        """In characters; Qt counts UTF-16 units."""
        units = self._line.text().encode("utf-16-le", "surrogatepass")
        return len(units[: 2 * self._line.cursorPosition()].decode("utf-16-le", "surrogatepass"))

    def _show(self, choices: Sequence[Choice], caption: str, at: int) -> None:
        self._popup.show_choices(choices, caption, self._line.x_of(at))


def _saved(search: SavedSearch) -> Choice:
    if search.mix:
        return Choice(search.name, "saved mix", 0, 0, "", search.name)
    return Choice(search.name, "saved", 0, 0, search.text)


def names(word: Unfinished) -> list[Choice]:
    """Not of a name that is complete: it may be a word, too."""
    if len(word.beginning) < LEAST_NAME or word.beginning in FILTER_NAMES:
        return []
    return [
        Choice(f"{name}:", PURPOSES[name], word.start, word.end, f"{name}:")
        for name in FILTER_NAMES
        if name.startswith(word.beginning)
    ]


def dates(beginning: str, cursor: int) -> list[Choice]:
    """None once one is written out."""
    found = [date for date in DATES if date.startswith(beginning.lower()) and date != beginning]
    return [Choice(date, "", cursor - len(beginning), cursor, _ended(date)) for date in found]


def _ended(value: str) -> str:
    return f"{quoted(value)} "


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
