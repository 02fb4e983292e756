"""Everything that can be done, found by typing a few letters of it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from memex.window.choices import Choice, ChoiceList
from memex.window.commands import COMMANDS, keys_in_words
from memex.window.theme import Palette

WIDTH, HEIGHT = 480, 400
TOP = 64


class CommandPalette(QFrame):
    """Lies over the window until a command is run, `Esc`, or a click elsewhere."""

    def __init__(self, window: QWidget, palette: Palette) -> None:
        super().__init__(window)
        self.setObjectName("commandPalette")
        self.setAccessibleName("Commands")
        self._window = window
        self._actions: Mapping[str, QAction] = {}
        self._found: Sequence[str] = ()
        self._focused_before: QWidget | None = None
        self._line = QLineEdit()
        self._line.setObjectName("commandLine")
        self._line.setAccessibleName("Command")
        self._line.setPlaceholderText("Type what you want to do")
        self.list = ChoiceList(palette)
        self.list.setAccessibleName("Commands")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._line)
        column.addWidget(self.list, 1)
        self._line.textChanged.connect(self._on_text_changed)
        self._line.installEventFilter(self)
        self.list.clicked.connect(self._run)
        self.setFocusProxy(self._line)
        self.hide()

    def set_actions(self, actions: Mapping[str, QAction]) -> None:
        self._actions = actions

    def set_palette(self, palette: Palette) -> None:
        self.list.set_palette(palette)

    @Slot()
    def toggle(self) -> None:
        if self.isVisible():
            self._close()
            return
        self._focused_before = self._window.focusWidget()
        room = self._window.rect()
        width = min(WIDTH, room.width() - 32)
        self.setGeometry((room.width() - width) // 2, TOP, width, min(HEIGHT, room.height() - 2 * TOP))
        self._line.clear()
        self._on_text_changed("")
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and watched is self._line:
            self.hide()
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self._close()
            return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event.key())
        return False

    def _take_key(self, key: int) -> bool:
        match key:
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                count = len(self._found)
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.go_to((self.list.current + step) % count if count else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._run()
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                pass
            case _:
                return False
        return True

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        words = text.lower().split()
        found = [
            command
            for command in COMMANDS
            if self._actions[command.id].isEnabled()
            and all(word in f"{command.title} {command.menu}".lower() for word in words)
        ]
        self._found = [command.id for command in found]
        self.list.show_choices(
            [Choice(f"{each.menu}: {each.title}", keys_in_words(each), 0, 0, each.id) for each in found]
        )
        self.list.go_to(0)

    def _close(self) -> None:
        self.hide()
        if self._focused_before:
            self._focused_before.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _run(self) -> None:
        number = self.list.current
        if 0 <= number < len(self._found):
            self._close()
            self._actions[self._found[number]].trigger()
