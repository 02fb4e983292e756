"""Every connection of the replay: open sessions, what can be done with them, and one engine."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from memex.core.errors import MemexError
from memex.core.search import SessionCard
from memex.core.session import Turn
from memex.engine.protocol import Reply, Request
from memex.engine.replay_messages import OpenSession, SessionGrew, SessionLost, SessionOpened
from memex.window.editor import open_in_editor
from memex.window.main_window import MainWindow
from memex.window.opener import Opener, Opening
from memex.window.preferences import Preferences
from memex.window.replay.asking import without_secrets
from memex.window.replay.export_dialog import ExportDialog
from memex.window.replay.landmarks import Stop
from memex.window.replay.pane import ReplayPane
from memex.window.replay.turn_menu import code_menu, copy_text, copy_turn, file_menu, path_menu, turn_menu
from memex.window.replay.turn_parts import FilePlace
from memex.window.results_model import ResultRow
from memex.window.terminal import run_in_terminal
from memex.window.window_state import WindowState
from memex.window.worker import EngineHandle

MENU = (
    "replay.find",
    "replay.go_to",
    None,
    "replay.copy_turn",
    "replay.copy_code",
    "replay.copy_path",
    "replay.open_file",
    "replay.raw",
    None,
    "mix.like",
    "mix.unlike",
    None,
    "session.export",
    "session.copy_resume",
    "session.resume",
    None,
    "replay.secrets",
    "replay.detach",
    "replay.close",
)
"""Commands in the menu of each open session; None: a line."""


class Replaying(QObject):
    failed = Signal(object)  # MemexError

    def __init__(self, window: MainWindow, engine: EngineHandle, preferences: Preferences) -> None:
        super().__init__()
        self._window = window
        self._engine = engine
        self._preferences = preferences
        self._actions: Mapping[str, QAction] = {}
        self.tabs = window.replay
        self.hides_secrets = False
        self.opener = Opener(self.tabs, self.ask)
        self.tabs.pane_added.connect(self._on_pane_added)
        self.tabs.front_changed.connect(self._show_resume)
        self.opener.shown.connect(self._on_shown)
        engine.session_grew.connect(self._on_session_grew)
        engine.session_lost.connect(self._on_session_lost)

    def start(self, actions: Mapping[str, QAction]) -> None:
        self._actions = actions
        menu = [actions[name] if name else None for name in MENU]
        self.tabs.start(self.ask, actions, menu)

    def ask(self, request: Request, answer: Callable[[Reply], None]) -> None:
        self._engine.ask(without_secrets(request) if self.hides_secrets else request, answer)

    def reconnect(self) -> None:
        """There is an engine again, or the first one."""
        self.opener.reconnect()
        for pane in self.tabs.panes:
            pane.reconnect()
        self.tabs.open_waiting()

    def restore(self, state: WindowState) -> None:
        """Sessions are opened once the engine is there."""
        self.opener.remember(state.places)
        self.hides_secrets = state.hides_secrets
        self._actions["replay.secrets"].setChecked(state.hides_secrets)
        self.tabs.restore(state.open_sessions, state.front_session)

    def remembered(self, state: WindowState) -> WindowState:
        return replace(
            state,
            open_sessions=self.tabs.remembered(),
            front_session=self.tabs.front,
            places=self.opener.places,
            hides_secrets=self.hides_secrets,
        )

    def open_row(self, row: ResultRow, query: str) -> None:
        self.opener.open_row(row, query)

    def open_card(self, card: SessionCard) -> None:
        self.opener.open(Opening(card.id))

    def open_quietly(self, session: str) -> None:
        """The keyboard stays where it is."""
        self.opener.open(Opening(session, takes_keyboard=False))

    def hide_secrets(self, hides: bool) -> None:
        """In every open session, and in those opened from now on."""
        if hides is self.hides_secrets:
            return
        self.hides_secrets = hides
        for pane in self.tabs.panes:
            if pane.outline is not None:
                self.ask(OpenSession(pane.outline.card.id), partial(_renew, pane))

    def handlers(self) -> dict[str, Callable[[], object]]:
        tabs = self.tabs
        steps = (
            ("error", Stop.ERROR),
            ("prompt", Stop.PROMPT),
            ("edit", Stop.EDIT),
            ("tool", Stop.TOOL),
            ("subagent", Stop.SUBAGENT),
            ("match", Stop.MATCH),
        )
        handlers: dict[str, Callable[[], object]] = {
            "replay.play": lambda: tabs.active.player.toggle(),
            "replay.faster": lambda: tabs.active.player.change_speed(1),
            "replay.slower": lambda: tabs.active.player.change_speed(-1),
            "replay.pace": lambda: tabs.active.player.toggle_pace(),
            "replay.live": lambda: tabs.active.live.set_on(not tabs.active.live.is_on),
            "replay.forward": lambda: tabs.active.player.step(1),
            "replay.back": lambda: tabs.active.player.step(-1),
            "replay.first": lambda: tabs.active.player.seek(0),
            "replay.last": lambda: tabs.active.player.seek(tabs.active.player.count - 1),
            "replay.stop": lambda: tabs.active.walk.choose_next_stop(),
            "replay.find": lambda: tabs.active.open_find(),
            "replay.go_to": lambda: tabs.active.edit_position(),
            "replay.raw": lambda: tabs.active.toggle_raw(),
            "replay.secrets": lambda: self.hide_secrets(not self.hides_secrets),
            "replay.copy_turn": lambda: copy_turn(tabs.active),
            "replay.copy_code": partial(self._choose_from, code_menu),
            "replay.copy_path": partial(self._choose_from, path_menu),
            "replay.open_file": partial(self._choose_from, self._file_menu),
            "replay.detach": tabs.toggle_detached,
            "replay.close": tabs.close_active,
            "replay.next_tab": partial(tabs.show_next, 1),
            "replay.previous_tab": partial(tabs.show_next, -1),
            "session.open_tab": self._open_in_tab,
            "session.export": self._export,
            "session.copy_resume": self._copy_resume,
            "session.resume": self._resume,
        }
        for name, stop in steps:
            handlers[f"replay.next_{name}"] = partial(self._step, stop, 1)
            handlers[f"replay.previous_{name}"] = partial(self._step, stop, -1)
        return handlers

    def _step(self, stop: Stop, direction: int) -> None:
        self.tabs.active.step_to(stop, direction)

    def _open_in_tab(self) -> None:
        row = self._window.results.current_row
        if row is not None:
            self.opener.open_row(row, self._window.search_box.text, in_new_tab=True)

    def _export(self) -> None:
        pane = self.tabs.active
        if pane.outline is not None:
            ExportDialog(pane.outline, pane.selected_turns, self.ask, pane).open()

    @property
    def _resume_command(self) -> str | None:
        outline = self.tabs.active.outline
        return outline.resume_command if outline else None

    def _copy_resume(self) -> None:
        if command := self._resume_command:
            copy_text(command)

    def _resume(self) -> None:
        if command := self._resume_command:
            self._try(partial(run_in_terminal, command))

    def _choose_from(self, make: Callable[..., QMenu]) -> None:
        """What there is only one of needs no menu."""
        pane = self.tabs.active
        turn = pane.turn
        if turn is None:
            return
        menu = make(pane, turn, pane)
        choices = menu.actions()
        if len(choices) == 1:
            choices[0].trigger()
        elif choices:
            menu.popup(pane.mapToGlobal(QPoint(pane.width() // 3, pane.height() // 3)))

    def _file_menu(self, pane: ReplayPane, turn: Turn, parent: ReplayPane) -> QMenu:
        return file_menu(pane, turn, self._open_file, parent)

    def _open_file(self, place: FilePlace) -> None:
        editor = self._preferences.settings.editor
        self._try(partial(open_in_editor, place.path, place.line, editor))

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except MemexError as error:
            self.failed.emit(error)

    def _on_pane_added(self, pane: ReplayPane) -> None:
        pane.menu_wanted.connect(partial(self._on_menu_wanted, pane))
        pane.titled.connect(self._show_resume)

    def _on_menu_wanted(self, pane: ReplayPane, place: QPoint) -> None:
        if (turn := pane.turn) is not None:
            turn_menu(pane, turn, self._open_file, pane).popup(place)

    def _show_resume(self) -> None:
        """The command can be read before it is run."""
        command = self._resume_command
        for name in ("session.copy_resume", "session.resume"):
            action = self._actions[name]
            action.setEnabled(command is not None)
            action.setToolTip(command or "This agent has no command to resume a session.")

    @Slot(object, bool)
    def _on_shown(self, pane: ReplayPane, takes_keyboard: bool) -> None:
        if pane.outline is not None:
            self._window.inspector.take_outline(pane.outline)
        if takes_keyboard:
            self._window.focus_replay()

    @Slot(object)
    def _on_session_grew(self, grew: SessionGrew) -> None:
        if pane := self.tabs.pane_of_key(grew.outline.card.key):
            pane.take_growth(grew)

    @Slot(object)
    def _on_session_lost(self, lost: SessionLost) -> None:
        if pane := self.tabs.pane_of_key(lost.session_key):
            pane.show_lost(lost.message)


def _renew(pane: ReplayPane, reply: Reply) -> None:
    """Unless it shows another session by now."""
    shown = pane.outline
    if isinstance(reply, SessionOpened) and shown and reply.outline.card.key == shown.card.key:
        pane.renew(reply.outline)
