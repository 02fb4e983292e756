"""The transport: back, play, forward, speed, scrubber, position."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from memex.window.controls import make_number, make_tool_button
from memex.window.replay.glyphs import GRID, Glyph, glyph_icon
from memex.window.replay.player import SPEEDS, Player
from memex.window.replay.scrubber import Marks, Scrubber
from memex.window.theme import Palette


class Transport(QWidget):
    """Hands and face of a `Player`: what it shows is the player's state alone."""

    def __init__(self, player: Player, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._player = player
        self._back = self._button("Previous turn", self._step_back)
        self._play = self._button("Play", player.toggle)
        self._forward = self._button("Next turn", self._step_forward)
        self._speed = self._speed_button()
        self._scrubber = Scrubber(palette)
        self._scrubber.valueChanged.connect(player.seek)
        self._position = make_number()
        self._position.setAccessibleName("Position")
        self._lay_out()
        player.position_changed.connect(self._on_player_position_changed)
        player.playing_changed.connect(self._on_player_playing_changed)
        player.speed_changed.connect(self._on_player_speed_changed)
        self.set_palette(palette)

    def show_marks(self, count: int, marks: Marks) -> None:
        self._scrubber.blockSignals(True)
        self._scrubber.show_marks(count, marks)
        self._scrubber.blockSignals(False)
        widest = self._position.fontMetrics().horizontalAdvance(f"{count:,}/{count:,}")
        self._position.setFixedWidth(widest + 4)
        self._show_position()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._scrubber.set_palette(palette)
        self._back.setIcon(glyph_icon(Glyph.FIRST, palette.text, palette.hairline))
        self._forward.setIcon(glyph_icon(Glyph.LAST, palette.text, palette.hairline))
        self._show_position()
        self._show_playing()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        for widget in (self._back, self._play, self._forward, self._speed):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self._scrubber, 1)
        row.addWidget(self._position)

    def _button(self, name: str, pressed: Callable[[], None]) -> QToolButton:
        button = make_tool_button(name, name)
        button.setIconSize(QSize(GRID, GRID))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(pressed)
        return button

    def _speed_button(self) -> QToolButton:
        menu = QMenu(self)
        self._speeds = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(f"{speed}×", menu, checkable=True, checked=speed == self._player.speed)
            action.setData(speed)
            action.triggered.connect(partial(self._player.set_speed, speed))
            self._speeds.addAction(action)
            menu.addAction(action)
        button = make_tool_button("Speed", "Speed")
        button.setText(f"{self._player.speed}×")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setMenu(menu)
        return button

    def _step_back(self) -> None:
        self._player.seek(self._player.position - 1)

    def _step_forward(self) -> None:
        self._player.seek(self._player.position + 1)

    def _on_player_position_changed(self, position: int) -> None:
        self._scrubber.blockSignals(True)
        self._scrubber.setValue(position)
        self._scrubber.blockSignals(False)
        self._show_position()

    def _on_player_playing_changed(self, _playing: bool) -> None:
        self._show_playing()

    def _on_player_speed_changed(self, speed: int) -> None:
        self._speed.setText(f"{speed}×")
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    def _show_position(self) -> None:
        player = self._player
        shown = player.position + 1 if player.count else 0
        self._position.setText(f"{shown:,}/{player.count:,}")
        self._back.setEnabled(player.position > 0)
        self._forward.setEnabled(player.position < player.count - 1)
        self._play.setEnabled(player.count > 1)

    def _show_playing(self) -> None:
        word = "Pause" if self._player.is_playing else "Play"
        glyph = Glyph.PAUSE if self._player.is_playing else Glyph.PLAY
        self._play.setIcon(glyph_icon(glyph, self._palette.text, self._palette.hairline))
        self._play.setAccessibleName(word)
        self._play.setToolTip(word)
