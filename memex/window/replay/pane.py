"""The replay pane: a list of turns, the turn itself, and a transport over both."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from memex.core.replay import SessionOutline, TurnPage
from memex.core.steps.context import StepContext
from memex.window.controls import make_label
from memex.window.replay.asking import Ask
from memex.window.replay.header import ReplayHeader
from memex.window.replay.player import SPEEDS, Player
from memex.window.replay.scrubber import Marks, marks_of
from memex.window.replay.style import style_sheet
from memex.window.replay.transport import Transport
from memex.window.replay.turn_cache import TurnCache
from memex.window.replay.turn_list_view import TurnListView
from memex.window.replay.turn_view import TurnView
from memex.window.theme import Palette

LIST_SHARE, LEAST_LIST_WIDTH, MOST_LIST_WIDTH = 0.35, 280, 440
RAIL_BELOW = 800
"""Pane width under which the list starts as a rail of numbers and marks."""


@dataclass(frozen=True, slots=True)
class TurnsWanted:
    session_key: int
    first: int
    count: int


class ReplayPane(QWidget):
    turns_wanted = Signal(object)  # TurnsWanted
    position_changed = Signal(object)  # (session key, turn index)
    session_wanted = Signal(str)  # id of a sub-agent's session

    def __init__(self, palette: Palette, parent: QWidget | None = None, step_ms: int = 1200) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Replay")
        self._outline: SessionOutline | None = None
        self._cache = TurnCache()
        self._steps = StepContext()
        self._marks = Marks()
        self._last = 0
        self._is_opening = False
        self._is_shown = False
        self._player = Player(step_ms, self)
        self._header = ReplayHeader()
        self._failure = make_label(name="replayFailure")
        self._failure.setWordWrap(True)
        self._transport = Transport(self._player, palette)
        self._list = TurnListView(palette)
        self._detail = TurnView(palette)
        self._empty = make_label("Choose a session to replay it here.", "replayEmpty")
        self._lay_out()
        self._player.position_changed.connect(self._on_player_position_changed)
        self._list.row_wanted.connect(self._player.seek)
        self._detail.session_wanted.connect(self.session_wanted)
        self._detail.turn_wanted.connect(self._player.seek)
        self.setStyleSheet(style_sheet(palette))

    @property
    def current(self) -> tuple[str, int] | None:
        """Session id and turn, to be remembered."""
        return (self._outline.card.id, self._player.position) if self._outline else None

    @property
    def outline(self) -> SessionOutline | None:
        return self._outline

    @property
    def speed(self) -> int:
        return self._player.speed

    @property
    def is_playing(self) -> bool:
        return self._player.is_playing

    def show_session(self, outline: SessionOutline, turn: int = 0) -> None:
        """Open at `turn`, at the first of the words to be marked if it holds any."""
        is_first = self._outline is None
        self._outline = None  # the position of the old session is nobody's news
        self._cache = TurnCache(len(outline.turns))
        self._steps = StepContext()
        self._marks = marks_of(outline.turns)
        self._failure.hide()
        self._header.show_session(outline)
        self._list.show_turns(outline.turns)
        self._player.load(len(outline.turns), turn)
        self._transport.show_marks(len(outline.turns), self._marks)
        self._set_filled(True)
        if is_first:
            self._share_width()
        self._outline = outline
        self._last = self._player.position
        self._is_opening = True
        self._go_to(self._player.position)

    def take_turns(self, page: TurnPage) -> None:
        """A page of another session comes too late and is dropped."""
        if self._outline is None or page.session_key != self._outline.card.key:
            return
        self._failure.hide()
        self._cache.put(page.turns)
        self._steps = self._steps.joined(page.context)
        if not self._is_shown:
            self._show_turn(self._player.position)
        self._ask(self._player.position)

    def show_failure(self, sentence: str) -> None:
        """The last good state stays; stepping asks again for what did not come."""
        self._cache.forget_asked()
        self._failure.setText(sentence)
        self._failure.show()

    def set_palette(self, palette: Palette) -> None:
        self.setStyleSheet(style_sheet(palette))
        self._transport.set_palette(palette)
        self._list.set_palette(palette)
        self._detail.set_palette(palette)

    def set_ask(self, ask: Ask) -> None:
        """Whom a turn's images, raw records and nested sessions are asked of."""
        self._detail.set_ask(ask)

    def toggle_raw(self) -> None:
        self._detail.toggle_raw()

    def set_matches(self, words: Sequence[str]) -> None:
        self._detail.set_matches(words)

    def seek(self, turn: int) -> None:
        self._player.seek(turn)

    def step_forward(self) -> None:
        self._player.seek(self._player.position + 1)

    def step_back(self) -> None:
        self._player.seek(self._player.position - 1)

    def go_first(self) -> None:
        self._player.seek(0)

    def go_last(self) -> None:
        self._player.seek(self._player.count - 1)

    def toggle_play(self) -> None:
        self._player.toggle()

    def set_speed(self, speed: int) -> None:
        self._player.set_speed(speed)

    def change_speed(self, steps: int) -> None:
        """So many steps up (or down) the scale of speeds, as far as it goes."""
        place = SPEEDS.index(self._player.speed) + steps
        self._player.set_speed(SPEEDS[max(0, min(place, len(SPEEDS) - 1))])

    def next_error(self) -> None:
        self._seek_next(self._marks.errors)

    def previous_error(self) -> None:
        self._seek_previous(self._marks.errors)

    def next_prompt(self) -> None:
        self._seek_next(self._marks.prompts)

    def previous_prompt(self) -> None:
        self._seek_previous(self._marks.prompts)

    def _seek_next(self, places: tuple[int, ...]) -> None:
        after = bisect_right(places, self._player.position)
        if after < len(places):
            self._player.seek(places[after])

    def _seek_previous(self, places: tuple[int, ...]) -> None:
        before = bisect_left(places, self._player.position)
        if before:
            self._player.seek(places[before - 1])

    def _on_player_position_changed(self, position: int) -> None:
        if self._outline is not None:
            self._go_to(position)

    def _go_to(self, position: int) -> None:
        outline = self._outline
        if outline is None:
            return
        self._list.follow(position)
        if outline.turns:
            self._show_turn(position)
            self._ask(position)
            self._last = position
        self.position_changed.emit((outline.card.key, position))

    def _show_turn(self, position: int) -> None:
        """The turn if it is at hand, else its gist until it comes."""
        turn = self._cache.get(position)
        self._is_shown = turn is not None
        if turn is not None:
            key = self._outline.card.key if self._outline else 0
            self._detail.show_turn(turn, self._steps, session_key=key, reveal=self._is_opening)
            self._is_opening = False
        elif self._outline is not None:
            came = self._cache.has_page_of(position)
            note = "This turn could not be read." if came else "Reading this turn…"
            self._detail.show_outline(self._outline.turns[position], note)

    def _ask(self, position: int) -> None:
        if self._outline is None:
            return
        for first, count in self._cache.ask(position, position - self._last):
            self.turns_wanted.emit(TurnsWanted(self._outline.card.key, first, count))

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
        for widget in (self._header, self._failure, self._transport):
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
