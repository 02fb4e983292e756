"""The turns of a session as rows: all of them, or those of one branch."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from memex.core.replay import TurnOutline
from memex.core.safe_text import one_line

Index = QModelIndex | QPersistentModelIndex


WITHDRAWN = "Withdrawn: you went back before this turn."
COMPACTED = "Here the conversation was summed up to make room."


class TurnRole(IntEnum):
    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class TurnRow:
    """All that the delegate draws, in one call: each call into a Python model is felt while scrolling."""

    turn: TurnOutline
    gist: str
    offset: str
    """'+3:12' since the session began; empty where no time is known."""
    is_compaction: bool = False
    has_match: bool = False


class TurnListModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns: tuple[TurnOutline, ...] = ()
        self._shown: Sequence[int] = range(0)
        """Number of the turn of each row."""
        self._compactions: frozenset[int] = frozenset()
        self._matches: frozenset[int] = frozenset()
        self._began: datetime | None = None
        self._rows: dict[int, TurnRow] = {}

    def show(self, turns: tuple[TurnOutline, ...], compactions: Sequence[int] = ()) -> None:
        """All of these turns."""
        self.beginResetModel()
        self._turns = turns
        self._shown = range(len(turns))
        self._compactions = frozenset(compactions)
        self._matches = frozenset()
        self._began = next((turn.time for turn in turns if turn.time is not None), None)
        self._rows.clear()
        self.endResetModel()

    def choose(self, shown: Sequence[int] | None) -> None:
        """Rows for these turns alone, in order; None: for all."""
        self.beginResetModel()
        self._shown = range(len(self._turns)) if shown is None else shown
        self.endResetModel()

    def grow(
        self,
        turns: tuple[TurnOutline, ...],
        first: int,
        compactions: Sequence[int],
        shown: Sequence[int] | None,
    ) -> None:
        """`turns` is all of them; those from `first` on are new or have changed, and no row goes."""
        wanted = range(len(turns)) if shown is None else shown
        before = len(self._shown)
        changed = bisect_left(self._shown, first)
        self._compactions = frozenset(compactions)
        for number in [number for number in self._rows if number >= first]:
            del self._rows[number]
        if len(wanted) < before or list(wanted[:changed]) != list(self._shown[:changed]):
            self.beginResetModel()
            self._turns, self._shown = turns, wanted
            self.endResetModel()
            return
        self._turns = turns
        if len(wanted) > before:
            self.beginInsertRows(QModelIndex(), before, len(wanted) - 1)
            self._shown = wanted
            self.endInsertRows()
        self._shown = wanted
        if changed < before:
            self.dataChanged.emit(self.index(changed), self.index(before - 1))

    def set_matches(self, matches: Sequence[int]) -> None:
        self._matches = frozenset(matches)
        self._rows.clear()
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def turn_of(self, row: int) -> int:
        return self._shown[row]

    def row_of(self, turn: int) -> int:
        """Its own, or that of the nearest turn before it that has one."""
        row = bisect_left(self._shown, turn)
        is_there = row < len(self._shown) and self._shown[row] == turn
        return row if is_there else max(0, row - 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        match role:
            case TurnRole.ROW:
                return self._row(index.row())
            case Qt.ItemDataRole.DisplayRole:
                return self._row(index.row()).gist
            case Qt.ItemDataRole.ToolTipRole:
                return _tooltip(self._row(index.row()))
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(self._row(index.row()))
            case _:
                return None

    def _row(self, number: int) -> TurnRow:
        place = self._shown[number]
        row = self._rows.get(place)
        if row is None:
            turn = self._turns[place]
            row = self._rows[place] = TurnRow(
                turn,
                one_line(turn.gist),
                offset(turn.time, self._began),
                place in self._compactions,
                place in self._matches,
            )
        return row


def _tooltip(row: TurnRow) -> str:
    remarks = ((WITHDRAWN, row.turn.is_withdrawn), (COMPACTED, row.is_compaction))
    return "\n".join([*(remark for remark, holds in remarks if holds), row.gist])


def offset(time: datetime | None, began: datetime | None) -> str:
    if time is None or began is None:
        return ""
    seconds = int((time - began).total_seconds())
    sign, seconds = ("+", seconds) if seconds >= 0 else ("−", -seconds)
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    if days:
        return f"{sign}{days} d {hours} h"
    if hours:
        return f"{sign}{hours}:{minutes:02}:{seconds % 60:02}"
    return f"{sign}{minutes}:{seconds % 60:02}"


def spoken(row: TurnRow) -> str:
    """One row for a screen reader."""
    turn = row.turn
    marks = [
        word
        for word, holds in (
            ("withdrawn", turn.is_withdrawn),
            ("error", turn.has_error),
            ("edits files", turn.has_edit),
            ("sub-agent", turn.has_subagent),
            ("match", row.has_match),
            ("conversation summed up", row.is_compaction),
        )
        if holds
    ]
    return ", ".join([f"Turn {turn.index + 1}", turn.role.value, *marks, row.gist])
