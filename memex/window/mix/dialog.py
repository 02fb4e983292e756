"""The Mix & Match dialog: what is marked, the answers and why, and where they lie."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from memex.core.lenses import Lens
from memex.core.mixing import MIX_LENSES, Mix, MixRequest, SavedMix
from memex.window.controls import make_combo, make_label
from memex.window.mix.mark_list import DropOut, MarkList
from memex.window.mix.marks import LIKE, UNLIKE, Marks
from memex.window.mix.plane_view import PlaneView
from memex.window.mix.saved_bar import SavedBar
from memex.window.mix.session_finder import SessionFinder
from memex.window.results_model import ResultRow, ResultsModel
from memex.window.results_view import ResultsView
from memex.window.theme import Palette
from memex.window.wording import count

SIZE = (1000, 660)
LEFT_WIDTH = 292
ANSWERS_AND_PLANE = (380, 240)
ALL_LENSES = "All lenses"
FIRST_LIKE = "The first like"
HOW = "Run finds the sessions that are like these and not like those."


class MixDialog(QDialog):
    run_wanted = Signal()

    def __init__(self, parent: QWidget, marks: Marks, palette: Palette) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mix & Match")
        self.setObjectName("mixDialog")
        self.setModal(False)
        self._marks = marks
        self.model = ResultsModel()
        self.finder = SessionFinder(marks)
        self.likes = MarkList(marks, (LIKE,), palette, as_chips=False)
        self.unlikes = MarkList(marks, (UNLIKE,), palette, as_chips=False)
        self.target = make_combo("Target", ())
        self.target.setToolTip("What the answers are to be nearest to")
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        names: list[tuple[Lens | None, str]] = [
            (None, ALL_LENSES),
            *((lens, lens.value) for lens in MIX_LENSES),
        ]
        self.lens = make_combo("Lens", names)
        self.run_button = QPushButton("Run")
        self.run_button.setObjectName("offer")
        self.run_button.setProperty("first", True)
        self.run_button.setDefault(True)
        self.run_button.setToolTip("Ctrl+Enter")
        self.saved = SavedBar()
        self.answers = ResultsView(self.model, palette, judges=False)
        self.answers.setAccessibleName("Answers")
        self.plane = PlaneView(palette)
        self._said = make_label(HOW, name="muted")
        self._said.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._dropping = DropOut(marks, self)
        self._show_marks()
        self.resize(*SIZE)

    @property
    def request(self) -> MixRequest:
        mix = self.mix
        likes, unlikes = ([each.id for each in side] for side in (mix.likes, mix.unlikes))
        return MixRequest(tuple(likes), tuple(unlikes), mix.target, mix.lens)

    @property
    def mix(self) -> SavedMix:
        """What is set here, as it would be saved."""
        likes, unlikes = self._marks.of(LIKE), self._marks.of(UNLIKE)
        return SavedMix(likes, unlikes, self.target.currentData(), self.lens.currentData())

    @property
    def said(self) -> str:
        return self._said.text()

    def load(self, mix: SavedMix) -> None:
        self._marks.show(mix)
        self.lens.setCurrentIndex(max(0, self.lens.findData(mix.lens)))
        self.target.setCurrentIndex(max(0, self.target.findData(mix.target)))

    def show_found(self, mix: Mix, answers: int) -> None:
        self.say(" ".join((f"{count(answers, 'answer')}.", *mix.notes)))
        self.plane.show_mix(mix)
        self.plane.show()

    def say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._said.setAccessibleName(sentence)

    def set_palette(self, palette: Palette) -> None:
        for part in (self.likes, self.unlikes, self.answers, self.plane):
            part.set_palette(palette)

    def _connect(self) -> None:
        self._marks.changed.connect(self._show_marks)
        self.run_button.clicked.connect(self.run_wanted)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.run_button.click)
        self.answers.selected.connect(self._on_selected)
        self.plane.chosen.connect(self._on_chosen)

    @Slot()
    def _show_marks(self) -> None:
        """The target stays while it is marked."""
        wanted = self.target.currentData()
        with QSignalBlocker(self.target):
            self.target.clear()
            self.target.addItem(FIRST_LIKE, None)
            for session in self._marks.of(LIKE):
                self.target.addItem(session.title or session.id, session.id)
            self.target.setCurrentIndex(max(0, self.target.findData(wanted)))
        self.run_button.setEnabled(bool(self._marks.signs))

    @Slot(object)
    def _on_selected(self, row: ResultRow | None) -> None:
        self.plane.choose(row.card.key if row else None)

    @Slot(int)
    def _on_chosen(self, key: int) -> None:
        self.answers.choose(key)

    def _lay_out(self) -> None:
        self.plane.hide()
        found = QSplitter(Qt.Orientation.Vertical)
        found.addWidget(self.answers)
        found.addWidget(self.plane)
        found.setStretchFactor(0, 3)
        found.setStretchFactor(1, 2)
        found.setChildrenCollapsible(False)
        found.setSizes(ANSWERS_AND_PLANE)
        self._said.setContentsMargins(16, 8, 16, 8)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._said)
        right.addWidget(found, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side())
        row.addLayout(right, 1)

    def _side(self) -> QWidget:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.finder)
        for title, marked in (("Like these", self.likes), ("Not like these", self.unlikes)):
            marked.setAccessibleName(title)
            column.addSpacing(8)
            column.addWidget(make_label(title, name="strong"))
            column.addWidget(marked, 1)
        column.addSpacing(8)
        for name, combo in (("Target", self.target), ("Lens", self.lens)):
            label = make_label(name)
            label.setFixedWidth(56)
            row = QHBoxLayout()
            row.addWidget(label)
            row.addWidget(combo, 1)
            column.addLayout(row)
        column.addSpacing(4)
        column.addWidget(self.run_button)
        column.addSpacing(12)
        column.addWidget(self.saved)
        side = QFrame()
        side.setLayout(column)
        side.setFixedWidth(LEFT_WIDTH)
        return side
