"""Labels and buttons as the style sheet knows them."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton


def make_label(text: str = "", name: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def make_number() -> QLabel:
    label = make_label(name="number")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def make_value() -> QLabel:
    """A number beside its slider, in a column with its like."""
    label = make_number()
    label.setFixedWidth(32)
    return label


def make_tool_button(name: str, tip: str) -> QToolButton:
    """A button of one icon; its name is what a screen reader says."""
    button = QToolButton()
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button


def make_link(text: str, *, bad: bool = False) -> QPushButton:
    """A button that looks like the text around it, underlined; in red if it leads to what went wrong."""
    button = QPushButton(text)
    button.setProperty("bad", bad)
    button.setObjectName("link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def make_combo(name: str, choices: Iterable[tuple[object, str]]) -> QComboBox:
    """A choice of values under their titles, as wide as the longest."""
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.view().setAccessibleName(name)
    for value, title in choices:
        combo.addItem(title, value)
    return combo
