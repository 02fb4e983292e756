"""Where the replay stands and how it moves: position, steps, and a clock that plays."""

from PySide6.QtCore import QObject, QTimer, Signal

SPEEDS = (1, 2, 4, 8)


class Player(QObject):
    """Plays at an even pace: `step_ms` a turn at 1×, and stops at the last turn."""

    position_changed = Signal(int)
    playing_changed = Signal(bool)
    speed_changed = Signal(int)

    def __init__(self, step_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._step_ms = step_ms
        self._count = 0
        self._position = 0
        self._speed = 1
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
    def is_playing(self) -> bool:
        return self._clock.isActive()

    def load(self, count: int, position: int) -> None:
        """Another session: the clock stands still."""
        self.pause()
        self._count = count
        self._position = self._within(position)
        self.position_changed.emit(self._position)

    def seek(self, position: int) -> None:
        """Go there, or to the nearest end; a running clock gives the new turn its full time."""
        target = self._within(position)
        if target == self._position:
            return
        self._position = target
        if self.is_playing:
            self._clock.start(self._delay_ms())
        self.position_changed.emit(target)

    def toggle(self) -> None:
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """From the end, play begins again at the first turn."""
        if self.is_playing or self._count < 2:
            return
        if self._position == self._count - 1:
            self.seek(0)
        self._clock.start(self._delay_ms())
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.is_playing:
            self._clock.stop()
            self.playing_changed.emit(False)

    def set_speed(self, speed: int) -> None:
        if speed not in SPEEDS:
            raise ValueError(f"speed must be one of {SPEEDS}, not {speed}")
        if speed == self._speed:
            return
        self._speed = speed
        if self.is_playing:
            self._clock.start(self._delay_ms())
        self.speed_changed.emit(speed)

    def _on_tick(self) -> None:
        self._position += 1
        is_last = self._position >= self._count - 1
        if not is_last:
            self._clock.start(self._delay_ms())
        self.position_changed.emit(self._position)
        if is_last:
            self.playing_changed.emit(False)

    def _delay_ms(self) -> int:
        return max(1, self._step_ms // self._speed)

    def _within(self, position: int) -> int:
        return max(0, min(position, self._count - 1))
