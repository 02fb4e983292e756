"""How one gets about in a session: its landmarks, the branch that is shown, and what a step goes to."""

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from memex.core.replay import SessionOutline
from memex.window.replay.branches import BranchChoice, turns_shown
from memex.window.replay.landmarks import Marks, Stop, marks_of, next_place
from memex.window.replay.player import Player


class Walk(QObject):
    marks_changed = Signal()
    branch_changed = Signal()
    stop_changed = Signal(object)  # Stop

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._outline: SessionOutline | None = None
        self.marks = Marks()
        self.branch = BranchChoice()
        self.shown: Sequence[int] | None = None
        """Turns of the chosen branch; None: all of the session."""
        self._stop = Stop.TURN

    def open(self, outline: SessionOutline, turn: int) -> None:
        self._outline = outline
        self.marks = marks_of(outline.turns)
        self.branch, self.shown = BranchChoice(), None
        self._player.load(len(outline.turns), turn, [one.time for one in outline.turns])
        self.choose_stop(Stop.TURN)
        self.marks_changed.emit()

    def grow(self, outline: SessionOutline) -> None:
        self._outline = outline
        self.shown = turns_shown(outline, self.branch)
        self._player.grow(len(outline.turns), [one.time for one in outline.turns])
        self.show_matches(self.marks.matches)

    def show_matches(self, matches: tuple[int, ...]) -> None:
        self.marks = marks_of(self._outline.turns if self._outline else (), matches)
        self.marks_changed.emit()
        self._set_stops()

    def step_to(self, stop: Stop, direction: int) -> bool:
        """To the next or previous one, wherever steps otherwise go; False where there is none."""
        target = next_place(self.marks.of(stop), self._player.position, direction)
        if target is not None:
            self._player.seek(target)
        return target is not None

    def choose_stop(self, stop: Stop) -> None:
        """What arrows and play go to from now on."""
        self._stop = stop
        self._set_stops()
        self.stop_changed.emit(stop)

    def choose_next_stop(self) -> None:
        """Of those that the session has."""
        stops = [stop for stop in Stop if stop is Stop.TURN or self.marks.of(stop)]
        here = stops.index(self._stop) if self._stop in stops else -1
        self.choose_stop(stops[(here + 1) % len(stops)])

    def choose_branch(self, choice: BranchChoice) -> None:
        """The reader goes to the nearest turn that it shows."""
        if self._outline is None:
            return
        self.branch = choice
        self.shown = shown = turns_shown(self._outline, choice)
        self._set_stops()
        self.branch_changed.emit()
        if shown and self._player.position not in shown:
            self._player.seek(shown[max(0, bisect_left(shown, self._player.position) - 1)])

    def bring_in(self, turn: int) -> None:
        """A turn that the chosen branch has not got is shown among all."""
        if self.shown is not None and turn not in self.shown:
            self.choose_branch(BranchChoice())

    def _set_stops(self) -> None:
        places: Sequence[int] | None = None if self._stop is Stop.TURN else self.marks.of(self._stop)
        if self.shown is not None:
            within = frozenset(self.shown)
            places = self.shown if places is None else [place for place in places if place in within]
        self._player.set_stops(places)
