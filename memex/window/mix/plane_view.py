"""The picture of the plane between likes and unlikes. pyqtgraph comes in with the first mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from memex.core.mixing import Mix
from memex.window.controls import make_label
from memex.window.theme import Palette
from memex.window.wording import card_title

if TYPE_CHECKING:
    import pyqtgraph as pg

SIZE, MARK_SIZE = 9, 14
CAPTION = "← unlike    |    like →"


class PlaneView(QWidget):
    """The list beside it says the same, and is the way in for the keyboard."""

    chosen = Signal(int)  # session key

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setAccessibleName("Picture of the mix")
        self._palette = palette
        self._mix: Mix | None = None
        self._current: int | None = None
        self._plot: pg.PlotWidget | None = None
        self._scatters: dict[str, pg.ScatterPlotItem] = {}
        self._caption = make_label(CAPTION, name="muted")
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(0)
        self._column.addWidget(self._caption)
        self.setMinimumHeight(140)

    def show_mix(self, mix: Mix) -> None:
        self._mix, self._current = mix, None
        if self._plot is None:
            self._build()
        self._draw()

    def choose(self, key: int | None) -> None:
        """Ring the answer that the list is on."""
        self._current = key
        if self._plot is not None:
            self._draw_ring()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        if self._plot is not None:
            self._plot.setBackground(palette.surface)
            self._draw()

    def spots(self, kind: str) -> dict[int, QPointF]:
        """Of `likes`, `unlikes` or `answers`: session key → where it is drawn, in the plane."""
        return {spot.data(): spot.pos() for spot in self._scatters[kind].points()}

    def _build(self) -> None:
        import pyqtgraph as pg

        plot = pg.PlotWidget(background=self._palette.surface)
        plot.setAccessibleName("Likes, unlikes and answers")
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setMenuEnabled(False)
        plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        plot.hideButtons()
        plot.hideAxis("left")
        plot.hideAxis("bottom")
        self._line = pg.InfiniteLine(0, angle=90)
        plot.addItem(self._line)
        for kind in ("ring", "answers", "unlikes", "likes"):
            scatter = pg.ScatterPlotItem(hoverable=kind != "ring", tip=self._tip)
            scatter.sigClicked.connect(self._on_clicked)
            plot.addItem(scatter)
            self._scatters[kind] = scatter
        self._column.insertWidget(0, plot, 1)
        self._plot = plot

    def _draw(self) -> None:
        if self._mix is None:
            return
        import pyqtgraph as pg

        palette, mix = self._palette, self._mix
        self._line.setPen(pg.mkPen(palette.hairline))
        places = {point.key: (point.x, point.y) for point in mix.plane}
        marks = {card.key for card in (*mix.likes, *mix.unlikes)}
        looks = {
            "likes": (palette.accent, "+", MARK_SIZE, [card.key for card in mix.likes]),
            "unlikes": (palette.text, _minus(), MARK_SIZE, [card.key for card in mix.unlikes]),
            "answers": (palette.muted, "o", SIZE, [key for key in places if key not in marks]),
        }
        for kind, (colour, symbol, size, keys) in looks.items():
            there = [key for key in keys if key in places]
            fill = QColor(colour)
            fill.setAlpha(130 if kind == "answers" else 255)
            self._scatters[kind].setData(
                pos=[places[key] for key in there],
                data=there,
                symbol=symbol,
                size=size,
                brush=pg.mkBrush(fill),
                pen=pg.mkPen(palette.surface, width=1),
                hoverPen=pg.mkPen(palette.focus, width=2),
            )
        self._draw_ring()
        if self._plot is not None:
            self._plot.autoRange(padding=0.12)

    def _draw_ring(self) -> None:
        import pyqtgraph as pg

        places = {point.key: (point.x, point.y) for point in self._mix.plane} if self._mix else {}
        at = places.get(self._current) if self._current is not None else None
        self._scatters["ring"].setData(
            pos=[at] if at else [],
            data=[self._current] if at else [],
            symbol="o",
            size=2 * SIZE,
            brush=None,
            pen=pg.mkPen(self._palette.focus, width=2),
        )

    def _tip(self, x: float, y: float, data: int) -> str:  # noqa: ARG002
        return self._title(data)

    def _title(self, key: int) -> str:
        if self._mix is None:
            return ""
        cards = (*self._mix.likes, *self._mix.unlikes, *self._mix.table.cards)
        signs = dict.fromkeys((card.key for card in self._mix.likes), "+ ")
        signs |= dict.fromkeys((card.key for card in self._mix.unlikes), "− ")
        return next((signs.get(key, "") + card_title(card) for card in cards if card.key == key), "")

    def _on_clicked(self, _scatter: object, spots: list[pg.SpotItem], _event: object) -> None:
        if len(spots):
            self.chosen.emit(int(spots[0].data()))


def _minus() -> QPainterPath:
    path = QPainterPath()
    path.addRect(-0.5, -0.13, 1.0, 0.26)
    return path
