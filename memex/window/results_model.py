"""Sessions in the order of a ranking, as immutable rows that are formatted only when they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from memex.core.lenses import Lens
from memex.core.search import LensTable, SessionCard, Snippet
from memex.window import wording
from memex.window.arrangement import (
    Arrangement,
    Fold,
    Grouping,
    Groups,
    Header,
    Kin,
    arrange,
    groups_by_project,
    kin_of,
)
from memex.window.explanation import Explanation, explain_score
from memex.window.snippet_text import snippet_runs

if TYPE_CHECKING:  # numpy comes in with the first ranking, after the first paint
    from numpy import intp
    from numpy.typing import NDArray

    from memex.core.ranking import Ranking

Index = QModelIndex | QPersistentModelIndex

LEAST_PART = 0.005
"""Contributions below what two decimals can show are left out."""


class Role(IntEnum):
    ROW = Qt.ItemDataRole.UserRole + 1


class Verdict(IntEnum):
    """What the user said of a session that was found."""

    NONE = 0
    LIKED = 1
    DISLIKED = -1


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says whatever the weights are."""

    title: str
    place: str
    age: str
    errors: str
    snippet: tuple[tuple[str, bool], ...]
    """Runs of text, each with whether it is a match."""
    turn: int | None
    note: str = ""
    """In the snippet's place."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """`score is None`: the session is listed, not found."""

    card: SessionCard
    text: CardText
    score: float | None = None
    parts: tuple[tuple[Lens, float], ...] = ()
    """Contributions to the score, the greatest first."""
    recency: float = 0.0
    rest: float = 0.0
    """What errors met and the user's verdicts added to the score."""
    best: float = 1.0
    """The list's best score: the scale of the bar."""
    fold: Fold | None = None
    """Of a session that leads others."""
    is_member: bool = False
    """Shown below the lead of its family."""
    verdict: Verdict = Verdict.NONE
    mark: int = 0
    """Above 0: marked +, below: −."""


Row = ResultRow | Header


