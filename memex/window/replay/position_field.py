"""The number of the turn that is shown; a number typed over it is gone to."""

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget

MAX_DIGITS = 9


class PositionField(QLineEdit):
    chosen = Signal(int)  # turn, from 0
    left = Signal()
    """Enter or Escape was pressed: the keyboard belongs elsewhere again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("positionField")
        self.setAccessibleName("Turn to go to")
        self.setToolTip("Type a number to go to that turn")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFrame(False)
        digits = QRegularExpression(rf"\d{{0,{MAX_DIGITS}}}")
        self.setValidator(QRegularExpressionValidator(digits, self))
        self._shown = ""
        self.returnPressed.connect(self._on_return_pressed)

    def show_position(self, position: int, count: int) -> None:
        """What is being typed is not overwritten."""
        self._shown = str(position + 1 if count else 0)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0" * max(2, len(str(count)))) + 12)
        if not self.isModified():
            self.setText(self._shown)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setText(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._shown)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_return_pressed(self) -> None:
        typed = self.text()
        self.setText(self._shown)
        if typed:
            self.chosen.emit(max(0, int(typed) - 1))
        self.left.emit()
