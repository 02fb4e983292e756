"""Sessions in the order of a ranking, as immutable rows that are formatted only when they are seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from math import isnan
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from memex.core.lenses import Lens
from memex.core.search import LensTable, SessionCard, Snippet
from memex.window import wording

if TYPE_CHECKING:  # numpy comes in with the first ranking, after the first paint
    from memex.core.ranking import Ranking

Index = QModelIndex | QPersistentModelIndex

LEAST_PART = 0.005
"""Contributions below what two decimals can show are left out."""
LEAD = 32
"""Characters kept before a snippet's first mark."""


class Role(IntEnum):
    ROW = Qt.ItemDataRole.UserRole + 1


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


@dataclass(frozen=True, slots=True)
class ResultRow:
    """`score is None`: the session is listed, not found."""

    card: SessionCard
    text: CardText
    score: float | None = None
    parts: tuple[tuple[Lens, float], ...] = ()
    """Contributions to the score, the greatest first."""
    recency: float = 0.0
    best: float = 1.0
    """The list's best score: the scale of the bar."""


class ResultsModel(QAbstractListModel):
    more_wanted = Signal(int)  # offset of the first session that is missing

    def __init__(self) -> None:
        super().__init__()
        self._cards: tuple[SessionCard, ...] = ()
        self._table: LensTable | None = None
        self._ranking: Ranking | None = None
        self._order: Sequence[int] = ()
        self._total = 0
        self._best = 1.0
        self._now = datetime.now().astimezone()
        self._texts: dict[int, CardText] = {}
        self._rows: dict[int, ResultRow] = {}

    def show_table(self, table: LensTable, ranking: Ranking, now: datetime) -> None:
        """A table that is shown already is re-ordered, so that selection and place stay."""
        if table is self._table:
            self._reorder(ranking)
            return
        self.beginResetModel()
        self._replace(table.cards, now)
        self._table = table
        self._take_ranking(ranking)
        self.endResetModel()

    def show_sessions(self, cards: Sequence[SessionCard], total: int, now: datetime) -> None:
        self.beginResetModel()
        self._replace(tuple(cards), now)
        self._total = total
        self._order = range(len(self._cards))
        self.endResetModel()

    def add_sessions(self, cards: Sequence[SessionCard], total: int) -> None:
        """The next page of the list; a session that moved between two pages is not shown twice."""
        known = {card.key for card in self._cards}
        fresh = tuple(card for card in cards if card.key not in known)
        self._total = total if fresh else len(self._cards)
        if fresh:
            first = len(self._cards)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._cards += fresh
            self._order = range(len(self._cards))
            self.endInsertRows()

    @property
    def formatted_count(self) -> int:
        """How many cards have been put into words since the list was shown."""
        return len(self._texts)

    def row(self, number: int) -> ResultRow:
        place = self._order[number]
        row = self._rows.get(place)
        if row is None:
            row = self._rows[place] = self._make_row(place)
        return row

    def find(self, key: int) -> QModelIndex:
        """Where the session with that key is; invalid if it is not shown."""
        for number, place in enumerate(self._order):
            if self._cards[place].key == key:
                return self.index(number)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        match role:
            case Role.ROW:
                return self.row(index.row())
            case Qt.ItemDataRole.DisplayRole:
                return self.row(index.row()).text.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(self.row(index.row()))
            case Qt.ItemDataRole.ToolTipRole:
                return self._numbers(index.row())
            case _:
                return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._table is None and len(self._cards) < self._total

    def fetchMore(self, parent: Index) -> None:
        if not parent.isValid():
            self.more_wanted.emit(len(self._cards))

    def _replace(self, cards: tuple[SessionCard, ...], now: datetime) -> None:
        self._cards, self._now = cards, now
        self._table = self._ranking = None
        self._total = len(cards)
        self._texts.clear()
        self._rows.clear()

    def _take_ranking(self, ranking: Ranking) -> None:
        self._ranking = ranking
        self._order = ranking.order.tolist()
        self._best = float(ranking.score.max(initial=0.0)) or 1.0
        self._rows.clear()

    def _reorder(self, ranking: Ranking) -> None:
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        places = [self._order[index.row()] for index in held]
        self._take_ranking(ranking)
        wanted = set(places)
        row_of = {place: row for row, place in enumerate(self._order) if place in wanted}
        self.changePersistentIndexList(held, [self.index(row_of[place]) for place in places])
        self.layoutChanged.emit()

    def _make_row(self, place: int) -> ResultRow:
        card = self._cards[place]
        text = self._texts.get(place)
        if text is None:
            text = self._texts[place] = card_text(card, self._snippet(place), self._now)
        if self._ranking is None:
            return ResultRow(card, text)
        contributions: list[float] = self._ranking.contributions[place].tolist()
        parts = [pair for pair in zip(Lens, contributions, strict=True) if pair[1] >= LEAST_PART]
        parts.sort(key=lambda part: -part[1])
        score, recency = float(self._ranking.score[place]), float(self._ranking.recency[place])
        return ResultRow(card, text, score, tuple(parts), recency, self._best)

    def _snippet(self, place: int) -> Snippet | None:
        snippets = self._table.snippets if self._table else ()
        return snippets[place] if place < len(snippets) else None

    def _numbers(self, number: int) -> str:
        """Score, contributions and the raw score of every lane, for the tooltip."""
        row = self.row(number)
        lines = [row.text.title, wording.exact_time(row.card.ended_at or row.card.started_at)]
        if row.score is None or self._table is None:
            return "\n".join(lines)
        shares = [f"{lens} {wording.score(part)}" for lens, part in row.parts]
        shares.append(f"recency {wording.score(row.recency)}")
        lines.append(f"score {row.score:.3f} = {' + '.join(shares)}")
        scores = self._table.matrix[self._order[number]].tolist()
        for lane, score, trust in zip(self._table.lanes, scores, self._table.trust, strict=True):
            known = "nothing there" if isnan(score) else f"{score:.3f}"
            lines.append(f"{lane}: {known}, trust {trust:.2f}")
        return "\n".join(lines)


def card_text(card: SessionCard, snippet: Snippet | None, now: datetime) -> CardText:
    return CardText(
        title=wording.card_title(card),
        place=wording.card_place(card),
        age=wording.age(card.ended_at or card.started_at, now),
        errors=wording.count(card.error_count, "error") if card.error_count else "",
        snippet=snippet_runs(snippet) if snippet else (),
        turn=snippet.turn if snippet else None,
    )


def snippet_runs(snippet: Snippet) -> tuple[tuple[str, bool], ...]:
    """On one line and beginning shortly before the first match, so that a narrow card shows it."""
    runs: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(snippet.marks):
        if start >= at:
            runs += [(snippet.text[at:start], False), (snippet.text[start:end], True)]
            at = end
    runs.append((snippet.text[at:], False))
    if snippet.marks and len(runs[0][0]) > LEAD:
        runs[0] = ("…" + runs[0][0][-LEAD:].split(maxsplit=1)[-1], False)
    return tuple((re.sub(r"\s+", " ", text), marked) for text, marked in runs if text)


def spoken(row: ResultRow) -> str:
    """A card in one sentence, for screen readers."""
    parts = [row.text.title, row.text.place, row.text.age, row.text.errors]
    if row.score is not None:
        parts.append(f"score {row.score:.2f}")
    return ", ".join(part for part in parts if part)
