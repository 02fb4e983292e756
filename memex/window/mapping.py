"""The map's connections: asked for when it is opened, and in step with search, details and replay."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from memex.core.errors import TopologyError
from memex.core.lenses import Lane, Lens
from memex.core.search import LensTable, SessionCard
from memex.core.topology import TopologyRequest
from memex.engine.protocol import Failed, Reply
from memex.engine.topology_messages import CancelTopology, GetTopology, TopologyMade, TopologyProgressed
from memex.window.clock import Clock
from memex.window.finder import Finder, Shown, lane_scores
from memex.window.library_watch import LibraryWatch
from memex.window.main_window import MainWindow
from memex.window.query_editing import with_sessions
from memex.window.worker import EngineHandle

if TYPE_CHECKING:  # pyqtgraph and numpy
    from memex.window.map.pane import MapPane

MATCHING = 0.4
"""Of a lane's best score."""
MOST_FILTERED = 90
"""Sessions whose ids have room in a query."""


class Mapping(QObject):
    session_chosen = Signal(object)  # SessionCard
    session_opened = Signal(object)  # SessionCard
    likes_wanted = Signal(object)  # tuple[SessionCard, ...]
    failed = Signal(object)  # MemexError

    def __init__(
        self, window: MainWindow, engine: EngineHandle, finder: Finder, watch: LibraryWatch, clock: Clock
    ) -> None:
        super().__init__()
        self._window, self._engine, self._finder, self._clock = window, engine, finder, clock
        self.pane: MapPane | None = None
        self._ticket = ""
        self._lens = Lens.CONTENT
        self._is_stale = True
        self._shown: Shown | None = None
        self.glides = True
        self._takes_likes = False
        engine.topology_progressed.connect(self._on_progressed)
        finder.shown.connect(self._on_shown)
        watch.grown.connect(self._on_grown)

    @property
    def is_awaited(self) -> bool:
        return bool(self._ticket)

    def toggle(self) -> None:
        if self._window.shows_map:
            self._window.leave_map()
        else:
            self.open()

    def open(self) -> None:
        """What takes long to load is loaded once the page is in sight, while the engine works."""
        is_first = self.pane is None
        if self._is_stale and not self._ticket:
            self._ask()
        if is_first:
            self._window.show_map_page("Opening the map…")
            QTimer.singleShot(0, self, self._show_pane)
        else:
            self._show_pane()

    @Slot()
    def _show_pane(self) -> None:
        pane = self.pane or self._make_pane()
        pane.canvas.glides = self.glides
        self._window.show_map(pane)
        if self._ticket:
            pane.show_progress("Reading sessions")

    def connect_likes(self, take: Callable[[tuple[SessionCard, ...]], None]) -> None:
        """Before this, no positives are offered."""
        self._takes_likes = True
        self.likes_wanted.connect(take)

    @property
    def selected(self) -> tuple[SessionCard, ...]:
        """What is chosen on the map, while it is in sight."""
        return self.pane.selected if self.pane is not None and self._window.shows_map else ()

    def set_glides(self, glides: bool) -> None:
        self.glides = glides
        if self.pane is not None:
            self.pane.canvas.glides = glides

    def _make_pane(self) -> MapPane:
        from memex.window.map.pane import MapPane

        pane = self.pane = MapPane(self._window.palette_shown, self._window.project_colours)
        pane.lens_chosen.connect(self._on_lens_chosen)
        pane.stopped.connect(self._on_stopped)
        pane.retried.connect(self._ask)
        pane.chosen.connect(self.session_chosen)
        pane.opened.connect(self.session_opened)
        pane.filter_wanted.connect(self._on_filter_wanted)
        pane.likes_wanted.connect(self.likes_wanted)
        pane.like_button.setVisible(self._takes_likes)
        pane.left.connect(self._window.leave_map)
        pane.failed.connect(self.failed)
        self._window.palette_changed.connect(pane.set_palette)
        self._light()
        return pane

    @Slot()
    def _ask(self) -> None:
        self._cancel()
        self._is_stale = False
        self._ticket = uuid4().hex
        if self.pane is not None:
            self.pane.show_progress("Reading sessions")
        wanted = GetTopology(TopologyRequest(self._lens), with_layouts=True, ticket=self._ticket)
        self._engine.ask(wanted, partial(self._take, self._ticket))

    def _take(self, ticket: str, reply: Reply) -> None:
        """Of the request that was made last; an older one was cancelled."""
        if ticket != self._ticket:
            return
        self._ticket = ""
        pane = self.pane or self._make_pane()
        if isinstance(reply, TopologyMade) and reply.layouts is not None:
            from memex.window.map.map_data import map_data

            pane.show_map(map_data(reply.topology, reply.layouts))
            self._light()
        elif isinstance(reply, Failed):
            self._is_stale = True
            pane.show_failure(reply.message)

    def _cancel(self) -> None:
        if self._ticket:
            ticket, self._ticket = self._ticket, ""
            self._engine.ask(CancelTopology(ticket), _take_nothing)

    @Slot(object)
    def _on_progressed(self, progressed: TopologyProgressed) -> None:
        if self.pane is not None and progressed.ticket == self._ticket:
            self.pane.show_progress(progressed.doing, progressed.done, progressed.total)

    @Slot(object)
    def _on_lens_chosen(self, lens: Lens) -> None:
        self._lens = lens
        self._ask()

    @Slot()
    def _on_stopped(self) -> None:
        self._cancel()
        self._is_stale = True
        if self.pane is not None:
            self.pane.show_failure("The map was not finished: it was stopped.")

    @Slot()
    def _on_grown(self) -> None:
        """Drawn anew when it is opened next: a map that changes under the hand helps nobody."""
        self._is_stale = True

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown = shown
        if self.pane is not None and self._window.shows_map:
            self._light()

    def _light(self) -> None:
        if self.pane is None:
            return
        found = self._shown
        if found is None or not found.text:
            self.pane.light(None)
        elif found.table is not None:
            self.pane.light(matches(found.table) if found.table.is_close else ())
        else:
            self.pane.light(self._window.model.keys)

    @Slot(object)
    def _on_filter_wanted(self, ids: tuple[str, ...]) -> None:
        if len(ids) > MOST_FILTERED:
            sentence = f"{len(ids):,} sessions are too many for one filter: choose {MOST_FILTERED} at most."
            self.failed.emit(TopologyError(sentence))
            return
        box = self._window.search_box
        box.set_text(with_sessions(box.text, ids, self._clock()))
        self._window.leave_map()


def matches(table: LensTable) -> frozenset[int]:
    """Those that hold the words; where none does, those nearest in meaning. Others are only candidates."""
    for lane in (Lane.WORDS, Lane.CONTENT):
        scores = lane_scores(table, lane)
        found = [card.key for card, score in zip(table.cards, scores, strict=False) if score >= MATCHING]
        if found:
            return frozenset(found)
    return frozenset()


def _take_nothing(_reply: Reply) -> None:
    """What was cancelled is told by the answer to the request itself."""
