"""Facets as a tree of two levels: fields, and under each the values that can be chosen, with their counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from memex.core.filters import Facet, FacetValue, Field, Filters
from memex.core.session import Outcome
from memex.window import wording

Index = QModelIndex | QPersistentModelIndex

FIELDS = (
    Field.PROJECT,
    Field.AGENT,
    Field.BRANCH,
    Field.MODEL,
    Field.OUTCOME,
    Field.INTENT,
    Field.MONTH,
)
SHOWN = 8
"""Values of a field before all of them are asked for."""


class Role(IntEnum):
    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class FieldRow:
    field: Field
    count: int
    """Values that there are."""
    chosen: tuple[str, ...]
    """In words."""


@dataclass(frozen=True, slots=True)
class ValueRow:
    field: Field
    value: str
    title: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MoreRow:
    """Shows all, or again the first ones."""

    field: Field
    title: str


Row = FieldRow | ValueRow | MoreRow


class FacetModel(QAbstractItemModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facets: dict[Field, tuple[FacetValue, ...]] = {}
        self._filters = Filters()
        self._whole: frozenset[Field] = frozenset()
        self._fields: tuple[FieldRow, ...] = ()
        self._rows: dict[Field, tuple[ValueRow | MoreRow, ...]] = {}
        self._build()

    def show_facets(self, facets: Sequence[Facet]) -> None:
        self._facets = {facet.field: facet.values for facet in facets}
        self._rebuild()

    def show_filters(self, filters: Filters) -> None:
        self._filters = filters
        self._rebuild()

    def toggle_whole(self, field: Field) -> None:
        self._whole ^= {field}
        self._rebuild()

    def row(self, index: Index) -> Row:
        if not index.parent().isValid():
            return self._fields[index.row()]
        return self._rows[FIELDS[index.parent().row()]][index.row()]

    def find(self, field: Field, value: str | None = None) -> QModelIndex:
        parent = self.index(FIELDS.index(field), 0)
        if value is None:
            return parent
        for number, row in enumerate(self._rows[field]):
            if isinstance(row, ValueRow) and row.value == value:
                return self.index(number, 0, parent)
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        above = index.internalId() if index.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(FIELDS)
        return 0 if parent.internalId() else len(self._rows[FIELDS[parent.row()]])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and isinstance(self.row(index), ValueRow):
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.row(index)
        match role:
            case Role.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.field.value if isinstance(row, FieldRow) else row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row)
            case Qt.ItemDataRole.ToolTipRole:
                return row.value if isinstance(row, ValueRow) else None
            case Qt.ItemDataRole.CheckStateRole if isinstance(row, ValueRow):
                return Qt.CheckState.Checked if row.is_chosen else Qt.CheckState.Unchecked
            case _:
                return None

    def _rebuild(self) -> None:
        """Where only counts and checks change, what is expanded and current stays as it is."""
        before = {field: [_identity(row) for row in rows] for field, rows in self._rows.items()}
        fields, rows = self._fields, self._rows
        self._build()
        if (fields, rows) == (self._fields, self._rows):
            return
        if before == {field: [_identity(row) for row in rows] for field, rows in self._rows.items()}:
            self._tell_changes()
            return
        after = self._fields, self._rows
        self._fields, self._rows = fields, rows
        self.beginResetModel()
        self._fields, self._rows = after
        self.endResetModel()

    def _tell_changes(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(FIELDS) - 1, 0))
        for number, field in enumerate(FIELDS):
            parent, count = self.index(number, 0), len(self._rows[field])
            if count:
                self.dataChanged.emit(self.index(0, 0, parent), self.index(count - 1, 0, parent))

    def _build(self) -> None:
        values = {field: self._values(field) for field in FIELDS}
        self._fields = tuple(
            FieldRow(field, len(rows), tuple(row.title for row in rows if row.is_chosen))
            for field, rows in values.items()
        )
        self._rows = {field: self._shown(field, rows) for field, rows in values.items()}

    def _values(self, field: Field) -> tuple[ValueRow, ...]:
        """A value that is chosen is there even if nothing has it."""
        chosen = self._filters.of(field)
        known = self._facets.get(field, ())
        counts: Mapping[str, int] = {value.value: value.count for value in known}
        lost = tuple(value for value in chosen if value not in counts)
        return tuple(
            ValueRow(field, value, value_title(field, value), counts.get(value, 0), value in chosen)
            for value in (*lost, *counts)
        )

    def _shown(self, field: Field, rows: tuple[ValueRow, ...]) -> tuple[ValueRow | MoreRow, ...]:
        if len(rows) <= SHOWN + 1:
            return rows
        if field in self._whole:
            return (*rows, MoreRow(field, "Show fewer"))
        shown = [row for number, row in enumerate(rows) if number < SHOWN or row.is_chosen]
        return (*shown, MoreRow(field, f"Show all {len(rows):,}"))


def value_title(field: Field, value: str) -> str:
    match field:
        case Field.AGENT:
            return wording.agent_name(value)
        case Field.OUTCOME if value in tuple(Outcome):
            return wording.OUTCOME_NAMES[Outcome(value)]
        case _:
            return value


def _identity(row: ValueRow | MoreRow) -> str:
    return row.value if isinstance(row, ValueRow) else row.title


def _spoken(row: Row) -> str:
    match row:
        case FieldRow(field=field, count=count, chosen=chosen):
            return f"{field}, {wording.count(count, 'value')}" + (
                f", chosen: {', '.join(chosen)}" if chosen else ""
            )
        case ValueRow(title=title, count=count):
            return f"{title}, {wording.count(count, 'session')}"
        case MoreRow(title=title):
            return title
