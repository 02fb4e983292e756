"""The frame: search above, lenses and details left, results between, replay right, status below."""

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from memex.window.bug_report import BugReport
from memex.window.clock import Clock, local_now
from memex.window.command_palette import CommandPalette
from memex.window.commands import COMMANDS, MENUS
from memex.window.controls import make_label
from memex.window.emptiness import Emptiness, EmptyState
from memex.window.facet_panel import FacetPanel
from memex.window.failures import FailuresDialog
from memex.window.inspector import Inspector
from memex.window.key_sheet import KeySheet
from memex.window.lens_panel import LensPanel
from memex.window.message_strip import MessageStrip
from memex.window.mix.marks import Marks
from memex.window.mix.tray import MixTray
from memex.window.project_colours import ProjectColours
from memex.window.remark_strip import Remark, RemarkStrip
from memex.window.replay.tabs import ReplayTabs
from memex.window.results_bar import ResultsBar
from memex.window.results_model import ResultsModel
from memex.window.results_view import ResultsView
from memex.window.search_box import SearchBox
from memex.window.status_bar import StatusBar
from memex.window.theme import Palette
from memex.window.timeline_strip import TimelineStrip

DEFAULT_SIZE = (1440, 900)
WIDE = 1280
LEFT_WIDTH, LEAST_LEFT_WIDTH = 264, 232
FILTERS_SHARE = 0.38
RESULTS_SHARE, LEAST_RESULTS_WIDTH, MOST_RESULTS_WIDTH = 0.45, 280, 880


