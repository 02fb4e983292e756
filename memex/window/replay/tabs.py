"""The open sessions: as tabs beside the results, or in windows of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QTabBar, QTabWidget, QToolButton, QVBoxLayout, QWidget

from memex.core.safe_text import one_line
from memex.window.commands import tip
from memex.window.controls import make_tool_button
from memex.window.replay.asking import Ask, ask_nobody
from memex.window.replay.glyphs import Glyph, glyph_icon
from memex.window.replay.pane import ReplayPane, SessionPlace
from memex.window.theme import Palette
from memex.window.wording import card_title

TAB_TITLE = 80
CLOSE_SIZE = 12
WINDOW_SIZE = (1_000, 760)


@dataclass(frozen=True, slots=True)
class OpenTab:
    """A session that is open, as it is remembered."""

    place: SessionPlace
    title: str = ""
    geometry: bytes | None = None
    """Of its own window; None: it is a tab."""


class ReplayTabs(QWidget):
    pane_added = Signal(object)  # ReplayPane
    pane_closed = Signal(object)  # ReplayPane, with its session still in it
    tab_wanted = Signal(object, object)  # ReplayPane, SessionPlace: a remembered session, now that it is seen
    front_changed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Replay")
        self._palette = palette
        self._ask: Ask = ask_nobody
        self._actions: Mapping[str, QAction] = {}
        self._menu: Sequence[QAction | None] = ()
        self._windows: dict[ReplayPane, DetachedReplay] = {}
        self._waiting: dict[ReplayPane, OpenTab] = {}
        """Remembered sessions that are not here yet; those of them that are on their way are `_wanted`."""
        self._wanted: set[ReplayPane] = set()
        self._tabs = QTabWidget()
        self._bar = SessionTabBar()
        self._tabs.setTabBar(self._bar)
        self._tabs.setDocumentMode(True)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its bar has it, which a single tab hides
        self._tabs.setMovable(True)
        self._bar.setAutoHide(True)
        self._bar.setDrawBase(False)
        self._bar.setElideMode(Qt.TextElideMode.ElideRight)
        self._bar.setExpanding(False)
        self._bar.setAccessibleName("Open sessions")
        self._bar.middle_clicked.connect(self._on_close_requested)
        self._tabs.currentChanged.connect(self._on_current_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)

    @property
    def active(self) -> ReplayPane:
        """Whom the keys of the replay mean: that of the active window, else the tab in front."""
        window = QApplication.activeWindow()
        pane = next((pane for pane, detached in self._windows.items() if detached is window), None)
        return pane or self._front()

    @property
    def panes(self) -> list[ReplayPane]:
        return [*self._in_tabs(), *self._windows]

    @property
    def current(self) -> SessionPlace | None:
        return self.active.current

    @property
    def has_keyboard(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and any(pane.isAncestorOf(focused) for pane in self.panes)

    def start(self, ask: Ask, actions: Mapping[str, QAction], menu: Sequence[QAction | None]) -> None:
        """`menu` is what can be done with a session; None: a line. There is a pane from now on."""
        self._ask, self._actions, self._menu = ask, actions, menu
        self._add_pane()

    def pane_of(self, session: str) -> ReplayPane | None:
        for pane in self.panes:
            place = self._waiting[pane].place if pane in self._waiting else pane.current
            if place is not None and place.session == session:
                return pane
        return None

    def pane_of_key(self, key: int) -> ReplayPane | None:
        return next((pane for pane in self.panes if pane.outline and pane.outline.card.key == key), None)

    def pane_for_new(self, *, in_new_tab: bool) -> ReplayPane:
        """An empty one if there is one; else a new tab, or the one in front."""
        empty = next((pane for pane in self._in_tabs() if self._is_empty(pane)), None)
        if empty is not None:
            self._tabs.setCurrentWidget(empty)
            return empty
        return self._add_pane() if in_new_tab else self.active

    def bring_forward(self, pane: ReplayPane) -> None:
        if pane in self._windows:
            self._windows[pane].raise_()
            self._windows[pane].activateWindow()
        else:
            self._tabs.setCurrentWidget(pane)

    def focus_active(self) -> None:
        self.bring_forward(self.active)
        self.active.focus_turns()

    def close_active(self) -> None:
        self._close(self.active)

    def show_next(self, step: int) -> None:
        count = self._tabs.count()
        if count:
            self._tabs.setCurrentIndex((self._tabs.currentIndex() + step) % count)

    def toggle_detached(self) -> None:
        pane = self.active
        if pane in self._windows:
            self.dock(pane)
        elif pane.outline is not None:
            self.detach(pane)

    def detach(self, pane: ReplayPane, geometry: bytes = b"") -> None:
        """Into a window of its own."""
        title = self._title(pane)
        self._tabs.removeTab(self._tabs.indexOf(pane))
        window = DetachedReplay(pane, title, list(self._actions.values()))
        window.closing.connect(self.dock)
        self._windows[pane] = window
        if not self._tabs.count():
            self._add_pane()
        if not (geometry and window.restoreGeometry(QByteArray(geometry))):
            window.resize(*WINDOW_SIZE)
        window.show()
        pane.show()

    def dock(self, pane: ReplayPane) -> None:
        """Back among the tabs; closing its window does the same, so nothing is lost by it."""
        window = self._windows.pop(pane)
        self._insert(pane)
        window.close_for_good()

    def remembered(self) -> tuple[OpenTab, ...]:
        return tuple(tab for pane in self.panes if (tab := self._remembered(pane)) is not None)

    @property
    def front(self) -> str | None:
        """Id of the session of the tab in front."""
        tab = self._remembered(self._front())
        return tab.place.session if tab else None

    def restore(self, tabs: Sequence[OpenTab], front: str | None) -> None:
        """Sessions are opened when they are seen: a window with twenty of them starts like one with none."""
        for tab in tabs:
            pane = self.pane_for_new(in_new_tab=True)
            self._waiting[pane] = tab
            self._tabs.setTabText(self._tabs.indexOf(pane), _short(tab.title))
            if tab.geometry is not None:
                self.detach(pane, tab.geometry)
        wanted = self.pane_of(front) if front else None
        if wanted is not None and wanted not in self._windows:
            self._tabs.setCurrentWidget(wanted)

    def open_waiting(self) -> None:
        """Those that are seen."""
        for pane in [self._front(), *self._windows]:
            if pane in self._waiting and pane not in self._wanted:
                self._wanted.add(pane)
                self.tab_wanted.emit(pane, self._waiting[pane].place)

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        for pane in self.panes:
            pane.set_palette(palette)
        for index, pane in enumerate(self._in_tabs()):
            self._bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button(pane))

    def close_windows(self) -> None:
        for window in self._windows.values():
            window.close_for_good()
        self._windows.clear()

    def _add_pane(self) -> ReplayPane:
        pane = ReplayPane(self._palette)
        pane.set_ask(self._ask)
        pane.set_actions(self._menu)
        pane.titled.connect(partial(self._on_titled, pane))
        self._insert(pane)
        self.pane_added.emit(pane)
        return pane

    def _insert(self, pane: ReplayPane) -> None:
        """In place of the one empty pane, if that is all there is."""
        spare = [other for other in self._in_tabs() if self._is_empty(other)]
        index = self._tabs.addTab(pane, _short(self._title(pane)))
        self._bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button(pane))
        self._tabs.setCurrentIndex(index)
        for other in spare:
            self._drop(other)

    def _close_button(self, pane: ReplayPane) -> QToolButton:
        button = make_tool_button("Close", tip("replay.close"))
        button.setObjectName("closeTab")
        button.setIcon(glyph_icon(Glyph.ERROR, self._palette.muted, self._palette.hairline))
        button.setIconSize(QSize(CLOSE_SIZE, CLOSE_SIZE))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._on_close_clicked, pane))
        return button

    def _on_close_clicked(self, pane: ReplayPane, _checked: bool = False) -> None:
        self._close(pane)

    def _close(self, pane: ReplayPane) -> None:
        if self._is_empty(pane):
            return
        self.pane_closed.emit(pane)
        pane.leave()
        self._forget(pane)
        if window := self._windows.pop(pane, None):
            window.close_for_good()
        else:
            self._drop(pane)
        if not self._tabs.count():
            self._add_pane()

    def _forget(self, pane: ReplayPane) -> None:
        self._waiting.pop(pane, None)
        self._wanted.discard(pane)

    def _drop(self, pane: ReplayPane) -> None:
        self._tabs.removeTab(self._tabs.indexOf(pane))
        pane.deleteLater()

    def _on_close_requested(self, index: int) -> None:
        self._close(self._in_tabs()[index])

    def _on_current_changed(self) -> None:
        if not self._tabs.count():
            return
        self.front_changed.emit()
        if self._front() in self._waiting and self.isVisible():
            self.open_waiting()

    def _on_titled(self, pane: ReplayPane) -> None:
        self._forget(pane)
        self._show_titles()

    def _show_titles(self) -> None:
        for index, pane in enumerate(self._in_tabs()):
            title = self._title(pane)
            self._tabs.setTabText(index, _short(title))
            self._tabs.setTabToolTip(index, title)
        for pane, window in self._windows.items():
            window.setWindowTitle(f"{self._title(pane)} – Memex")

    def _remembered(self, pane: ReplayPane) -> OpenTab | None:
        if pane in self._waiting:
            return self._waiting[pane]
        place = pane.current
        if place is None:
            return None
        window = self._windows.get(pane)
        geometry = bytes(window.saveGeometry().data()) if window else None
        return OpenTab(place, self._title(pane), geometry)

    def _title(self, pane: ReplayPane) -> str:
        if pane in self._waiting:
            return self._waiting[pane].title
        return one_line(card_title(pane.outline.card)) if pane.outline else "Replay"

    def _is_empty(self, pane: ReplayPane) -> bool:
        return pane.outline is None and pane not in self._waiting

    def _in_tabs(self) -> list[ReplayPane]:
        widgets = (self._tabs.widget(index) for index in range(self._tabs.count()))
        return [widget for widget in widgets if isinstance(widget, ReplayPane)]

    def _front(self) -> ReplayPane:
        return self._in_tabs()[self._tabs.currentIndex()]


class DetachedReplay(QWidget):
    closing = Signal(object)  # ReplayPane

    def __init__(self, pane: ReplayPane, title: str, actions: Sequence[QAction]) -> None:
        """With the window's actions, so that its keys work here, too."""
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(f"{title} – Memex")
        self.addActions(actions)
        self._pane = pane
        self._is_over = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(pane)

    def close_for_good(self) -> None:
        self._is_over = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self._is_over:
            self.closing.emit(self._pane)


class SessionTabBar(QTabBar):
    middle_clicked = Signal(int)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.tabAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)
        elif index >= 0:
            self.middle_clicked.emit(index)


def _short(title: str) -> str:
    """An ampersand in it is no accelerator."""
    return one_line(title, TAB_TITLE).replace("&", "&&")
