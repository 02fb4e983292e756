"""One session in the replay: a list of turns, the turn itself, and a transport over both."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from memex.core.replay import FindRequest, Found, FoundPlace, Place, SessionOutline
from memex.core.session import Turn
from memex.engine.protocol import Reply
from memex.engine.replay_messages import FindInSession, FoundInSession, SessionGrew
from memex.window.controls import make_label
from memex.window.replay.asking import Ask
from memex.window.replay.find_bar import FindBar
from memex.window.replay.finding import Finding
from memex.window.replay.header import ReplayHeader
from memex.window.replay.landmarks import Stop, next_place
from memex.window.replay.live import Live
from memex.window.replay.player import Player
from memex.window.replay.style import style_sheet
from memex.window.replay.transport import Transport
from memex.window.replay.turn_list_view import TurnListView
from memex.window.replay.turn_source import TurnSource
from memex.window.replay.turn_view import TurnView
from memex.window.replay.walk import Walk
from memex.window.theme import Palette

LIST_SHARE, LEAST_LIST_WIDTH, MOST_LIST_WIDTH = 0.35, 280, 440
RAIL_BELOW = 800
"""Pane width under which the list starts as a rail of numbers and marks."""


class SessionPlace(NamedTuple):
    """A session and where the reader stands in it."""

    session: str
    turn: int


class ReplayPane(QWidget):
    position_changed = Signal(object)  # SessionPlace
    session_wanted = Signal(str)  # id of a parent's or a sub-agent's session
    titled = Signal()
    menu_wanted = Signal(object)  # QPoint, global: what can be done with the turn

    def __init__(self, palette: Palette, parent: QWidget | None = None, step_ms: int = 1200) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Replay")
        self._outline: SessionOutline | None = None
        self._last = 0
        self._is_revealing = False
        self._is_shown = False
        self._words: tuple[str, ...] = ()
        self.player = Player(step_ms, self)
        self.walk = Walk(self.player, self)
        self._source = TurnSource(self)
        self.finding = Finding(self)
        self.live = Live(self)
        self._header = ReplayHeader()
        self._failure = make_label(name="replayFailure")
        self._failure.setWordWrap(True)
        self._transport = Transport(self.player, palette)
        self.find_bar = FindBar(palette)
        self._list = TurnListView(palette)
        self._detail = TurnView(palette)
        self._empty = make_label("Choose a session to replay it here.", "replayEmpty")
        self._lay_out()
        self._connect()
        self.setStyleSheet(style_sheet(palette))

    @property
    def current(self) -> SessionPlace | None:
        """To be remembered."""
        return SessionPlace(self._outline.card.id, self.player.position) if self._outline else None

    @property
    def outline(self) -> SessionOutline | None:
        return self._outline

    @property
    def turn(self) -> Turn | None:
        """The one that is shown, if it is here."""
        return self._source.turn(self.player.position) if self._outline else None

    @property
    def source(self) -> TurnSource:
        return self._source

    @property
    def selected_turns(self) -> tuple[int, int] | None:
        return self._list.selected

    @property
    def failure(self) -> str:
        """The sentence above the turns, where there is one."""
        return "" if self._failure.isHidden() else self._failure.text()

    def set_ask(self, ask: Ask) -> None:
        """Whom all of it is asked of."""
        self._source.ask = self.finding.ask = self.live.ask = ask
        self._detail.set_ask(ask)

    def set_actions(self, actions: Sequence[QAction | None]) -> None:
        self._header.set_actions(actions)

    def set_palette(self, palette: Palette) -> None:
        self.setStyleSheet(style_sheet(palette))
        self._transport.set_palette(palette)
        self.find_bar.set_palette(palette)
        self._list.set_palette(palette)
        self._detail.set_palette(palette)

    def expect(self) -> None:
        """A session is on its way."""
        self._failure.hide()
        self._empty.setText("Reading the session…")

    def show_session(self, outline: SessionOutline, turn: int = 0, words: Sequence[str] = ()) -> None:
        """Open at `turn`, at the first of the words to be marked if it holds any."""
        self.find_bar.reset()
        self._show(outline, turn, words)

    def renew(self, outline: SessionOutline) -> None:
        """The same session read anew, with its secrets hidden or shown: the reader stays."""
        request = self.finding.request
        self._show(outline, self.player.position, self._words)
        self.live.renew()
        if request.pattern:
            self.finding.find(request)

    def _show(self, outline: SessionOutline, turn: int, words: Sequence[str]) -> None:
        is_first = self._outline is None
        self._outline = None  # the position of the old session is nobody's news
        self._words = tuple(words)
        self._source.open(outline.card.key, len(outline.turns))
        self.finding.open(outline.card.key)
        self._detail.mark_words(words)
        self._failure.hide()
        self._header.show_session(outline)
        self._list.show_turns(outline.turns, outline.compactions)
        self.walk.open(outline, turn)
        self._set_filled(True)
        if is_first:
            self._share_width()
        self._outline = outline
        self._last = self.player.position
        self._is_revealing = True
        self._go_to(self.player.position)
        self.live.open(outline)
        self.titled.emit()

    def take_growth(self, grew: SessionGrew) -> None:
        """New turns join the list; the reader is carried along only from the end."""
        old = self._outline
        if old is None or grew.outline.card.key != old.card.key:
            return
        first, was_at_end = grew.first_turn, not self.player.has_next
        turns = old.turns[:first] + grew.outline.turns
        self._outline = outline = replace(grew.outline, turns=turns)
        self._source.grow(first, len(turns))
        self.walk.grow(outline)
        self._list.grow(turns, first, outline.compactions, self.walk.shown)
        self._header.show_growth(outline, self.walk.branch)
        self._failure.hide()
        self.finding.repeat()
        if was_at_end and not self.player.is_playing:
            self.player.seek(self.player.count - 1)
        if self.player.position >= first:
            self._show_turn(self.player.position)
        self._source.want(self.player.position, 1)
        self._list.follow(self.player.position)

    def show_lost(self, sentence: str) -> None:
        """What was read stays."""
        self._header.show_lost(sentence)

    def show_failure(self, sentence: str) -> None:
        """The last good state stays; stepping asks again for what did not come."""
        self._source.forget_asked()
        self._failure.setText(sentence)
        self._failure.show()
        self._empty.setText("")

    def reconnect(self) -> None:
        """There is an engine again, which knows nothing of this pane."""
        if self._outline is not None:
            self._source.forget_asked()
            self._source.want(self.player.position, 1)
            self.live.renew()

    def leave(self) -> None:
        """The session is not shown any more: what is on its way is not taken."""
        self.player.pause()
        self.live.close()
        self._source.close()
        self.finding.open(0)
        self._outline = None

    def toggle_raw(self) -> None:
        self._detail.toggle_raw()

    def set_matches(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._detail.set_matches(words)

    def open_find(self) -> None:
        if self._outline is not None:
            self.find_bar.open_bar()

    def focus_turns(self) -> None:
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def edit_position(self) -> None:
        if self._outline is not None:
            self._transport.edit_position()

    def step_to(self, stop: Stop, direction: int) -> None:
        self._is_revealing = stop is Stop.MATCH
        is_found = self.walk.step_to(stop, direction)
        if not is_found and stop is Stop.MATCH and self.player.position in self.walk.marks.matches:
            self._detail.reveal_match()

    def go_to_file(self, path: str) -> None:
        """The first turn that touches it."""
        if self._outline is not None:
            request = FindInSession(self._outline.card.key, FindRequest(path, match_case=True))
            self._source.ask(request, partial(self._go_to_path, request))

    def _go_to_path(self, request: FindInSession, reply: Reply) -> None:
        is_here = self._outline is not None and self._outline.card.key == request.session_key
        if is_here and isinstance(reply, FoundInSession):
            places = reply.found.places
            turn = next((one.turn for one in places if _is_path(one)), None)
            if turn is None and places:
                turn = places[0].turn
            if turn is not None:
                self.player.seek(turn)

    def _on_marks_changed(self) -> None:
        self._transport.show_marks(self.player.count, self.walk.marks)

    def _on_branch_changed(self) -> None:
        if self._outline is not None:
            self._header.show_session(self._outline, self.walk.branch)
            self._list.choose_turns(self.walk.shown, self.player.position)

    def _on_found(self, found: Found) -> None:
        if self._outline is None:
            return
        self._list.show_matches(found.turns)
        self.walk.show_matches(found.turns)
        self.find_bar.show_found(found, self.player.position)
        is_here = self.player.position in found.turns
        if found.turns and not is_here:
            self._is_revealing = True
            after = next_place(found.turns, self.player.position, 1)
            self.player.seek(found.turns[0] if after is None else after)
        else:
            self._is_revealing = is_here
            self._show_turn(self.player.position)

    def _on_player_position_changed(self, position: int) -> None:
        if self._outline is not None:
            self._go_to(position)

    def _go_to(self, position: int) -> None:
        outline = self._outline
        if outline is None:
            return
        self.walk.bring_in(position)
        self._list.follow(position)
        if outline.turns:
            self._show_turn(position)
            self._source.want(position, position - self._last)
            self._last = position
        if self.finding.request.pattern:
            self.find_bar.show_found(self.finding.result, position)
        self.position_changed.emit(SessionPlace(outline.card.id, position))

    def _show_turn(self, position: int) -> None:
        """The turn if it is at hand, else its gist until it comes."""
        if self._outline is None or not self._outline.turns:
            return
        turn = self._source.turn(position)
        self._is_shown = turn is not None
        if turn is not None:
            if self.finding.request.pattern:
                self._detail.mark(self.finding.pattern(turn))
            key = self._outline.card.key
            self._detail.show_turn(turn, self._source.context, session_key=key, reveal=self._is_revealing)
            self._is_revealing = False
        else:
            note = (
                "This turn could not be read." if self._source.is_missing(position) else "Reading this turn…"
            )
            self._detail.show_outline(self._outline.turns[position], note)

    def _on_turns_arrived(self) -> None:
        self._failure.hide()
        if not self._is_shown:
            self._show_turn(self.player.position)
        self._source.want(self.player.position, self.player.position - self._last)

    def _on_find_closed(self) -> None:
        self._detail.mark_words(self._words)
        self._show_turn(self.player.position)
        self.focus_turns()

    def _connect(self) -> None:
        self.player.position_changed.connect(self._on_player_position_changed)
        self._source.arrived.connect(self._on_turns_arrived)
        self._source.failed.connect(self.show_failure)
        self._list.turn_wanted.connect(self.player.seek)
        self._list.menu_wanted.connect(self.menu_wanted)
        self._detail.session_wanted.connect(self.session_wanted)
        self._detail.turn_wanted.connect(self.player.seek)
        self._transport.stop_chosen.connect(self.walk.choose_stop)
        self.walk.stop_changed.connect(self._transport.show_stop)
        self.walk.marks_changed.connect(self._on_marks_changed)
        self.walk.branch_changed.connect(self._on_branch_changed)
        self._transport.left.connect(self.focus_turns)
        self.find_bar.wanted.connect(self.finding.find)
        self.find_bar.step_wanted.connect(partial(self.step_to, Stop.MATCH))
        self.find_bar.closed.connect(self._on_find_closed)
        self.finding.found.connect(self._on_found)
        self.finding.failed.connect(self.find_bar.show_failure)
        self._header.turn_wanted.connect(self.player.seek)
        self._header.session_wanted.connect(self.session_wanted)
        self._header.file_wanted.connect(self.go_to_file)
        self._header.branch_chosen.connect(self.walk.choose_branch)
        self._header.live_toggled.connect(self.live.set_on)
        self.live.changed.connect(self._header.show_live)

    def _lay_out(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("replaySplitter")
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._list)
        self._splitter.addWidget(self._detail)
        self._splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._header, self._failure, self._transport, self.find_bar):
            column.addWidget(widget)
        column.addWidget(self._splitter, 1)
        column.addWidget(self._empty, 1, Qt.AlignmentFlag.AlignCenter)
        self._failure.hide()
        self._set_filled(False)

    def _set_filled(self, is_filled: bool) -> None:
        for widget in (self._header, self._transport, self._splitter):
            widget.setVisible(is_filled)
        self._empty.setVisible(not is_filled)

    def _share_width(self) -> None:
        listed = self._list.minimumWidth()
        if self.width() >= RAIL_BELOW:
            listed = min(MOST_LIST_WIDTH, max(LEAST_LIST_WIDTH, round(self.width() * LIST_SHARE)))
        self._splitter.setSizes([listed, max(1, self.width() - listed)])


def _is_path(place: FoundPlace) -> bool:
    return place.place is Place.PATH
