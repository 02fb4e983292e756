"""Keeps single-key shortcuts away from widgets that need the key themselves."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox

SPACE_IS_THEIRS = (QAbstractButton, QComboBox)


class ShortcutGuard(QObject):
    """Space plays, except where it presses a focused button. Text fields guard their letters themselves."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and isinstance(watched, SPACE_IS_THEIRS)
        ):
            event.accept()
            return True
        return False
