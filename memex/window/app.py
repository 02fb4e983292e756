"""The composition root: builds every part of the window and holds every connection between parts."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from memex.core.errors import EngineError, MemexError
from memex.core.lenses import Lens
from memex.core.library import LibraryStatus
from memex.core.paths import LibraryPaths
from memex.core.search import SessionCard
from memex.core.settings import Theme
from memex.window.appearance import Appearance
from memex.window.clock import Clock, local_now
from memex.window.commands import COMMANDS, make_actions
from memex.window.display import require_display
from memex.window.emptiness import Situation, explain
from memex.window.errors import ErrorFunnel
from memex.window.finder import Shown
from memex.window.keyboard import ShortcutGuard
from memex.window.library_watch import LibraryWatch, agent_folders
from memex.window.mapping import Mapping
from memex.window.mix.marks import LIKE, UNLIKE, marked
from memex.window.mix.mixing import Mixing
from memex.window.preferences import Preferences
from memex.window.remarks import remark
from memex.window.remembering import restore, state_of
from memex.window.replaying import Replaying
from memex.window.results_model import ResultRow, Verdict, card_text
from memex.window.searching import Searching
from memex.window.timing import Timing
from memex.window.window_state import load_window_state, save_window_state
from memex.window.worker import EngineHandle, EngineState

SWITCH_INTERVAL = 0.001
"""Seconds until another thread gives way to the window's; Python's own 5 ms cost frames."""


class App(QObject):
    """Built from its parts, so that a test builds it around an engine of its own."""

    def __init__(
        self,
        application: QApplication,
        paths: LibraryPaths,
        make_engine: Callable[[], EngineHandle],
        *,
        demo_command: Sequence[str],
        find_agent_folders: Callable[[], Sequence[Path]] = agent_folders,
        clock: Clock = local_now,
    ) -> None:
        super().__init__()
        self._application = application
        self._paths = paths
        self._clock = clock
        self._demo_command = tuple(demo_command)
        self._find_agent_folders = find_agent_folders
        self.errors = ErrorFunnel()
        self.preferences = Preferences(paths.settings)
        self.appearance = Appearance(application, self.preferences, clock)
        self.window = self.appearance.window
        self.watch = LibraryWatch()
        self.engine = make_engine()
        self.searching = Searching(self.window, self.engine, self.watch, clock)
        self.finder = self.searching.finder
        self.replaying = Replaying(self.window, self.engine, self.preferences)
        self.timing = Timing(
            self.window.timeline,
            self.window.search_box,
            self.finder,
            self.watch,
            self.engine,
            self.window.project_colours,
            clock,
        )
        self.mapping = Mapping(self.window, self.engine, self.finder, self.watch, clock)
        self.mixing = Mixing(self.window, self.engine, clock)
        self.actions = make_actions(self.window, COMMANDS, self._handlers())
        self.replaying.start(self.actions)
        self.window.fill_menus(self.actions)
        self._guard = ShortcutGuard()
        application.installEventFilter(self._guard)
        application.applicationStateChanged.connect(self._on_application_state)
        self._connect_library()
        self._connect_replay()
        self._connect_map()
        self._connect_mixing()
        self._connect_window()
        self._restore()

    def start(self) -> None:
        """Show the window; the engine starts once it has been painted."""
        self.window.painted.connect(self._on_painted)
        self._show_situation(self.watch.situation)
        self.window.search_box.setFocus()
        self.window.show()

    @Slot()
    def stop(self) -> None:
        self.window.leave_map()
        try:
            self._paths.home.mkdir(parents=True, exist_ok=True)
            save_window_state(self._paths.window_state, self.replaying.remembered(state_of(self.window)))
        except OSError as cause:
            self.errors.take(MemexError(f"The layout could not be saved: {cause.strerror}."))
        self.window.replay.close_windows()
        self.engine.stop()
        self._application.removeEventFilter(self._guard)
        self._application.applicationStateChanged.disconnect(self._on_application_state)

    def _connect_library(self) -> None:
        engine, watch, status_bar = self.engine, self.watch, self.window.status_bar
        for source, take, show in (
            (engine.status_changed, watch.take_status, status_bar.show_status),
            (engine.state_changed, watch.take_state, status_bar.show_state),
            (engine.job_progressed, watch.take_progress, status_bar.show_job),
        ):
            source.connect(take)
            source.connect(show)
        engine.job_finished.connect(watch.take_outcome)
        engine.job_finished.connect(self._on_job_finished)
        engine.state_changed.connect(self._on_state_changed)
        engine.status_changed.connect(self._on_first_status)
        watch.changed.connect(self._show_situation)
        watch.grown.connect(self.finder.refresh_soon)
        self.finder.shown.connect(self._on_shown)
        status_bar.pause_wanted.connect(engine.pause)
        status_bar.resume_wanted.connect(engine.resume)
        status_bar.cancel_wanted.connect(engine.cancel)
        status_bar.failures_wanted.connect(self.window.failures.show)
        status_bar.model_wanted.connect(engine.fetch_model)

    def _connect_replay(self) -> None:
        self.window.results.opened.connect(self._on_row_opened)
        self.searching.named.connect(self._on_session_named)
        self.replaying.failed.connect(self.errors.take)

    def _connect_map(self) -> None:
        self.mapping.session_chosen.connect(self._on_card_chosen)
        self.mapping.session_opened.connect(self._on_card_opened)
        self.mapping.failed.connect(self.errors.take)
        self.mapping.connect_likes(self._on_likes_wanted)
        self.mapping.set_glides(self.preferences.settings.animations)

    def _connect_mixing(self) -> None:
        mixing = self.mixing
        mixing.opened.connect(self._on_row_opened)
        mixing.named.connect(self.replaying.open_quietly)
        mixing.failed.connect(self.window.message_strip.show_sentence)

    def _connect_window(self) -> None:
        self.engine.failed.connect(self.errors.take)
        self.engine.crashed.connect(self.errors.take)
        self.preferences.failed.connect(self.errors.take)
        self.errors.message.connect(self.window.message_strip.show_sentence)
        self.errors.report.connect(self.window.bug_report.add)
        self.window.empty_state.wanted.connect(self._on_command_wanted)
        self.window.folder_chosen.connect(self._on_folder_chosen)
        self.window.pane_toggled.connect(self._on_pane_toggled)
        self.window.closing.connect(self.stop)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        window = self.window
        handlers: dict[str, Callable[[], object]] = {
            "library.index_folder": window.choose_folder,
            "library.rescan": self.engine.start_indexing,
            "library.failures": window.failures.show,
            "library.model": self.engine.fetch_model,
            "library.demo": self._open_demo,
            "window.quit": window.close,
            "search.focus": window.search_box.focus_all,
            "find.here": self._find_here,
            "search.clear": window.search_box.clear,
            "session.copy_id": window.results.copy_id,
            "session.open": window.results.open_current,
            "search.recent": window.search_box.show_recent,
            "filters.clear": self.searching.clear_filters,
            "map.toggle": self.mapping.toggle,
            "timeline.focus": partial(window.timeline.setFocus, Qt.FocusReason.ShortcutFocusReason),
            "filters.focus": partial(window.focus_pane, "filters"),
            "details.focus": partial(window.focus_pane, "details"),
            "marks.undo": self.searching.feedback.undo,
            "marks.reset": self.searching.feedback.reset,
            "session.like": partial(window.results.judge_current, Verdict.LIKED),
            "session.dislike": partial(window.results.judge_current, Verdict.DISLIKED),
            "search.save": self.mixing.save_search,
            "mix.like": partial(self._mark, LIKE),
            "mix.unlike": partial(self._mark, UNLIKE),
            "mix.open": self.mixing.open,
            "mix.clear": self.mixing.marks.clear,
            "session.unfold": window.results.toggle_current,
            "results.sort": window.results_bar.next_order,
            "results.group": window.results_bar.toggle_grouping,
            "order.more": window.lens_panel.order_options.toggle,
            "order.fusion": window.lens_panel.order_options.next_fusion,
            "help.commands": window.command_palette.toggle,
            "lenses.reset": window.lens_panel.reset,
            "view.animations": self._toggle_animations,
            "results.next": partial(window.results.move, 1),
            "results.previous": partial(window.results.move, -1),
            "results.focus": window.focus_results,
            "replay.focus": window.focus_replay,
            "help.keys": window.key_sheet.toggle,
        }
        handlers |= self.replaying.handlers()
        handlers |= {f"pane.{name}": partial(window.toggle_pane, name) for name in window.panes}
        handlers |= {f"theme.{theme}": partial(self.appearance.choose_theme, theme) for theme in Theme}
        return handlers | {f"lens.{lens}": partial(self._choose_lens, lens) for lens in Lens}

    @Slot(Qt.ApplicationState)
    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        """Not every file system tells of what was written while the user was elsewhere."""
        if state is Qt.ApplicationState.ApplicationActive:
            self.engine.look_again()

    @Slot()
    def _on_painted(self) -> None:
        self.preferences.report()
        self.engine.start()
        if self.preferences.settings.agent_folders:
            self.watch.take_agent_folders(self._find_agent_folders())

    @Slot(object)
    def _on_state_changed(self, state: EngineState) -> None:
        """What was asked while there was no engine is asked again."""
        if state is EngineState.READY:
            self.finder.refresh()
            self.replaying.reconnect()
            self.mixing.ask_saved()

    @Slot(object)
    def _on_first_status(self, status: LibraryStatus) -> None:
        """A library that is in use is brought up to date; a new one waits for the user's word."""
        self.engine.status_changed.disconnect(self._on_first_status)
        if status.job is None and (status.sessions or self.preferences.settings.folders):
            self.engine.start_indexing()

    @Slot(object)
    def _show_situation(self, situation: Situation) -> None:
        self.window.show_emptiness(explain(situation))
        self.window.show_remark(remark(situation))
        self.window.search_box.show_count(self.watch.count_in_words)
        self.actions["library.model"].setEnabled(bool(situation.status and situation.status.model_missing))
        if situation.status:
            self.window.failures.show_failures(situation.status.failed)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self.window.status_bar.show_took(shown.table.took_ms if shown.table else None)

    @Slot()
    def _on_job_finished(self) -> None:
        self.window.status_bar.show_job(None)

    @Slot(object)
    def _on_row_opened(self, row: ResultRow) -> None:
        if self.finder.text:
            self.engine.record_opened(self.finder.text, row.card.key)
        self.replaying.open_row(row, self.finder.text)

    @Slot(object)
    def _on_session_named(self, card: SessionCard) -> None:
        """What was pasted is shown beside its result; the keyboard stays in the box."""
        self.replaying.open_quietly(card.id)

    @Slot(object)
    def _on_card_chosen(self, card: SessionCard) -> None:
        self.window.inspector.show_row(ResultRow(card, card_text(card, None, self._clock())))

    @Slot(object)
    def _on_card_opened(self, card: SessionCard) -> None:
        """Beside the map."""
        self.window.show_pane("replay", True)
        self.replaying.open_card(card)

    @Slot(object)
    def _on_likes_wanted(self, cards: tuple[SessionCard, ...]) -> None:
        self.mixing.mark_all(map(marked, cards), LIKE)

    def _mark(self, sign: int) -> None:
        """What is chosen on the map, while it is in sight; else what has the keyboard."""
        if chosen := self.mapping.selected:
            self.mixing.mark_all(map(marked, chosen), sign)
        else:
            self.mixing.mark_current(sign)

    def _toggle_animations(self) -> None:
        self.appearance.toggle_animations()
        self.mapping.set_glides(self.preferences.settings.animations)

    @Slot(str)
    def _on_command_wanted(self, command: str) -> None:
        self.actions[command].trigger()

    @Slot(str)
    def _on_folder_chosen(self, folder: str) -> None:
        self.preferences.add_folder(folder)
        self.engine.start_indexing((folder,))

    @Slot(str, bool)
    def _on_pane_toggled(self, name: str, visible: bool) -> None:
        self.actions[f"pane.{name}"].setChecked(visible)

    def _find_here(self) -> None:
        """In the session, while the keyboard is there."""
        if self.window.replay.has_keyboard:
            self.window.replay.active.open_find()
        else:
            self.window.search_box.focus_all()

    def _choose_lens(self, lens: Lens) -> None:
        self.window.show_pane("lenses", True)
        self.window.lens_panel.choose(lens)

    def _open_demo(self) -> None:
        """The demo library has a home and a window of its own."""
        try:
            subprocess.Popen(self._demo_command)
        except OSError as cause:
            self.errors.take(EngineError(f"The demo library could not be opened: {cause.strerror}."))

    def _restore(self) -> None:
        settings = self.preferences.settings
        self.actions[f"theme.{settings.theme}"].setChecked(True)
        self.actions["view.animations"].setChecked(settings.animations)
        state = load_window_state(self._paths.window_state)
        restore(self.window, state)
        self.replaying.restore(state)


def run(home: Path) -> int:
    """Open the window on a library and stay until it is closed."""
    require_display()
    sys.setswitchinterval(SWITCH_INTERVAL)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Memex")
    application.setStyle("Fusion")
    paths = LibraryPaths(home)
    demo_command = (sys.executable, "-m", "memex", "--home", str(home), "demo")
    app = App(application, paths, partial(EngineHandle, paths), demo_command=demo_command)
    app.errors.install()
    app.start()
    return application.exec()
