"""How the lenses make one order: recency, and behind a fold fusion, diversity and a boost for errors."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from memex.core.lenses import Fusion, RankOptions, Recency
from memex.window.controls import make_combo, make_label, make_value
from memex.window.icons import icon
from memex.window.lens_slider import WeightSlider
from memex.window.lens_tile import SIDE
from memex.window.theme import Palette

NAME_WIDTH = 56
"""Of the names before all sliders, so that these begin at one place."""
MAX_RECENCY, MAX_DIVERSITY, MAX_BOOST = 0.5, 1.0, 0.5
HALF_LIVES = ((7.0, "7 days"), (30.0, "30 days"), (90.0, "90 days"), (365.0, "1 year"))
FUSION_NAMES = {Fusion.LENS: "Lens", Fusion.RRF: "RRF", Fusion.DBSF: "DBSF"}
FUSION_TIP = (
    "Lens: weighted mean of the scores. RRF: the ranks in each lane count, not the scores. "
    "DBSF: scores brought to one scale by each lane's mean and spread."
)


class OrderOptions(QWidget):
    changed = Signal()
    opened = Signal(bool)  # whether all options are shown

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setAccessibleName("Order")
        self._palette = palette
        self._recency = _slider("Weight of recency", MAX_RECENCY, Recency().weight, palette)
        self._recency.setToolTip("How much newer sessions gain; at 0 age does not count.")
        self._half_life = make_combo("Half-life of recency", HALF_LIVES)
        self._half_life.setToolTip("The age at which a session's gain is halved.")
        self._fusion = make_combo("Fusion", FUSION_NAMES.items())
        self._fusion.setToolTip(FUSION_TIP)
        self._diversity = _slider("Diversity", MAX_DIVERSITY, 0.0, palette)
        self._diversity.setToolTip("Puts sessions lower that are like those above them.")
        self._errors = _slider("Boost for sessions with errors", MAX_BOOST, 0.0, palette)
        self._errors.setToolTip("What a session gains that met any error.")
        self._values = {slider: make_value() for slider in self._sliders}
        self.fold_button = QToolButton()
        self.fold_button.setObjectName("foldButton")
        self.fold_button.setAutoRaise(True)
        self.fold_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more = QWidget()
        self._lay_out()
        self._connect()
        self.show_options(RankOptions())
        self.set_palette(palette)
        self.set_open(False)

    @property
    def options(self) -> RankOptions:
        """What of them is set here."""
        return RankOptions(
            recency=Recency(self._recency.weight, self._half_life.currentData()),
            fusion=Fusion(self._fusion.currentData()),
            diversity=self._diversity.weight,
            error_boost=self._errors.weight,
        )

    def show_options(self, options: RankOptions) -> None:
        """Without telling."""
        blockers = [QSignalBlocker(widget) for widget in (*self._sliders, self._half_life, self._fusion)]
        self._recency.set_weight(options.recency.weight)
        self._diversity.set_weight(options.diversity)
        self._errors.set_weight(options.error_boost)
        row = self._half_life.findData(options.recency.half_life_days)
        default = self._half_life.findData(Recency().half_life_days)
        self._half_life.setCurrentIndex(row if row >= 0 else default)
        self._fusion.setCurrentIndex(self._fusion.findData(options.fusion))
        for blocker in blockers:
            blocker.unblock()
        self._show_values()
        self.update()

    @property
    def is_open(self) -> bool:
        return not self._more.isHidden()

    @Slot()
    def toggle(self) -> None:
        self.set_open(not self.is_open)

    def set_open(self, is_open: bool) -> None:
        self._more.setVisible(is_open)
        self._show_fold()
        self.opened.emit(is_open)

    def next_fusion(self) -> None:
        self._fusion.setCurrentIndex((self._fusion.currentIndex() + 1) % self._fusion.count())

    def focus_diversity(self) -> None:
        self.set_open(True)
        self._diversity.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        for slider in self._sliders:
            slider.set_colours(palette.muted, palette)
        self._show_fold()

    @property
    def _sliders(self) -> tuple[WeightSlider, ...]:
        return self._recency, self._diversity, self._errors

    def _lay_out(self) -> None:
        first, more = _grid(), _grid()
        more.setVerticalSpacing(2)
        self._more.setLayout(more)
        self._add(first, "recency", self._recency)
        self._add(more, "half-life", self._half_life)
        self._add(more, "fusion", self._fusion)
        self._add(more, "diversity", self._diversity)
        self._add(more, "errors", self._errors)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(first)
        column.addWidget(self.fold_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._more)

    def _add(self, rows: QGridLayout, name: str, control: QWidget) -> None:
        row = rows.rowCount()
        label = make_label(name)
        label.setToolTip(control.toolTip())
        rows.addWidget(label, row, 1)
        if isinstance(control, WeightSlider):
            rows.addWidget(control, row, 2)
            rows.addWidget(self._values[control], row, 3)
        else:
            rows.addWidget(control, row, 2, 1, 2)

    def _connect(self) -> None:
        for slider in self._sliders:
            slider.valueChanged.connect(self._on_changed)
        for combo in (self._half_life, self._fusion):
            combo.currentIndexChanged.connect(self._on_changed)
        self.fold_button.clicked.connect(self.toggle)

    @Slot()
    def _on_changed(self) -> None:
        self._show_values()
        self.changed.emit()

    def _show_values(self) -> None:
        for slider, value in self._values.items():
            value.setText(f"{slider.weight:.2f}" if slider.weight else "off")
        self._half_life.setEnabled(self._recency.weight > 0)
        self._show_fold()

    def _show_fold(self) -> None:
        """The closed fold says what is behind it."""
        self.fold_button.setIcon(icon("open" if self.is_open else "closed", self._palette.muted))
        self.fold_button.setText("Order" if self.is_open else summary(self.options))
        self.fold_button.setAccessibleName("Less" if self.is_open else f"More: {summary(self.options)}")


def summary(options: RankOptions) -> str:
    """`30 days · lens fusion`, and what is not off."""
    parts = [
        next((title for days, title in HALF_LIVES if days == options.recency.half_life_days), ""),
        f"{FUSION_NAMES[options.fusion]} fusion",
    ]
    if options.diversity:
        parts.append(f"diverse {options.diversity:.2f}")
    if options.error_boost:
        parts.append(f"errors {options.error_boost:.2f}")
    return " · ".join(part for part in parts if part)


def _slider(name: str, maximum: float, default: float, palette: Palette) -> WeightSlider:
    slider = WeightSlider(maximum, default, palette.muted, palette)
    slider.setAccessibleName(name)
    return slider


def _grid() -> QGridLayout:
    """Columns as the lenses have them: tile, name, slider, value."""
    rows = QGridLayout()
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setHorizontalSpacing(8)
    rows.setVerticalSpacing(0)
    rows.setColumnMinimumWidth(0, SIDE + 8)  # an empty column has no spacing of its own
    rows.setColumnMinimumWidth(1, NAME_WIDTH)
    rows.setColumnStretch(2, 1)
    return rows
