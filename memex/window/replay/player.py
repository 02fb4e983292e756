"""Where the replay stands and how it moves: position, stops, and a clock that plays."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from memex.window.replay.landmarks import next_place

SPEEDS = (1, 2, 4, 8)
SHORTEST_MS, LONGEST_MS = 150, 5_000
"""Of a step in real time at 1×: what came at once is still seen, and idle hours pass in seconds."""


class Pace(StrEnum):
    EVEN = "even"
    """Every step takes as long as the next."""
    REAL = "real"
    """A step takes as long as it did, within `SHORTEST_MS` and `LONGEST_MS`."""


class Player(QObject):
    """Plays from stop to stop, `step_ms` each at an even pace and 1×, and ends at the last."""

    position_changed = Signal(int)
    playing_changed = Signal(bool)
    speed_changed = Signal(int)
    pace_changed = Signal(object)  # Pace
    stops_changed = Signal()

    def __init__(self, step_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._step_ms = step_ms
        self._count = 0
        self._position = 0
        self._stops: Sequence[int] = range(0)
        self._times: Sequence[datetime | None] = ()
        self._speed = 1
        self._pace = Pace.EVEN
        self._clock = QTimer(self, singleShot=True)
        self._clock.timeout.connect(self._on_tick)

    @property
    def count(self) -> int:
        return self._count

    @property
    def position(self) -> int:
        return self._position

    @property
    def speed(self) -> int:
        return self._speed

    @property
    def pace(self) -> Pace:
        return self._pace

    @property
    def is_playing(self) -> bool:
        return self._clock.isActive()

    @property
    def has_next(self) -> bool:
        return next_place(self._stops, self._position, 1) is not None

    @property
    def has_previous(self) -> bool:
        return next_place(self._stops, self._position, -1) is not None

    def load(self, count: int, position: int, times: Sequence[datetime | None] = ()) -> None:
        """Another session, with the time of each turn: the clock stands still, and every turn is a stop."""
        self.pause()
        self._count = count
        self._times = times
        self._stops = range(count)
        self._position = self._within(position)
        self.position_changed.emit(self._position)
        self.stops_changed.emit()

    def grow(self, count: int, times: Sequence[datetime | None]) -> None:
        """The session goes on: the reader stays, and what was all of it is all of it again."""
        if isinstance(self._stops, range):
            self._stops = range(count)
        self._count, self._times = count, times
        self._position = self._within(self._position)
        self.stops_changed.emit()

    def set_stops(self, stops: Sequence[int] | None) -> None:
        """Turns that steps and play stop at; None: at every one."""
        self._stops = range(self._count) if stops is None else stops
        self.stops_changed.emit()

    def seek(self, position: int) -> None:
        """Go there, or to the nearest end; a running clock gives the new turn its full time."""
        target = self._within(position)
        if target == self._position:
            return
        self._position = target
        if self.is_playing:
            self._clock.start(self._delay_ms())
        self.position_changed.emit(target)

    def step(self, direction: int) -> None:
        target = next_place(self._stops, self._position, direction)
        if target is not None:
            self.seek(target)

    def toggle(self) -> None:
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """From the end, play begins again at the first stop."""
        if self.is_playing or len(self._stops) < 2:
            return
        if not self.has_next:
            self.seek(self._stops[0])
        self._clock.start(self._delay_ms())
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.is_playing:
            self._clock.stop()
            self.playing_changed.emit(False)

    def set_speed(self, speed: int) -> None:
        if speed not in SPEEDS:
            raise ValueError(f"speed must be one of {SPEEDS}, not {speed}")
        if speed != self._speed:
            self._speed = speed
            self._keep_time()
            self.speed_changed.emit(speed)

    def change_speed(self, steps: int) -> None:
        """So many steps up (or down) the scale of speeds, as far as it goes."""
        place = SPEEDS.index(self._speed) + steps
        self.set_speed(SPEEDS[max(0, min(place, len(SPEEDS) - 1))])

    def toggle_pace(self) -> None:
        self.set_pace(Pace.EVEN if self._pace is Pace.REAL else Pace.REAL)

    def set_pace(self, pace: Pace) -> None:
        if pace is not self._pace:
            self._pace = pace
            self._keep_time()
            self.pace_changed.emit(pace)

    def _keep_time(self) -> None:
        if self.is_playing:
            self._clock.start(self._delay_ms())

    def _on_tick(self) -> None:
        target = next_place(self._stops, self._position, 1)
        if target is not None:
            self._position = target
            if self.has_next:
                self._clock.start(self._delay_ms())
            self.position_changed.emit(target)
        if not self.is_playing:
            self.playing_changed.emit(False)

    def _delay_ms(self) -> int:
        taken = self._real_ms() if self._pace is Pace.REAL else None
        return max(1, (self._step_ms if taken is None else taken) // self._speed)

    def _real_ms(self) -> int | None:
        """From here to the next stop as it was, shortened; None where no time is known."""
        target = next_place(self._stops, self._position, 1)
        if target is None or target >= len(self._times):
            return None
        here, there = self._times[self._position], self._times[target]
        if here is None or there is None:
            return None
        taken = round((there - here).total_seconds() * 1_000)
        return max(SHORTEST_MS, min(taken, LONGEST_MS))

    def _within(self, position: int) -> int:
        return max(0, min(position, self._count - 1))
