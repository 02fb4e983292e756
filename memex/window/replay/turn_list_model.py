"""The turns of a session as rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from memex.core.replay import TurnOutline
from memex.core.safe_text import one_line

Index = QModelIndex | QPersistentModelIndex


WITHDRAWN = "Withdrawn: you went back before this turn."


class TurnRole(IntEnum):
    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class TurnRow:
    """All that the delegate draws, in one call: each call into a Python model is felt while scrolling."""

    turn: TurnOutline
    gist: str
    offset: str
    """'+3:12' since the session began; empty where no time is known."""


class TurnListModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns: tuple[TurnOutline, ...] = ()
        self._began: datetime | None = None
        self._rows: dict[int, TurnRow] = {}

    def show(self, turns: tuple[TurnOutline, ...], began: datetime | None) -> None:
        self.beginResetModel()
        self._turns = turns
        self._began = began
        self._rows.clear()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._turns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        match role:
            case TurnRole.ROW:
                return self._row(index.row())
            case Qt.ItemDataRole.DisplayRole:
                return self._row(index.row()).gist
            case Qt.ItemDataRole.ToolTipRole:
                row = self._row(index.row())
                return f"{WITHDRAWN}\n{row.gist}" if row.turn.is_withdrawn else row.gist
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(self._turns[index.row()])
            case _:
                return None

    def _row(self, number: int) -> TurnRow:
        row = self._rows.get(number)
        if row is None:
            turn = self._turns[number]
            row = self._rows[number] = TurnRow(turn, one_line(turn.gist), offset(turn.time, self._began))
        return row


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


def spoken(turn: TurnOutline) -> str:
    """One row for a screen reader."""
    marks = [
        word
        for word, holds in (
            ("withdrawn", turn.is_withdrawn),
            ("error", turn.has_error),
            ("edits files", turn.has_edit),
            ("sub-agent", turn.has_subagent),
        )
        if holds
    ]
    return ", ".join([f"Turn {turn.index + 1}", turn.role.value, *marks, one_line(turn.gist)])
