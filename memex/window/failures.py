"""The files that could not be read, each with its reason."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QTableView, QVBoxLayout, QWidget

from memex.core.library import FileFailure
from memex.window.controls import make_label
from memex.window.results_model import Index
from memex.window.wording import count

HEADERS = ("Reason", "File")


class FailuresModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self._failures: tuple[FileFailure, ...] = ()

    def show(self, failures: Sequence[FileFailure]) -> None:
        self.beginResetModel()
        self._failures = tuple(failures)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._failures)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        failure = self._failures[index.row()]
        return (failure.reason, failure.path)[index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return HEADERS[section]


class FailuresDialog(QDialog):
    """Stays open beside the work; a later report replaces its rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Files That Could Not Be Read")
        self.setModal(False)
        self.resize(800, 360)
        self.model = FailuresModel()
        self._sentence = make_label()
        self._sentence.setWordWrap(True)
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName("Files that could not be read")
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        column = QVBoxLayout(self)
        column.addWidget(self._sentence)
        column.addWidget(table)
        self.show_failures(())

    def show_failures(self, failures: Sequence[FileFailure]) -> None:
        self.model.show(failures)
        sentence = "Every file was read."
        if failures:
            sentence = (
                f"{count(len(failures), 'file')} could not be read. A rescan tries again what has changed."
            )
        self._sentence.setText(sentence)
