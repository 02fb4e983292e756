"""The drawing: sessions as dots on their tree; moved, zoomed, pointed at and lassoed."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, QPointF, QRectF, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from memex.window import wording
from memex.window.map.labels import labels, paint_labels
from memex.window.map.map_data import MapData
from memex.window.project_colours import ProjectColours
from memex.window.theme import Palette

REACH = 12
"""Pixels within which a dot is pointed at."""
CLICK = 4
"""Pixels that a click may move."""
DIM = 45
"""Opacity, of 255, of what the search did not find."""
NAMED_MATCHES = 8
GLIDE_MS = 250
MOST_GLIDING = 2_000
MARGIN = 0.08
LEAST_MARGIN = 0.02
"""Around all dots, of the unit circle's radius."""
CLOSEST = 0.15
"""How much of the map is in sight at least when one session is shown."""


class Canvas(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    pointed = Signal(int)
    """A session was clicked, by its place."""
    opened = Signal(int)
    lassoed = Signal(object)  # tuple[int, ...]

    def __init__(self, palette: Palette, colours: ProjectColours, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setObjectName("mapCanvas")
        self.setAccessibleName("Map")
        self.setAccessibleDescription("The table beside the map lists the same sessions.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._palette, self._colours = palette, colours
        self._data: MapData | None = None
        self._layout = "force"
        self._at: NDArray[np.float64] = np.zeros((0, 2))
        self._grown = 0
        self._lit: frozenset[int] | None = None
        self._selected: tuple[int, ...] = ()
        self._lasso: QPolygonF | None = None
        self._pressed: QPointF | None = None
        self.is_lassoing = False
        self.glides = True
        self._box = pg.ViewBox(lockAspect=True, enableMenu=False, defaultPadding=MARGIN)
        self._edges = pg.PlotCurveItem(connect="pairs", antialias=False)
        self._dots = pg.ScatterPlotItem(pxMode=True)
        self._marks = pg.ScatterPlotItem(pxMode=True)
        self.setCentralItem(self._box)
        for item in (self._edges, self._dots, self._marks):
            self._box.addItem(item)
        self._glide = QVariantAnimation(self, duration=GLIDE_MS, startValue=0.0, endValue=1.0)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._glide.valueChanged.connect(self._on_gliding)
        self._from = self._at
        self.set_palette(palette)

    @property
    def selected(self) -> tuple[int, ...]:
        return self._selected

    @property
    def lit(self) -> frozenset[int] | None:
        return self._lit

    def show_map(self, data: MapData) -> None:
        self._data, self._grown, self._selected, self._lit = data, len(data.cards), (), None
        self._at = data.layouts[self._layout]
        self._draw()
        self.show_all()

    def choose_layout(self, name: str) -> None:
        self._layout = name
        if self._data is None:
            return
        self._glide.stop()
        if self.glides and len(self._at) <= MOST_GLIDING:
            self._from = self._at
            self._glide.start()
        else:
            self._move(self._data.layouts[name])
        self.show_all()

    def grow(self, count: int) -> None:
        """Only the first `count` sessions that there were."""
        self._grown = count
        self._show_grown()

    def light(self, places: Iterable[int] | None) -> None:
        """These stand out; None: all are alike."""
        self._lit = None if places is None else frozenset(places)
        self._colour()
        self.viewport().update()

    def select(self, places: Sequence[int], *, reveals: bool = False) -> None:
        self._selected = tuple(places)
        self._mark()
        if reveals and places:
            self._reveal(self._at[list(places)])
        self.viewport().update()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.setBackgroundBrush(QColor(palette.surface))
        self._draw()

    @Slot()
    def show_all(self) -> None:
        if not len(self._at):
            return
        low, high = self._layout_bounds()
        self._box.setRange(QRectF(*low, *(high - low)), padding=MARGIN)

    def zoom(self, factor: float) -> None:
        self._box.scaleBy((1 / factor, 1 / factor))

    def pan(self, right: float, down: float) -> None:
        """By shares of what is in sight."""
        (left, end), (top, bottom) = self._box.viewRange()
        self._box.translateBy(right * (end - left), -down * (bottom - top))

    def pixels(self) -> NDArray[np.float64]:
        """(nodes, 2): where each session is on the viewport."""
        way = self._dots.sceneTransform() * self.viewportTransform()
        x, y = self._at[:, 0], self._at[:, 1]
        return np.column_stack(
            (way.m11() * x + way.m21() * y + way.dx(), way.m12() * x + way.m22() * y + way.dy())
        )

    def place_at(self, point: QPointF) -> int | None:
        pixels = self.pixels()
        if not len(pixels):
            return None
        away = np.hypot(pixels[:, 0] - point.x(), pixels[:, 1] - point.y())
        away[~self.is_grown] = np.inf
        nearest = int(away.argmin())
        return nearest if away[nearest] <= REACH else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and (self.is_lassoing or event.modifiers() & Qt.KeyboardModifier.ShiftModifier):
            self._lasso = QPolygonF([event.position()])
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._lasso is not None:
            self._lasso.append(event.position())
            self.viewport().update()
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._tell(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        lasso, self._lasso = self._lasso, None
        if lasso is not None:
            self._close_lasso(lasso)
            return
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is not None and (event.position() - pressed).manhattanLength() <= CLICK:
            place = self.place_at(event.position())
            if place is not None:
                self.select((place,))
                self.pointed.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is None:
            self.show_all()
        else:
            self.opened.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: (-0.1, 0.0),
            Qt.Key.Key_Right: (0.1, 0.0),
            Qt.Key.Key_Up: (0.0, -0.1),
            Qt.Key.Key_Down: (0.0, 0.1),
        }
        key = Qt.Key(event.key())
        if key in ways:
            self.pan(*ways[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.zoom(1.25 if key is Qt.Key.Key_PageUp else 0.8)
        elif key is Qt.Key.Key_Home:
            self.show_all()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected:
            self.opened.emit(self._selected[0])
        else:
            event.ignore()

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:  # noqa: ARG002
        if self._data is None:
            return
        painter.save()
        painter.resetTransform()
        room = QRectF(self.viewport().rect())
        pixels = self.pixels()
        is_shown = self.is_grown & _within(pixels, room)
        first = (*self._selected[:1], *sorted(self._lit or ())[:NAMED_MATCHES])
        wanted = labels(self._data, pixels, is_shown, dict.fromkeys(first))
        paint_labels(painter, wanted, room, self._palette, beside=pixels[is_shown])
        if self._lasso is not None:
            fill = QColor(self._palette.accent)
            painter.setPen(QPen(fill, 1.5))
            fill.setAlpha(30)
            painter.setBrush(fill)
            painter.drawPolygon(self._lasso)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(room.adjusted(0, 0, -1, -1))
        painter.restore()

    def _draw(self) -> None:
        """All of it anew."""
        if self._data is None:
            return
        self._dots.setData(
            x=self._at[:, 0],
            y=self._at[:, 1],
            size=self._data.sizes,
            pen=self._rings(),
            brush=self._brushes(),
        )
        self._show_grown()

    def _rings(self) -> list[object]:
        """Errors in red; the others have a rim that parts them from dots behind."""
        assert self._data is not None
        rim = pg.mkPen(self._palette.surface, width=1)
        bright, dim = QColor(self._palette.error), QColor(self._palette.error)
        dim.setAlpha(DIM)
        rings = {False: pg.mkPen(bright, width=2), True: pg.mkPen(dim, width=2)}
        return [
            rings[self._is_dim(place)] if card.error_count else rim
            for place, card in enumerate(self._data.cards)
        ]

    def _brushes(self) -> list[object]:
        assert self._data is not None
        made: dict[tuple[str, bool], object] = {}
        brushes = []
        for place, card in enumerate(self._data.cards):
            key = self._colours.of(card.project, self._palette), self._is_dim(place)
            if key not in made:
                colour = QColor(key[0])
                colour.setAlpha(DIM if key[1] else 255)
                made[key] = pg.mkBrush(colour)
            brushes.append(made[key])
        return brushes

    def _is_dim(self, place: int) -> bool:
        return self._lit is not None and place not in self._lit

    def _colour(self) -> None:
        if self._data is not None:
            self._dots.setBrush(self._brushes(), mask=None)
            self._dots.setPen(self._rings(), mask=None)

    def _show_grown(self) -> None:
        if self._data is None:
            return
        is_grown = self.is_grown
        self._dots.setPointsVisible(is_grown)
        self._draw_edges(is_grown)
        self._mark()
        self.viewport().update()

    def _draw_edges(self, is_grown: NDArray[np.bool_]) -> None:
        assert self._data is not None
        edges = self._data.edges
        ends = self._at[edges[is_grown[edges].all(axis=1)].ravel()]
        self._edges.setPen(pg.mkPen(self._palette.muted, width=1))
        self._edges.setOpacity(0.45)
        self._edges.setData(ends[:, 0], ends[:, 1], connect="pairs")

    def _mark(self) -> None:
        if self._data is None:
            return
        places = [place for place in self._selected if self.is_grown[place]]
        self._marks.setData(
            x=self._at[places, 0],
            y=self._at[places, 1],
            size=self._data.sizes[places] + 8,
            pen=pg.mkPen(self._palette.accent, width=2),
            brush=None,
        )

    @property
    def is_grown(self) -> NDArray[np.bool_]:
        """The newest come first, so that the first ones are the last."""
        return np.arange(len(self._at)) >= len(self._at) - self._grown

    def _move(self, to: NDArray[np.float64]) -> None:
        self._at = to
        self._draw()

    @Slot(object)
    def _on_gliding(self, share: float) -> None:
        if self._data is not None:
            to = self._data.layouts[self._layout]
            self._move(to if share >= 1 else self._from + share * (to - self._from))

    def _layout_bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of the layout that is chosen, though the dots may still be on their way to it; never empty."""
        assert self._data is not None
        at = self._data.layouts[self._layout]
        return at.min(axis=0) - LEAST_MARGIN, at.max(axis=0) + LEAST_MARGIN

    def _reveal(self, places: NDArray[np.float64]) -> None:
        """Moves only as far as is needed to have them in sight."""
        (left, right), (bottom, top) = self._box.viewRange()
        low, high = places.min(axis=0), places.max(axis=0)
        if left <= low[0] and high[0] <= right and bottom <= low[1] and high[1] <= top:
            return
        middle, half = (low + high) / 2, max(CLOSEST, float((high - low).max()) * 0.6)
        self._box.setRange(QRectF(middle[0] - half, middle[1] - half, 2 * half, 2 * half), padding=0)

    def _close_lasso(self, lasso: QPolygonF) -> None:
        pixels, is_grown = self.pixels(), self.is_grown
        inside = np.flatnonzero(is_grown & _within(pixels, lasso.boundingRect()))
        places = tuple(
            int(place)
            for place in inside
            if lasso.containsPoint(QPointF(*pixels[place]), Qt.FillRule.OddEvenFill)
        )
        self.select(places)
        self.lassoed.emit(places)

    def _tell(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
        if place is None or self._data is None:
            QToolTip.hideText()
            return
        card = self._data.cards[place]
        parts = (wording.card_title(card), wording.card_place(card), wording.exact_time(card.ended_at))
        QToolTip.showText(event.globalPosition().toPoint(), "\n".join(parts), self)


def _within(pixels: NDArray[np.float64], room: QRectF) -> NDArray[np.bool_]:
    x, y = pixels[:, 0], pixels[:, 1]
    inside: NDArray[np.bool_] = (
        (x >= room.left()) & (x <= room.right()) & (y >= room.top()) & (y <= room.bottom())
    )
    return inside


def lit_places(data: MapData, keys: Collection[int] | None) -> tuple[int, ...] | None:
    if keys is None:
        return None
    wanted = frozenset(keys)
    return tuple(place for place, card in enumerate(data.cards) if card.key in wanted)
