"""What the table beside the map lists: clusters, bridges, gaps, duplicates, outliers, and every session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from memex.core.topology import Bridge, Gap
from memex.window import wording
from memex.window.map.map_data import MapData

Index = QModelIndex | QPersistentModelIndex
Cell = Callable[[int], tuple[str, ...]]


@dataclass(frozen=True)
class Listing:
    """One tab. Rows are put into words only when they are seen."""

    title: str
    heads: tuple[str, ...]
    places: Sequence[tuple[int, ...]]
    """Of each row: the sessions that it is about."""
    cells: Callable[[int], tuple[str, ...]]


def listings(data: MapData) -> tuple[Listing, ...]:
    found = data.topology

    def title(place: int) -> str:
        return wording.card_title(data.cards[place])

    def links(name: str, rows: Sequence[Bridge | Gap]) -> Listing:
        places = [data.places_of((row.a, row.b)) for row in rows]
        return Listing(
            name,
            ("projects", "likeness", "sessions"),
            places,
            lambda row: (
                " – ".join(rows[row].projects),
                wording.score(rows[row].similarity),
                " – ".join(map(title, places[row])),
            ),
        )

    groups = [data.places_of(group.members) for group in found.duplicates]
    lonely = [data.places_of((each.id, each.nearest)) for each in found.outliers]
    return (
        Listing(
            "Clusters",
            ("cluster", "sessions"),
            [data.places_of(cluster.members) for cluster in found.clusters],
            lambda row: (found.clusters[row].name, f"{len(found.clusters[row].members):,}"),
        ),
        links("Bridges", found.bridges),
        links("Gaps", found.gaps),
        Listing(
            "Duplicates",
            ("sessions", "likeness", "the newest of them"),
            groups,
            lambda row: (
                f"{len(groups[row]):,}",
                wording.score(found.duplicates[row].similarity),
                title(groups[row][0]),
            ),
        ),
        Listing(
            "Outliers",
            ("session", "likeness", "nearest"),
            [places[:1] for places in lonely],
            lambda row: (
                title(lonely[row][0]),
                wording.score(found.outliers[row].similarity),
                title(lonely[row][-1]),
            ),
        ),
        Listing(
            "Sessions",
            ("session", "project", "ended", "prompts", "errors"),
            [(place,) for place in range(len(data.cards))],
            lambda row: (
                title(row),
                data.cards[row].project or "–",
                wording.exact_time(data.cards[row].ended_at),
                f"{data.cards[row].prompt_count:,}",
                f"{data.cards[row].error_count:,}" if data.cards[row].error_count else "–",
            ),
        ),
    )


class ListingModel(QAbstractTableModel):
    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self.listing = listing

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.listing.places)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.listing.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.listing.cells(index.row())[index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self.listing.heads[section]
        return None
