"""The transport: back, play, forward, speed and pace, what a step goes to, scrubber, position."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from memex.window.controls import make_number, make_tool_button
from memex.window.replay.glyphs import GRID, Glyph, glyph_icon
from memex.window.replay.landmarks import Marks, Stop
from memex.window.replay.player import SPEEDS, Pace, Player
from memex.window.replay.position_field import PositionField
from memex.window.replay.scrubber import Scrubber
from memex.window.theme import Palette

LEAST_WIDTH, COUNT_FROM, STOP_FROM = 232, 300, 372
PACE_NAMES = {Pace.EVEN: "Even pace", Pace.REAL: "Real time, idle gaps shortened"}


class Transport(QWidget):
    """Hands and face of a `Player`: what it shows is the player's state alone."""

    stop_chosen = Signal(object)  # Stop
    left = Signal()
    """The keyboard belongs to the turns again."""

    def __init__(self, player: Player, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._player = player
        self._back = self._button("Previous turn", partial(player.step, -1))
        self._play = self._button("Play", player.toggle)
        self._forward = self._button("Next turn", partial(player.step, 1))
        self._speed = self._speed_button()
        self._stop = self._stop_button()
        self._scrubber = Scrubber(palette)
        self._scrubber.valueChanged.connect(player.seek)
        self._position = PositionField()
        self._position.chosen.connect(player.seek)
        self._position.left.connect(self.left)
        self._count = make_number()
        self._lay_out()
        player.position_changed.connect(self._on_player_position_changed)
        player.playing_changed.connect(self._show_playing)
        player.speed_changed.connect(self._show_speed)
        player.pace_changed.connect(self._show_speed)
        player.stops_changed.connect(self._show_position)
        self.set_palette(palette)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, what has keys of its own gives way to the scrubber."""
        super().resizeEvent(event)
        self._stop.setVisible(event.size().width() >= STOP_FROM)
        self._count.setVisible(event.size().width() >= COUNT_FROM)

    def show_marks(self, count: int, marks: Marks) -> None:
        self._scrubber.blockSignals(True)
        self._scrubber.show_marks(count, marks)
        self._scrubber.setValue(self._player.position)
        self._scrubber.blockSignals(False)
        self._count.setText(f"/ {count:,}")
        for action in self._stops.actions():
            stop = Stop(action.data())
            action.setEnabled(stop is Stop.TURN or bool(marks.of(stop)))
        self._show_position()

    def show_stop(self, stop: Stop) -> None:
        """What the arrows and play go to."""
        self._stop.setText(f"by {stop}")
        for action in self._stops.actions():
            action.setChecked(action.data() == stop)
        for button, word in ((self._back, "Previous"), (self._forward, "Next")):
            button.setAccessibleName(f"{word} {stop}")
            button.setToolTip(f"{word} {stop}")

    def edit_position(self) -> None:
        self._position.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._scrubber.set_palette(palette)
        self._back.setIcon(glyph_icon(Glyph.FIRST, palette.text, palette.hairline))
        self._forward.setIcon(glyph_icon(Glyph.LAST, palette.text, palette.hairline))
        self._show_position()
        self._show_playing()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 12, 4)
        row.setSpacing(4)
        for widget in (self._back, self._play, self._forward, self._speed, self._stop):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self._scrubber, 1)
        row.addWidget(self._position)
        row.addWidget(self._count)

    def _button(self, name: str, pressed: Callable[[], None]) -> QToolButton:
        button = make_tool_button(name, name)
        button.setIconSize(QSize(GRID, GRID))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: pressed())
        return button

    def _speed_button(self) -> QToolButton:
        menu = QMenu(self)
        self._speeds = _choices(menu, [(f"{speed}×", speed) for speed in SPEEDS], self._player.set_speed)
        menu.addSeparator()
        self._paces = _choices(
            menu, [(name, pace) for pace, name in PACE_NAMES.items()], self._player.set_pace
        )
        button = _menu_button("Speed", menu)
        self._speed = button
        self._show_speed()
        return button

    def _stop_button(self) -> QToolButton:
        menu = QMenu(self)
        stops = [(f"By {stop}", stop) for stop in Stop]
        self._stops = _choices(menu, stops, self.stop_chosen.emit)
        button = _menu_button("Step by", menu)
        self._stop = button
        self.show_stop(Stop.TURN)
        return button

    def _on_player_position_changed(self, position: int) -> None:
        self._scrubber.blockSignals(True)
        self._scrubber.setValue(position)
        self._scrubber.blockSignals(False)
        self._show_position()

    def _show_speed(self) -> None:
        player = self._player
        self._speed.setText(f"{player.speed}×")
        self._speed.setToolTip(f"Speed: {player.speed}×, {PACE_NAMES[player.pace].lower()}")
        for group, chosen in ((self._speeds, player.speed), (self._paces, player.pace)):
            for action in group.actions():
                action.setChecked(action.data() == chosen)

    def _show_position(self) -> None:
        player = self._player
        self._position.show_position(player.position, player.count)
        self._back.setEnabled(player.has_previous)
        self._forward.setEnabled(player.has_next)
        self._play.setEnabled(player.count > 1)

    def _show_playing(self) -> None:
        word = "Pause" if self._player.is_playing else "Play"
        glyph = Glyph.PAUSE if self._player.is_playing else Glyph.PLAY
        self._play.setIcon(glyph_icon(glyph, self._palette.text, self._palette.hairline))
        self._play.setAccessibleName(word)
        self._play.setToolTip(word)


def _choices(
    menu: QMenu, choices: Iterable[tuple[str, object]], choose: Callable[..., object]
) -> QActionGroup:
    group = QActionGroup(menu)
    for title, value in choices:
        action = QAction(title, menu, checkable=True)
        action.setData(value)
        action.triggered.connect(partial(_choose, choose, value))
        group.addAction(action)
        menu.addAction(action)
    return group


def _choose(choose: Callable[..., object], value: object, _checked: bool = False) -> None:
    """Drop the `checked` flag that `triggered` always carries."""
    choose(value)


def _menu_button(name: str, menu: QMenu) -> QToolButton:
    button = make_tool_button(name, name)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setMenu(menu)
    return button
