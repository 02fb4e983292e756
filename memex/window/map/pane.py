"""The page of the map: tools above, the drawing and its table, or a sentence while there is none."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from memex.core.errors import MemexError
from memex.core.lenses import Lens
from memex.core.search import SessionCard
from memex.core.topology import TOPOLOGY_LENSES
from memex.window import wording
from memex.window.controls import make_combo, make_label
from memex.window.map.canvas import Canvas, lit_places
from memex.window.map.export import FILTERS, save_map
from memex.window.map.legend import Legend
from memex.window.map.map_data import MapData
from memex.window.map.table import MapTable
from memex.window.project_colours import ProjectColours
from memex.window.theme import Palette

LAYOUTS = {"force": "Force-directed", "radial": "Radial"}
MAP_SHARE, TABLE_SHARE = 620, 380
WIDEST_TABLE = 560


class MapPane(QWidget):
    lens_chosen = Signal(object)  # Lens
    stopped = Signal()
    """What is being worked out is not wanted."""
    retried = Signal()
    chosen = Signal(object)  # SessionCard
    opened = Signal(object)  # SessionCard
    filter_wanted = Signal(object)  # tuple[str, ...]: ids
    likes_wanted = Signal(object)  # tuple[SessionCard, ...]
    left = Signal()
    failed = Signal(object)  # MemexError

    def __init__(self, palette: Palette, colours: ProjectColours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapPane")
        self._palette, self._colours = palette, colours
        self.data: MapData | None = None
        self._lit: frozenset[int] | None = None
        self.canvas = Canvas(palette, colours)
        self.table = MapTable()
        self.legend = Legend(palette, colours)
        self.lenses: QComboBox = make_combo("Lens", [(lens, lens.value) for lens in TOPOLOGY_LENSES])
        self.layouts: QComboBox = make_combo("Layout", LAYOUTS.items())
        self.growth = QSlider(Qt.Orientation.Horizontal)
        self.until = make_label(name="muted")
        self.lasso = _button("Lasso", "Draw around sessions (or hold Shift)")
        self.lasso.setCheckable(True)
        self.fit = _button("Whole map", "Show all of it (Home)")
        self.export = _button("Export…", "As PNG, SVG, GraphML or JSON")
        self.close_button = _button("Close", "Back to the results (Esc)")
        self.search_button = _button("Search these", "Only these sessions, as a filter in the search box")
        self.like_button = _button("Like these", "As positives for Mix & Match")
        self.note = make_label(name="muted")
        self.note.setWordWrap(True)
        self.sentence = make_label(name="emptyDetail")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedSize(240, 6)
        self.again = _button("Try again", "Ask for the map again")
        self.stop = _button("Stop", "Do without the map")
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table)
        self._on_selection()

    def show_progress(self, doing: str, done: int = 0, total: int = 0) -> None:
        """While a map is in sight it stays there."""
        if self.data is not None:
            self.note.setText(f"{doing}…")
            return
        self._say(f"{doing}…", is_busy=True)
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def show_failure(self, sentence: str) -> None:
        self._say(sentence)
        self.again.show()

    def show_map(self, data: MapData) -> None:
        self.data = data
        found = data.topology
        self.note.setText(" ".join(filter(None, (found.sampled, found.remark))))
        self.note.setVisible(bool(self.note.text()))
        projects = [p for p, _ in Counter(card.project for card in data.cards if card.project).most_common()]
        self._colours.learn(projects)
        self.legend.show_projects(projects)
        self.canvas.show_map(data)
        self.table.show_map(data)
        self.growth.setRange(1, max(1, len(data.cards)))
        self.growth.setValue(len(data.cards))
        self._show_until()
        self.canvas.light(lit_places(data, self._lit))
        self._on_selection()
        if not data.cards:
            self._say(found.remark or "There is nothing to map.")
            self.again.show()
        else:
            self._stack.setCurrentIndex(1)

    def light(self, keys: Collection[int] | None) -> None:
        """What the search found; None: nothing is searched for."""
        self._lit = None if keys is None else frozenset(keys)
        if self.data is not None:
            self.canvas.light(lit_places(self.data, self._lit))

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.canvas.set_palette(palette)
        self.legend.set_palette(palette)

    def save(self, file: Path) -> None:
        if self.data is None:
            return
        try:
            save_map(file, self.data, self.canvas, self._colours, self._palette)
        except MemexError as error:
            self.failed.emit(error)

    def _say(self, sentence: str, *, is_busy: bool = False) -> None:
        self.sentence.setText(sentence)
        self.bar.setVisible(is_busy)
        self.stop.setVisible(is_busy)
        self.again.hide()
        self._stack.setCurrentIndex(0)

    @property
    def selected(self) -> tuple[SessionCard, ...]:
        data = self.data
        return tuple(data.cards[place] for place in self.canvas.selected) if data else ()

    def _connect(self) -> None:
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.opened.connect(self._on_opened)
        self.canvas.lassoed.connect(self._on_lassoed)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self.lenses.activated.connect(self._on_lens)
        self.layouts.activated.connect(self._on_layout)
        self.growth.valueChanged.connect(self._on_growth)
        self.lasso.toggled.connect(self._on_lasso_toggled)
        self.fit.clicked.connect(self.canvas.show_all)
        self.export.clicked.connect(self._choose_file)
        self.close_button.clicked.connect(self.left)
        self.again.clicked.connect(self.retried)
        self.stop.clicked.connect(self.stopped)
        self.search_button.clicked.connect(self._on_search)
        self.like_button.clicked.connect(self._on_like)

    @Slot(int)
    def _on_pointed(self, place: int) -> None:
        self.table.show_selected((place,))
        self._on_selection()
        self._tell(place)

    @Slot(object)
    def _on_chosen(self, places: Sequence[int]) -> None:
        self.canvas.select(places, reveals=True)
        self._on_selection()
        if places:
            self._tell(places[0])

    @Slot(object)
    def _on_lassoed(self, places: Sequence[int]) -> None:
        self.lasso.setChecked(False)
        self.table.show_selected(places)
        self._on_selection()

    @Slot(int)
    def _on_opened(self, place: int) -> None:
        if self.data is not None:
            self.opened.emit(self.data.cards[place])

    def _tell(self, place: int) -> None:
        if self.data is not None:
            self.chosen.emit(self.data.cards[place])

    def _on_selection(self) -> None:
        count = len(self.canvas.selected)
        words = wording.count(count, "session") if count else ""
        self._count.setText(f"{words} chosen" if words else "Choose sessions on the map or a row")
        for button in (self.search_button, self.like_button):
            button.setEnabled(bool(count))

    @Slot(int)
    def _on_lens(self, _index: int) -> None:
        self.lens_chosen.emit(Lens(self.lenses.currentData()))

    @Slot(int)
    def _on_layout(self, _index: int) -> None:
        self.canvas.choose_layout(self.layouts.currentData())

    @Slot(int)
    def _on_growth(self, count: int) -> None:
        self.canvas.grow(count)
        self._show_until()

    @Slot(bool)
    def _on_lasso_toggled(self, is_on: bool) -> None:
        self.canvas.is_lassoing = is_on

    @Slot()
    def _on_search(self) -> None:
        self.filter_wanted.emit(tuple(card.id for card in self.selected))

    @Slot()
    def _on_like(self) -> None:
        self.likes_wanted.emit(self.selected)

    def _show_until(self) -> None:
        """The day up to which the map has grown."""
        if self.data is None or not self.data.cards:
            self.until.setText("")
            return
        shown = self.growth.value()
        newest = self.data.cards[len(self.data.cards) - shown].ended_at
        day = f"{newest.astimezone():%Y-%m-%d}" if newest else "?"
        self.until.setText(f"{shown:,} to {day}")
        self.growth.setAccessibleDescription(f"{wording.count(shown, 'session')} up to {day}")

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Export the Map", "map.png")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(FILTERS)
        dialog.setDefaultSuffix("png")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix(chosen.split("*.")[1].rstrip(")"))
        )
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.open()

    @Slot(str)
    def _on_file_chosen(self, file: str) -> None:
        self.save(Path(file))

    def _lay_out(self) -> None:
        self.growth.setAccessibleName("Time: the map up to a session")
        self.growth.setMinimumWidth(96)
        self.until.setMinimumWidth(132)
        self._count: QLabel = make_label(name="muted")
        tools = _row(self.lenses, self.layouts, self.growth, self.until, self.lasso, self.fit, self.export,
                     self.close_button, stretched=self.growth)  # fmt: skip
        tools.setObjectName("resultsBar")
        below = _row(self._count, self.like_button, self.search_button, stretched=self._count)
        beside = _column(self.table, below)
        beside.setMaximumWidth(WIDEST_TABLE)
        drawing = _column(self.canvas, self.legend)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(drawing)
        split.addWidget(beside)
        split.setSizes([MAP_SHARE, TABLE_SHARE])
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(_sentence_page(self.sentence, self.bar, self.stop, self.again))
        self._stack.addWidget(split)
        self.note.setContentsMargins(16, 4, 16, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tools)
        column.addWidget(self.note)
        column.addWidget(self._stack, 1)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("small")
    button.setToolTip(tip)
    return button


def _row(*parts: QWidget, stretched: QWidget) -> QFrame:
    frame = QFrame()
    row = QHBoxLayout(frame)
    row.setContentsMargins(16, 4, 16, 4)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part, 1 if part is stretched else 0)
    return frame


def _column(first: QWidget, second: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(first, 1)
    column.addWidget(second)
    return page


def _sentence_page(sentence: QLabel, *parts: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(32, 32, 32, 32)
    column.setSpacing(12)
    column.addStretch()
    sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
    sentence.setWordWrap(True)
    column.addWidget(sentence)
    for part in parts:
        column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch()
    return page
