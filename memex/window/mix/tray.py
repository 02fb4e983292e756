"""The tray below the results: what is marked, always in sight."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from memex.window.commands import tip
from memex.window.controls import make_link
from memex.window.elided_label import ElidedLabel
from memex.window.mix.mark_list import MarkList
from memex.window.mix.marks import LIKE, UNLIKE, Marks
from memex.window.theme import Palette

INVITATION = "Mark sessions with + and − to find others like and unlike them."


class MixTray(QFrame):
    mix_wanted = Signal()

    def __init__(self, marks: Marks, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("mixTray")
        self._marks = marks
        self.chips = MarkList(marks, (LIKE, UNLIKE), palette, as_chips=True)
        self.chips.setAccessibleName("Marked sessions")
        self._invitation = ElidedLabel("muted")
        self._invitation.set_text(INVITATION)
        self.clear_button = make_link("clear")
        self.clear_button.setAccessibleName("Clear the marked sessions")
        self.clear_button.clicked.connect(marks.clear)
        self.open_button = make_link("Mix && Match")
        self.open_button.setAccessibleName("Mix and match")
        self.open_button.setToolTip(tip("mix.open"))
        self.open_button.clicked.connect(self.mix_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        row.addWidget(self._invitation, 1)
        row.addWidget(self.chips, 1)
        row.addWidget(self.clear_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignVCenter)
        marks.changed.connect(self._show)
        self._show()

    def set_palette(self, palette: Palette) -> None:
        self.chips.set_palette(palette)

    @Slot()
    def _show(self) -> None:
        is_empty = not self._marks.signs
        self._invitation.setVisible(is_empty)
        self.chips.setVisible(not is_empty)
        self.clear_button.setVisible(not is_empty)