class MainWindow(QMainWindow):
    painted = Signal()  # once, after the first paint
    closing = Signal()
    folder_chosen = Signal(str)
    pane_toggled = Signal(str, bool)
    palette_changed = Signal(object)  # Palette

    def __init__(self, palette: Palette, clock: Clock = local_now) -> None:
        super().__init__()
        self.setWindowTitle("Memex")
        self.palette_shown = palette
        self._has_painted = False
        self._is_arranged = False
        """Whether the user has chosen the widths; until then they follow the window's."""
        self.model = ResultsModel()
        self.marks = Marks()
        self.search_box = SearchBox(palette, clock)
        self.project_colours = ProjectColours()
        self.timeline = TimelineStrip(palette, self.project_colours)
        self.message_strip = MessageStrip(palette)
        self.lens_panel = LensPanel(palette)
        self.facet_panel = FacetPanel(palette)
        self.inspector = Inspector(palette, self.model.explanation)
        self.results_bar = ResultsBar()
        self.remark_strip = RemarkStrip("remark")
        self.results = ResultsView(self.model, palette)
        self.tray = MixTray(self.marks, palette)
        self.empty_state = EmptyState()
        self.replay = ReplayTabs(palette)
        self.status_bar = StatusBar(palette)
        self.failures = FailuresDialog(self)
        self.bug_report = BugReport(self)
        self.panes: dict[str, QWidget] = {
            "lenses": self.lens_panel,
            "filters": self.facet_panel,
            "details": self.inspector,
            "replay": self.replay,
        }
        self._lay_out()
        self.key_sheet = KeySheet(self)
        self.command_palette = CommandPalette(self, palette)
        self.resize(*DEFAULT_SIZE)

    def fill_menus(self, actions: Mapping[str, QAction]) -> None:
        self.command_palette.set_actions(actions)
        choices: dict[str, QActionGroup] = {}
        for menu_name in MENUS:
            menu = self.menuBar().addMenu(menu_name)
            for command in COMMANDS:
                if command.menu != menu_name:
                    continue
                if command.opens_group:
                    menu.addSeparator()
                menu.addAction(actions[command.id])
                if command.choice:
                    group = choices.setdefault(command.choice, QActionGroup(self))
                    group.addAction(actions[command.id])

    def show_emptiness(self, emptiness: Emptiness | None) -> None:
        if emptiness is not None:
            self.empty_state.show_emptiness(emptiness)
        self._center.setCurrentWidget(self.results if emptiness is None else self.empty_state)

    def show_remark(self, remark: Remark) -> None:
        """One line above the results; none when there is nothing to remark."""
        self.remark_strip.show_remark(remark)

    def show_pane(self, name: str, visible: bool) -> None:
        self.panes[name].setVisible(visible)
        on_the_left = (self.lens_panel, self.facet_panel, self.inspector)
        self._left.setVisible(not all(pane.isHidden() for pane in on_the_left))
        self.pane_toggled.emit(name, visible)

    def toggle_pane(self, name: str) -> None:
        self.show_pane(name, self.panes[name].isHidden())

    def hidden_panes(self) -> frozenset[str]:
        return frozenset(name for name, pane in self.panes.items() if pane.isHidden())

    def focus_results(self) -> None:
        """Also from the map. Where there are no results, the search box is where the next step is."""
        if self.shows_map:
            self.leave_map()
            return
        if self._center.currentWidget() is self.results:
            self.results.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.search_box.focus_all()

    def focus_pane(self, name: str) -> None:
        self.show_pane(name, True)
        self.panes[name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_replay(self) -> None:
        self.show_pane("replay", True)
        self.replay.focus_active()

    def choose_folder(self) -> None:
        dialog = QFileDialog(self, "Index a Folder of Transcripts")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.open()

    @property
    def shows_map(self) -> bool:
        return self._page.currentWidget() is not self._found

    def show_map_page(self, sentence: str) -> None:
        """In place of the results, and of the replay until a session is opened from it."""
        if not self.shows_map:
            self._had_replay = not self.replay.isHidden()
            self.show_pane("replay", False)
        self._opening.setText(sentence)
        self._page.setCurrentWidget(self._opening)

    def show_map(self, pane: QWidget) -> None:
        if not self.shows_map:
            self.show_map_page("")
        if self._page.indexOf(pane) < 0:
            self._page.addWidget(pane)
        self._page.setCurrentWidget(pane)
        pane.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave_map(self) -> None:
        if self.shows_map:
            self._page.setCurrentWidget(self._found)
            self.show_pane("replay", self._had_replay or not self.replay.isHidden())
            self.focus_results()

    def set_palette(self, palette: Palette) -> None:
        self.palette_shown = palette
        self.palette_changed.emit(palette)
        for part in (
            self.search_box,
            self.timeline,
            self.message_strip,
            self.lens_panel,
            self.facet_panel,
            self.inspector,
            self.results,
            self.tray,
            self.replay,
            self.status_bar,
            self.command_palette,
        ):
            part.set_palette(palette)

    def splitter_states(self) -> dict[str, bytes]:
        states = {name: bytes(splitter.saveState().data()) for name, splitter in self._splitters().items()}
        if not self._is_arranged:
            del states["across"]
        return states

    def restore_splitters(self, states: Mapping[str, bytes]) -> None:
        for name, splitter in self._splitters().items():
            if saved := states.get(name):
                splitter.restoreState(QByteArray(saved))
        self._is_arranged = "across" in states

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._is_arranged:
            self._across.setSizes(shares(event.size().width()))
            self._left.setSizes(self._left_shares())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self, self._on_painted)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    @Slot()
    def _on_painted(self) -> None:
        self.painted.emit()

    @Slot()
    def _on_splitter_moved(self) -> None:
        self._is_arranged = True

    def _left_shares(self) -> tuple[int, int, int]:
        """The lenses as they need it; of the rest the details have more than the filters."""
        lenses = self.lens_panel.sizeHint().height()
        rest = max(0, self._left.height() - lenses)
        return lenses, round(rest * FILTERS_SHARE), round(rest * (1 - FILTERS_SHARE))

    def _splitters(self) -> dict[str, QSplitter]:
        return {"left": self._left, "across": self._across}

    def _lay_out(self) -> None:
        self._left = _splitter(Qt.Orientation.Vertical, self.lens_panel, self.facet_panel, self.inspector)
        self._left.setObjectName("leftColumn")
        self._left.setStretchFactor(1, 2)
        self._left.setStretchFactor(2, 3)
        self._left.setMinimumWidth(LEAST_LEFT_WIDTH)
        self._center = QStackedWidget()
        self._center.addWidget(self.results)
        self._center.addWidget(self.empty_state)
        self._found = _column(self.results_bar, self.remark_strip, self._center)
        self._found.setObjectName("center")
        self._opening = make_label(name="emptyDetail")
        self._opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._had_replay = True
        self._page = QStackedWidget()
        self._page.addWidget(self._found)
        self._page.addWidget(self._opening)
        self._page.setMinimumWidth(LEAST_RESULTS_WIDTH)
        middle = _column(self._page, self.tray)
        self._across = _splitter(Qt.Orientation.Horizontal, self._left, middle, self.replay)
        self._across.splitterMoved.connect(self._on_splitter_moved)
        for place, stretch in enumerate((0, 2, 3)):
            self._across.setStretchFactor(place, stretch)
        self.setCentralWidget(
            _column(self.search_box, self.timeline, self.message_strip, self._across, self.status_bar)
        )


def shares(width: int) -> tuple[int, int, int]:
    """Of lenses, results and replay: terminals and diffs need the most."""
    left = LEFT_WIDTH if width >= WIDE else LEAST_LEFT_WIDTH
    results = min(MOST_RESULTS_WIDTH, round((width - left) * RESULTS_SHARE))
    return left, results, width - left - results


def _column(*parts: QWidget) -> QWidget:
    """Splitters and stacks take what room the others leave."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 1 if isinstance(part, QSplitter | QStackedWidget) else 0)
    return page


def _splitter(orientation: Qt.Orientation, *parts: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    return splitter
