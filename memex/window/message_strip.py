"""One sentence about what went wrong, above the results until it is dismissed."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from memex.window.controls import make_label, make_tool_button
from memex.window.icons import icon
from memex.window.theme import Palette


class MessageStrip(QFrame):
    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageStrip")
        self._sign = make_label()
        self._sentence = make_label(name="message")
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.dismiss_button = make_tool_button("Dismiss", "Dismiss")
        self.dismiss_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._sentence, 1)
        row.addWidget(self.dismiss_button)
        self.set_palette(palette)
        self.hide()

    @property
    def sentence(self) -> str:
        return self._sentence.text() if not self.isHidden() else ""

    @Slot(str)
    def show_sentence(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()

    def set_palette(self, palette: Palette) -> None:
        self._sign.setPixmap(icon("warning", palette.error).pixmap(16, 16))
        self.dismiss_button.setIcon(icon("clear", palette.muted))
