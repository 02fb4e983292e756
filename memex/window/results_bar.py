"""Above the results: how they are sorted and grouped, and what the user's marks add."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QWidget

from memex.core.filters import Order
from memex.window.arrangement import Grouping
from memex.window.controls import make_combo, make_label, make_link
from memex.window.results_model import Verdict
from memex.window.sorting import ORDER_NAMES
from memex.window.wording import count

GROUPING_NAMES = {Grouping.NONE: "No groups", Grouping.PROJECT: "By project"}


class ResultsBar(QFrame):
    order_changed = Signal(object)  # Order
    grouping_changed = Signal(object)  # Grouping
    reset_wanted = Signal()
    """All marks are to be taken back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsBar")
        self._orders = make_combo("Sort", ORDER_NAMES.items())
        self._groupings = make_combo("Groups", GROUPING_NAMES.items())
        self._signals = make_label(name="muted")
        self.reset_button = make_link("reset")
        self.reset_button.setAccessibleName("Reset your marks")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        for widget in (self._orders, self._groupings):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._signals)
        row.addWidget(self.reset_button)
        self._orders.activated.connect(self._on_order_chosen)
        self._groupings.activated.connect(self._on_grouping_chosen)
        self.reset_button.clicked.connect(self.reset_wanted)
        self.show_verdicts({})

    @property
    def order(self) -> Order:
        return Order(self._orders.currentData())

    @property
    def grouping(self) -> Grouping:
        return Grouping(self._groupings.currentData())

    def choose_order(self, order: Order) -> None:
        _choose(self._orders, order)
        self.order_changed.emit(order)

    def choose_grouping(self, grouping: Grouping) -> None:
        _choose(self._groupings, grouping)
        self.grouping_changed.emit(grouping)

    @Slot()
    def next_order(self) -> None:
        orders = list(Order)
        self.choose_order(orders[(orders.index(self.order) + 1) % len(orders)])

    @Slot()
    def toggle_grouping(self) -> None:
        is_grouped = self.grouping is Grouping.PROJECT
        self.choose_grouping(Grouping.NONE if is_grouped else Grouping.PROJECT)

    @property
    def signals_in_words(self) -> str:
        return self._signals.text()

    @Slot(object)
    def show_verdicts(self, verdicts: dict[int, Verdict]) -> None:
        self._signals.setText(f"{count(len(verdicts), 'signal')} ·" if verdicts else "")
        self._signals.setVisible(bool(verdicts))
        self.reset_button.setVisible(bool(verdicts))

    @Slot(int)
    def _on_order_chosen(self, _index: int) -> None:
        self.order_changed.emit(self.order)

    @Slot(int)
    def _on_grouping_chosen(self, _index: int) -> None:
        self.grouping_changed.emit(self.grouping)


def _choose(combo: QComboBox, value: object) -> None:
    with QSignalBlocker(combo):
        combo.setCurrentIndex(combo.findData(value, Qt.ItemDataRole.UserRole))
