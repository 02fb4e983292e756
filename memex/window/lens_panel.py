"""Seven lenses with their weights, and how they make one order; all is emitted as one frozen value."""

from functools import partial

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from memex.core.lenses import MAX_WEIGHT, Lens, RankOptions, Weights
from memex.window.commands import tip
from memex.window.controls import make_label, make_tool_button, make_value
from memex.window.icons import icon
from memex.window.lens_slider import WeightSlider
from memex.window.lens_tile import LensTile
from memex.window.order_options import NAME_WIDTH, OrderOptions
from memex.window.theme import Palette

PURPOSE = {
    Lens.CONTENT: "What the session was about",
    Lens.TOOL: "What was run",
    Lens.PATH: "Which files it touched",
    Lens.ERROR: "Which errors it hit",
    Lens.CODE: "The code in it",
    Lens.WORDS: "Your exact words, turn by turn",
    Lens.LATE: "Its closest passages, compared one by one",
}


class LensPanel(QWidget):
    options_changed = Signal(object)  # RankOptions

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lensPanel")
        self.setAccessibleName("Lenses")
        self._palette = palette
        self._sliders: dict[Lens, WeightSlider] = {}
        self._tiles: dict[Lens, LensTile] = {}
        self._values: dict[Lens, QLabel] = {}
        self.reset_button = make_tool_button("Reset lenses", tip("lenses.reset"))
        self.order_options = OrderOptions(palette)
        self._lay_out()
        self._connect()
        self.set_palette(palette)
        for lens in Lens:
            self._show_value(lens)

    @property
    def weights(self) -> Weights:
        return Weights(**{lens.value: slider.weight for lens, slider in self._sliders.items()})

    @property
    def options(self) -> RankOptions:
        """Without what the user said of sessions."""
        return msgspec.structs.replace(self.order_options.options, weights=self.weights)

    def set_options(self, options: RankOptions) -> None:
        """All controls at once, told once."""
        before = self.options
        for lens, slider in self._sliders.items():
            with QSignalBlocker(slider):
                slider.set_weight(options.weights.of(lens))
            self._show_value(lens)
        self.order_options.show_options(options)
        self.update()
        if self.options != before:
            self.options_changed.emit(self.options)

    @Slot()
    def reset(self) -> None:
        self.set_options(RankOptions())

    def choose(self, lens: Lens) -> None:
        """Put the keyboard on a lens, for ← and → to weigh it."""
        self._sliders[lens].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def slider(self, lens: Lens) -> WeightSlider:
        return self._sliders[lens]

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.reset_button.setIcon(icon("reset", palette.muted))
        for lens, slider in self._sliders.items():
            slider.set_colours(palette.lens[lens], palette)
            self._tiles[lens].set_palette(palette)
        self.order_options.set_palette(palette)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(make_label("Lenses", "paneTitle"))
        head.addStretch()
        head.addWidget(self.reset_button)
        rows = QGridLayout()
        rows.setHorizontalSpacing(8)
        rows.setVerticalSpacing(0)
        rows.setColumnMinimumWidth(1, NAME_WIDTH)
        rows.setColumnStretch(2, 1)
        for row, lens in enumerate(Lens):
            self._add_row(rows, row, lens)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(rows)
        column.addWidget(self.order_options)

    def _add_row(self, rows: QGridLayout, row: int, lens: Lens) -> None:
        slider = WeightSlider(MAX_WEIGHT, Weights().of(lens), self._palette.lens[lens], self._palette)
        slider.setAccessibleName(f"Weight of the {lens.value} lens")
        slider.setToolTip(f"{PURPOSE[lens]}. Key {row + 1} chooses it, ← → weigh it; double click: default.")
        name, tile, value = make_label(lens.value), LensTile(lens, self._palette), make_value()
        name.setToolTip(slider.toolTip())
        for column, widget in enumerate((tile, name, slider, value)):
            rows.addWidget(widget, row, column)
        self._sliders[lens], self._tiles[lens], self._values[lens] = slider, tile, value

    def _connect(self) -> None:
        for lens, slider in self._sliders.items():
            slider.valueChanged.connect(partial(self._on_slider_moved, lens))
        self.order_options.changed.connect(self._on_options_changed)
        self.reset_button.clicked.connect(self.reset)

    def _on_slider_moved(self, lens: Lens, _steps: int) -> None:
        self._show_value(lens)
        self._on_options_changed()

    @Slot()
    def _on_options_changed(self) -> None:
        self.options_changed.emit(self.options)

    def _show_value(self, lens: Lens) -> None:
        self._values[lens].setText(f"{self._sliders[lens].weight:.2f}")