class ResultsModel(QAbstractListModel):
    more_wanted = Signal(int)  # offset of the first session that is missing

    def __init__(self) -> None:
        super().__init__()
        self._cards: tuple[SessionCard, ...] = ()
        self._places: dict[int, int] = {}
        self._table: LensTable | None = None
        self._ranking: Ranking | None = None
        self._order: Sequence[int] | NDArray[intp] = ()
        self._arrangement = Arrangement(())
        self._kin: Kin | None = None
        self._opened: frozenset[int] = frozenset()
        self._grouping = Grouping.NONE
        self._groups: Groups | None = None
        self._collapsed: frozenset[str] = frozenset()
        self._verdicts: dict[int, Verdict] = {}
        self._marks: dict[str, int] = {}
        self._notes: dict[int, str] = {}
        self._total = 0
        self._best = 1.0
        self._now = datetime.now().astimezone()
        self._texts: dict[int, CardText] = {}
        self._rows: dict[int, ResultRow] = {}

    def show_table(
        self, table: LensTable, ranking: Ranking, order: Sequence[int] | NDArray[intp], now: datetime
    ) -> None:
        """Places of `order` are rows of the table. One that is shown already is only arranged anew."""
        if table is self._table:
            self._ranking, self._order = ranking, order
            self._best = float(ranking.score.max(initial=0.0)) or 1.0
            self._arrange()
            return
        self.beginResetModel()
        self._replace(table.cards, now)
        self._table, self._ranking, self._order = table, ranking, order
        self._best = float(ranking.score.max(initial=0.0)) or 1.0
        self._kin = kin_of(table.cards, table.groups)
        self._arrangement = self._arranged()
        self.endResetModel()

    def show_sessions(self, cards: Sequence[SessionCard], total: int, now: datetime) -> None:
        self.beginResetModel()
        self._replace(tuple(cards), now)
        self._total = total
        self._order = range(len(self._cards))
        self._arrangement = self._arranged()
        self.endResetModel()

    def add_sessions(self, cards: Sequence[SessionCard], total: int) -> None:
        """The next page of the list; a session that moved between two pages is not shown twice."""
        fresh = tuple(card for card in cards if card.key not in self._places)
        first, self._total = len(self._cards), total if fresh else len(self._cards)
        if not fresh:
            return
        if self._grouping is Grouping.NONE:
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._append(fresh)
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._append(fresh)
            self.endResetModel()

    def set_grouping(self, grouping: Grouping) -> None:
        if grouping is not self._grouping:
            self._grouping, self._groups, self._collapsed = grouping, self._group(grouping), frozenset()
            self._arrange()

    def set_verdicts(self, verdicts: dict[int, Verdict]) -> None:
        """By session key."""
        self._verdicts = verdicts
        self._repaint()

    def set_marks(self, marks: dict[str, int]) -> None:
        """By session id; above 0 is +, below −."""
        self._marks = marks
        self._repaint()

    def set_notes(self, notes: dict[int, str]) -> None:
        """By session key: what the next table's cards say in place of a passage."""
        self._notes = notes

    def toggle(self, number: int, wanted: bool | None = None) -> None:
        """Open or close the family that the row leads, or the group whose header it is."""
        match self.row(number):
            case Header(name=name, is_collapsed=is_collapsed):
                if wanted is None or wanted == is_collapsed:
                    self._collapsed ^= {name}
                    self._arrange()
            case ResultRow(fold=Fold(is_open=is_open)) if self._kin:
                if wanted is None or wanted != is_open:
                    self._opened ^= {int(self._kin.family[self._line(number)])}
                    self._arrange()

    @property
    def formatted_count(self) -> int:
        """How many cards have been put into words since the list was shown."""
        return len(self._texts)

    @property
    def session_count(self) -> int:
        """Sessions here, those that are folded away too."""
        return len(self._order)

    @property
    def loaded_count(self) -> int:
        return len(self._cards)

    @property
    def keys(self) -> frozenset[int]:
        """Of the sessions that are loaded."""
        return frozenset(card.key for card in self._cards)

    def header_rows(self) -> list[int]:
        if not self._groups:
            return []
        import numpy as np

        numbers: list[int] = np.flatnonzero(np.asarray(self._arrangement.lines) < 0).tolist()
        return numbers

    def row(self, number: int) -> Row:
        line = self._line(number)
        if line < 0:
            return self._arrangement.headers[~line]
        row = self._rows.get(line)
        if row is None:
            row = self._rows[line] = self._make_row(line)
        return row

    def explanation(self, key: int) -> Explanation | None:
        """The numbers behind a session's place; None when it is listed and not found."""
        place = self._places.get(key)
        if place is None or self._table is None or self._ranking is None:
            return None
        return explain_score(self._table, self._ranking, place)

    def find(self, what: int | str) -> QModelIndex:
        """Where a session is, by its key, or what it is folded under; a header by its name.

        Invalid if it is not here.
        """
        if isinstance(what, str):
            names = self._groups.names if self._groups else ()
            number = _position(self._arrangement.lines, ~names.index(what)) if what in names else None
        else:
            place = self._places.get(what)
            number = self._row_of(place) if place is not None else None
        return self.index(number) if number is not None else QModelIndex()

    def first_session(self) -> QModelIndex:
        for number in range(min(2, self.rowCount())):
            if self._line(number) >= 0:
                return self.index(number)
        return self.index(0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._arrangement.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.row(index.row())
        match role:
            case Role.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.name if isinstance(row, Header) else row.text.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(row)
            case Qt.ItemDataRole.ToolTipRole if isinstance(row, ResultRow):
                return self._tooltip(row)
            case _:
                return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._table is None and len(self._cards) < self._total

    def fetchMore(self, parent: Index) -> None:
        if not parent.isValid():
            self.more_wanted.emit(len(self._cards))

    def _repaint(self) -> None:
        self._rows.clear()
        if self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def _line(self, number: int) -> int:
        return int(self._arrangement.lines[number])

    def _replace(self, cards: tuple[SessionCard, ...], now: datetime) -> None:
        self._cards, self._now = cards, now
        self._places = {card.key: place for place, card in enumerate(cards)}
        self._table = self._ranking = self._kin = None
        self._opened = frozenset()
        self._groups = self._group(self._grouping)
        self._total = len(cards)
        self._texts.clear()
        self._rows.clear()

    def _append(self, cards: tuple[SessionCard, ...]) -> None:
        self._places |= {card.key: place for place, card in enumerate(cards, len(self._cards))}
        self._cards += cards
        self._order = range(len(self._cards))
        self._groups = self._group(self._grouping)
        self._arrangement = self._arranged()
        if self._groups:
            self._rows.clear()

    def _group(self, grouping: Grouping) -> Groups | None:
        is_wanted = grouping is Grouping.PROJECT and bool(self._cards)
        return groups_by_project(self._cards) if is_wanted else None

    def _arranged(self) -> Arrangement:
        return arrange(self._order, self._kin, self._opened, self._groups, self._collapsed)

    def _arrange(self) -> None:
        """Lines that only change places keep what points at them; else the list is another one."""
        arrangement = self._arranged()
        if len(arrangement.lines) != len(self._arrangement.lines):
            self.beginResetModel()
            self._arrangement = arrangement
            self._rows.clear()
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        lines = [self._line(index.row()) for index in held]
        self._arrangement = arrangement
        self._rows.clear()
        if held:
            self.changePersistentIndexList(held, [self._index_of_line(line) for line in lines])
        self.layoutChanged.emit()

    def _index_of_line(self, line: int) -> QModelIndex:
        number = _position(self._arrangement.lines, line) if line < 0 else self._row_of(line)
        return self.index(number) if number is not None else QModelIndex()

    def _row_of(self, place: int) -> int | None:
        number = _position(self._arrangement.lines, place)
        families = self._arrangement.families
        if number is None and families:
            place = int(families.lead_of[place])
            number = _position(self._arrangement.lines, place)
        if number is None and self._groups:
            return _position(self._arrangement.lines, ~int(self._groups.of[place]))
        return number

    def _make_row(self, place: int) -> ResultRow:
        card, ranking = self._cards[place], self._ranking
        text = self._texts.get(place)
        if text is None:
            text = card_text(card, self._snippet(place), self._now)
            text = self._texts[place] = replace(text, note=self._notes.get(card.key, ""))
        mark = self._marks.get(card.id, 0)
        if ranking is None:
            return ResultRow(card, text, mark=mark)
        contributions: list[float] = ranking.contributions[place].tolist()
        parts = [pair for pair in zip(Lens, contributions, strict=True) if pair[1] >= LEAST_PART]
        parts.sort(key=lambda part: -part[1])
        row = ResultRow(
            card,
            text,
            float(ranking.score[place]),
            tuple(parts),
            float(ranking.recency[place]),
            float(ranking.errors[place] + ranking.feedback[place]),
            self._best,
            verdict=self._verdicts.get(card.key, Verdict.NONE),
            mark=mark,
        )
        return self._with_kin(row, place)

    def _with_kin(self, row: ResultRow, place: int) -> ResultRow:
        families = self._arrangement.families
        if families is None:
            return row
        return replace(row, fold=families.fold(place), is_member=bool(families.lead_of[place] != place))

    def _snippet(self, place: int) -> Snippet | None:
        snippets = self._table.snippets if self._table else ()
        return snippets[place] if place < len(snippets) else None

    def _tooltip(self, row: ResultRow) -> str:
        when = wording.exact_time(row.card.ended_at or row.card.started_at)
        explanation = self.explanation(row.card.key)
        return explanation.as_html(row.text.title, when) if explanation else f"{row.text.title}\n{when}"


def card_text(card: SessionCard, snippet: Snippet | None, now: datetime) -> CardText:
    return CardText(
        title=wording.card_title(card),
        place=wording.card_place(card),
        age=wording.age(card.ended_at or card.started_at, now),
        errors=wording.count(card.error_count, "error") if card.error_count else "",
        snippet=snippet_runs(snippet) if snippet else (),
        turn=snippet.turn if snippet else None,
    )


def spoken(row: Row) -> str:
    """A line in one sentence, for screen readers."""
    if isinstance(row, Header):
        state = "collapsed" if row.is_collapsed else "expanded"
        return f"Project {row.name}, {wording.count(row.count, 'session')}, {state}"
    parts = [row.text.title, row.text.place, row.text.age, row.text.errors]
    if row.score is not None:
        parts.append(f"score {row.score:.2f}")
    if row.fold:
        parts.append(wording.fold(row.fold.copies, row.fold.subagents))
    parts.append(row.text.note)
    if row.verdict is not Verdict.NONE:
        parts.append(row.verdict.name.lower())
    if row.mark:
        parts.append("marked like" if row.mark > 0 else "marked unlike")
    return ", ".join(part for part in parts if part)


def _position(lines: Sequence[int] | NDArray[intp], line: int) -> int | None:
    """Of one line among all; a scan in C, for arrays as for ranges."""
    if isinstance(lines, range):
        return line if 0 <= line < len(lines) else None
    if isinstance(lines, Sequence):
        return lines.index(line) if line in lines else None
    places = (lines == line).nonzero()[0]
    return int(places[0]) if len(places) else None
