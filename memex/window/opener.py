"""Opening sessions in the replay: asked for now, shown at their turn when the outline comes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from memex.engine.protocol import Failed, Reply
from memex.engine.replay_messages import CloseSession, OpenSession, SessionOpened
from memex.window.replay.asking import Ask
from memex.window.replay.pane import ReplayPane, SessionPlace
from memex.window.replay.tabs import ReplayTabs
from memex.window.results_model import ResultRow

WORD = re.compile(r"\w[\w./-]*")
MAX_PLACES = 500


@dataclass(frozen=True, slots=True)
class Opening:
    session: str
    turn: int | None = None
    """None: where the reader left it, or at the beginning."""
    words: tuple[str, ...] = ()
    takes_keyboard: bool = True
    in_new_tab: bool = False


class Opener(QObject):
    shown = Signal(object, bool)  # ReplayPane, and whether the keyboard goes there

    def __init__(self, tabs: ReplayTabs, ask: Ask) -> None:
        super().__init__()
        self._tabs = tabs
        self._ask = ask
        self._expected: dict[ReplayPane, Opening] = {}
        self._places: dict[str, int] = {}
        tabs.tab_wanted.connect(self._on_tab_wanted)
        tabs.pane_added.connect(self._on_pane_added)
        tabs.pane_closed.connect(self._on_pane_closed)

    @property
    def places(self) -> dict[str, int]:
        """The turn at which each session was left, the latest last."""
        return dict(self._places)

    def remember(self, places: Mapping[str, int]) -> None:
        self._places = dict(places)

    def open_row(self, row: ResultRow, query: str, *, in_new_tab: bool = False) -> None:
        """A hit opens at the turn that earned it, with its matches marked."""
        marked = [text for text, is_match in row.text.snippet if is_match]
        words = tuple(dict.fromkeys([*marked, *WORD.findall(query)]))
        self.open(Opening(row.card.id, row.text.turn, words, in_new_tab=in_new_tab))

    @Slot(str)
    def open_id(self, session: str) -> None:
        """From within another session, which stays open."""
        self.open(Opening(session, in_new_tab=True))

    def open(self, opening: Opening) -> None:
        """One that is open already is brought forward."""
        pane = self._pane_of(opening.session)
        if pane is None:
            self._open_in(self._tabs.pane_for_new(in_new_tab=opening.in_new_tab), opening)
            return
        self._expected.pop(pane, None)
        self._tabs.bring_forward(pane)
        if pane.outline is None:
            self._open_in(pane, opening)
            return
        pane.set_matches(opening.words)
        if opening.turn is not None:
            pane.player.seek(opening.turn)
        self.shown.emit(pane, opening.takes_keyboard)

    def reconnect(self) -> None:
        """There is an engine again: what is still wanted is asked for again."""
        for pane, opening in self._expected.items():
            self._request(pane, opening)

    def _pane_of(self, session: str) -> ReplayPane | None:
        """That shows it, or waits for it."""
        awaiting = (pane for pane, opening in self._expected.items() if opening.session == session)
        return next(awaiting, None) or self._tabs.pane_of(session)

    def _open_in(self, pane: ReplayPane, opening: Opening) -> None:
        if opening.turn is None:
            opening = replace(opening, turn=self._places.get(opening.session, 0))
        self._expected[pane] = opening
        pane.expect()
        self._request(pane, opening)

    def _request(self, pane: ReplayPane, opening: Opening) -> None:
        self._ask(OpenSession(opening.session), partial(self._take, pane, opening))

    def _take(self, pane: ReplayPane, opening: Opening, reply: Reply) -> None:
        """Only what the pane waits for: it may have been closed, or told to show another."""
        if self._expected.get(pane) is not opening:
            return
        if isinstance(reply, Failed):
            if reply.kind != "EngineError":
                del self._expected[pane]
            pane.show_failure(reply.message)
        elif isinstance(reply, SessionOpened):
            del self._expected[pane]
            self._close_session(pane)
            pane.show_session(reply.outline, opening.turn or 0, opening.words)
            self.shown.emit(pane, opening.takes_keyboard)

    def _close_session(self, pane: ReplayPane) -> None:
        """Gives back what the engine holds of it."""
        if pane.outline is not None:
            pane.live.close()
            self._ask(CloseSession(pane.outline.card.key), _take_nothing)

    def _on_tab_wanted(self, pane: ReplayPane, place: SessionPlace) -> None:
        self._open_in(pane, Opening(place.session, place.turn, takes_keyboard=False))

    def _on_pane_added(self, pane: ReplayPane) -> None:
        pane.session_wanted.connect(self.open_id)
        pane.position_changed.connect(self._on_position_changed)

    def _on_pane_closed(self, pane: ReplayPane) -> None:
        self._expected.pop(pane, None)
        self._close_session(pane)

    def _on_position_changed(self, place: SessionPlace) -> None:
        self._places.pop(place.session, None)
        self._places[place.session] = place.turn
        if len(self._places) > MAX_PLACES:
            del self._places[next(iter(self._places))]


def _take_nothing(reply: Reply) -> None:
    """Closing is a courtesy: the engine needs no closed session to be sound."""
