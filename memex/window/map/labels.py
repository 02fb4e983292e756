"""Which names stand on the map: those of clusters from afar, of sessions from near, none over another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from memex.window import fonts, wording
from memex.window.map.map_data import MapData
from memex.window.theme import Palette

MOST_CLUSTERS, MOST_SESSIONS = 24, 60
NEAR = 150
"""Sessions in sight from which down their own names are shown."""
LONGEST = 34
GAP = 3.0


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    at: QPointF
    """In pixels: below it the text is centred."""
    is_strong: bool = False


def labels(
    data: MapData, pixels: NDArray[np.float64], is_shown: NDArray[np.bool_], first: Iterable[int]
) -> Iterator[Label]:
    """The most wanted first; `first` are places that come before all others."""
    seen = np.flatnonzero(is_shown)
    chosen = [place for place in first if is_shown[place]]
    yield from (_of_session(data, pixels, place, is_strong=True) for place in chosen)
    if len(seen) > NEAR:
        yield from _of_clusters(data, pixels, is_shown)
        return
    by_size = seen[np.argsort([-data.cards[place].prompt_count for place in seen.tolist()], kind="stable")]
    yield from (_of_session(data, pixels, int(place)) for place in by_size[:MOST_SESSIONS])


def _of_session(data: MapData, pixels: NDArray[np.float64], place: int, *, is_strong: bool = False) -> Label:
    title = wording.card_title(data.cards[place])
    text = title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
    return Label(text, QPointF(pixels[place, 0], pixels[place, 1] + data.sizes[place] / 2 + 2), is_strong)


def _of_clusters(data: MapData, pixels: NDArray[np.float64], is_shown: NDArray[np.bool_]) -> Iterator[Label]:
    for cluster in data.topology.clusters[:MOST_CLUSTERS]:
        places = np.array(data.places_of(cluster.members), np.intp)
        seen = places[is_shown[places]]
        if len(seen):
            x, y = np.median(pixels[seen], axis=0)
            yield Label(", ".join(cluster.terms) or cluster.name, QPointF(x, y), is_strong=True)


def paint_labels(
    painter: QPainter,
    wanted: Iterable[Label],
    room: QRectF,
    palette: Palette,
    beside: NDArray[np.float64],
) -> list[QRectF]:
    """Each where it covers none before it, nor any dot of `beside`; the places that were taken."""
    taken: list[QRectF] = []
    normal, strong = fonts.ui_font(fonts.small_size()), fonts.ui_font(fonts.small_size())
    strong.setBold(True)
    metrics = {False: QFontMetricsF(normal), True: QFontMetricsF(strong)}
    behind = QColor(palette.surface)
    behind.setAlpha(170)
    for label in wanted:
        measured = metrics[label.is_strong]
        box = QRectF(0, 0, measured.horizontalAdvance(label.text) + 8, measured.height() + 2)
        box.moveCenter(QPointF(label.at.x(), label.at.y() + box.height() / 2))
        spaced = box.adjusted(-GAP, -GAP, GAP, GAP)
        if not room.contains(box) or any(other.intersects(spaced) for other in taken):
            continue
        if not label.is_strong and _covers_dots(box, beside):
            continue
        taken.append(box)
        painter.fillRect(box, behind)
        painter.setFont(strong if label.is_strong else normal)
        painter.setPen(QColor(palette.text if label.is_strong else palette.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label.text)
    return taken


def _covers_dots(box: QRectF, dots: NDArray[np.float64]) -> bool:
    x, y = dots[:, 0], dots[:, 1]
    within = (x > box.left()) & (x < box.right()) & (y > box.top()) & (y < box.bottom())
    return bool(within.any())
