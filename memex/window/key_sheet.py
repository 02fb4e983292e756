"""All keys on one sheet, read from the command table."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from memex.window.commands import COMMANDS, MENUS, NATIVE_KEYS, keys_in_words
from memex.window.controls import make_label

KEYS_WIDTH = 96
COLUMNS = (("File", "Edit", "View"), ("Session", "Help"), ("Go",))


class KeySheet(QFrame):
    """Lies over the window until any key or click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keySheet")
        self.setAccessibleName("Keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout()
        row.setSpacing(40)
        for menus in COLUMNS:
            row.addLayout(_column(menus))
        sheet = QVBoxLayout(self)
        sheet.setContentsMargins(32, 24, 32, 24)
        sheet.setSpacing(16)
        sheet.addWidget(make_label("Keys", "sheetTitle"))
        sheet.addLayout(row)
        sheet.addStretch()
        self._window = parent
        parent.installEventFilter(self)
        self.hide()

    def texts(self) -> set[str]:
        return {label.text() for label in self.findChildren(QLabel)}

    def toggle(self) -> None:
        if self.isVisible():
            self.hide()
            return
        self._center()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._center()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """While it is open every key is its own: a shortcut must not work behind it."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.hide()

    def mousePressEvent(self, event: QEvent) -> None:  # noqa: ARG002
        self.hide()

    def _center(self) -> None:
        self.adjustSize()
        room = self._window.rect()
        frame = self.rect()
        frame.moveCenter(room.center())
        self.setGeometry(frame.intersected(room))


def _column(menus: Iterable[str]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    for menu in MENUS:
        if menu in menus:
            column.addWidget(make_label(menu, "sheetHead"))
            column.addLayout(_rows(menu))
            column.addSpacing(12)
    column.addStretch()
    return column


def _rows(menu: str) -> QGridLayout:
    native = [(key.keys, key.what) for key in NATIVE_KEYS if key.menu == menu]
    own = [
        (keys_in_words(command), command.title)
        for command in COMMANDS
        if command.menu == menu and command.keys
    ]
    rows = QGridLayout()
    rows.setHorizontalSpacing(16)
    rows.setColumnMinimumWidth(0, KEYS_WIDTH)
    rows.setVerticalSpacing(4)
    rows.setColumnStretch(1, 1)
    for number, (keys, what) in enumerate([*native, *own]):
        rows.addWidget(make_label(keys, "sheetKeys"), number, 0)
        rows.addWidget(make_label(what), number, 1)
    return rows
