"""Seven lenses and recency, each with its weight; what the user sets is emitted as one frozen value."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from memex.core.lenses import MAX_WEIGHT, Lens, Recency, Weights
from memex.window.commands import tip
from memex.window.controls import make_label, make_number, make_tool_button
from memex.window.icons import icon
from memex.window.lens_slider import WeightSlider
from memex.window.lens_tile import LensTile
from memex.window.theme import Palette

MAX_RECENCY = 0.5
HALF_LIVES = ((7.0, "7 days"), (30.0, "30 days"), (90.0, "90 days"), (365.0, "1 year"))
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
    weights_changed = Signal(object)  # Weights
    recency_changed = Signal(object)  # Recency

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lensPanel")
        self.setAccessibleName("Lenses")
        self._palette = palette
        self._sliders: dict[Lens, WeightSlider] = {}
        self._tiles: dict[Lens, LensTile] = {}
        self._values: dict[Lens, QLabel] = {}
        self.reset_button = make_tool_button("Reset lenses", tip("lenses.reset"))
        self._recency = WeightSlider(MAX_RECENCY, Recency().weight, palette.muted, palette)
        self._recency_value = _value_label()
        self._half_life = QComboBox()
        self._lay_out()
        self._connect()
        self.set_palette(palette)
        self._show_values()

    @property
    def weights(self) -> Weights:
        return Weights(**{lens.value: slider.weight for lens, slider in self._sliders.items()})

    @property
    def recency(self) -> Recency:
        return Recency(self._recency.weight, self._half_life.currentData())

    def set_weights(self, weights: Weights) -> None:
        """All sliders at once, told once."""
        before = self.weights
        for lens, slider in self._sliders.items():
            slider.blockSignals(True)
            slider.set_weight(weights.of(lens))
            slider.blockSignals(False)
        self._show_values()
        self.update()
        if self.weights != before:
            self.weights_changed.emit(self.weights)

    def set_recency(self, recency: Recency) -> None:
        row = self._half_life.findData(recency.half_life_days)
        self._half_life.setCurrentIndex(
            row if row >= 0 else self._half_life.findData(Recency().half_life_days)
        )
        self._recency.set_weight(recency.weight)

    @Slot()
    def reset(self) -> None:
        self.set_weights(Weights())
        self.set_recency(Recency())

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
        self._recency.set_colours(palette.muted, palette)

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
        rows.setColumnStretch(2, 1)
        for row, lens in enumerate(Lens):
            self._add_row(rows, row, lens)
        self._add_recency(rows, len(Lens))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(rows)

    def _add_row(self, rows: QGridLayout, row: int, lens: Lens) -> None:
        slider = WeightSlider(MAX_WEIGHT, Weights().of(lens), self._palette.lens[lens], self._palette)
        slider.setAccessibleName(f"Weight of the {lens.value} lens")
        slider.setToolTip(f"{PURPOSE[lens]}. Key {row + 1} chooses it, ← → weigh it; double click: default.")
        name, tile, value = make_label(lens.value), LensTile(lens, self._palette), _value_label()
        name.setToolTip(slider.toolTip())
        for column, widget in enumerate((tile, name, slider, value)):
            rows.addWidget(widget, row, column)
        self._sliders[lens], self._tiles[lens], self._values[lens] = slider, tile, value

    def _add_recency(self, rows: QGridLayout, row: int) -> None:
        self._recency.setAccessibleName("Weight of recency")
        self._recency.setToolTip("How much newer sessions gain; at 0 age does not count.")
        self._half_life.setAccessibleName("Half-life of recency")
        self._half_life.view().setAccessibleName("Half-lives")
        self._half_life.setToolTip("The age at which a session's gain is halved.")
        for days, title in HALF_LIVES:
            self._half_life.addItem(title, days)
        self._half_life.setCurrentIndex(self._half_life.findData(Recency().half_life_days))
        rows.addWidget(make_label("recency"), row, 1)
        rows.addWidget(self._recency, row, 2)
        rows.addWidget(self._recency_value, row, 3)
        rows.addWidget(make_label("half-life", "muted"), row + 1, 1)
        rows.addWidget(self._half_life, row + 1, 2, 1, 2)

    def _connect(self) -> None:
        for lens, slider in self._sliders.items():
            slider.valueChanged.connect(partial(self._on_slider_moved, lens))
        self._recency.valueChanged.connect(self._on_recency_changed)
        self._half_life.currentIndexChanged.connect(self._on_recency_changed)
        self.reset_button.clicked.connect(self.reset)

    def _on_slider_moved(self, lens: Lens, _steps: int) -> None:
        self._show_value(lens)
        self.weights_changed.emit(self.weights)

    @Slot()
    def _on_recency_changed(self) -> None:
        self._show_recency()
        self.recency_changed.emit(self.recency)

    def _show_values(self) -> None:
        for lens in Lens:
            self._show_value(lens)
        self._show_recency()

    def _show_value(self, lens: Lens) -> None:
        self._values[lens].setText(f"{self._sliders[lens].weight:.2f}")

    def _show_recency(self) -> None:
        weight = self._recency.weight
        self._recency_value.setText(f"{weight:.2f}" if weight else "off")
        self._half_life.setEnabled(weight > 0)


def _value_label() -> QLabel:
    label = make_number()
    label.setFixedWidth(32)
    return label
