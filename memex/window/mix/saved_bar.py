"""Mixes under a name: chosen to be run again, saved, renamed, deleted, put on the search box's list."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QPushButton, QWidget

from memex.core.mixing import SavedSearch


class SavedBar(QWidget):
    chosen = Signal(object)  # SavedSearch
    save_wanted = Signal(str, bool)  # name, whether the search box is to list it
    rename_wanted = Signal(str, str)  # name, new name
    delete_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._mixes: tuple[SavedSearch, ...] = ()
        self._loaded = ""
        self.names = QComboBox()
        self.names.setEditable(True)
        self.names.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.names.setAccessibleName("Name of the mix")
        line = QLineEdit()
        self.names.setLineEdit(line)
        line.setPlaceholderText("Name this mix")
        line.setAccessibleName("Name of the mix")
        self.is_listed = QCheckBox("Offer it in the search box")
        self.is_listed.setChecked(True)
        self.save_button, self.rename_button, self.delete_button = (
            QPushButton(text) for text in ("Save", "Rename", "Delete")
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addWidget(self.names, 0, 0, 1, 3)
        for column, button in enumerate((self.save_button, self.rename_button, self.delete_button)):
            button.setAutoDefault(False)
            grid.addWidget(button, 1, column)
        grid.addWidget(self.is_listed, 2, 0, 1, 3)
        self.names.activated.connect(self._on_activated)
        line.textChanged.connect(self._show_possible)
        self.save_button.clicked.connect(self._on_save)
        self.rename_button.clicked.connect(self._on_rename)
        self.delete_button.clicked.connect(self._on_delete)
        self._show_possible()

    @property
    def name(self) -> str:
        return " ".join(self.names.currentText().split())

    def show_saved(self, searches: Sequence[SavedSearch]) -> None:
        """The name that was typed stays."""
        self._mixes = tuple(search for search in searches if search.mix is not None)
        name = self.names.currentText()
        with QSignalBlocker(self.names):
            self.names.clear()
            self.names.addItems([search.name for search in self._mixes])
            self.names.setCurrentIndex(-1)
            self.names.setEditText(name)
        self._show_possible()

    def show_loaded(self, search: SavedSearch) -> None:
        self._loaded = search.name
        self.names.setEditText(search.name)
        self.is_listed.setChecked(search.is_listed)
        self._show_possible()

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        if 0 <= row < len(self._mixes):
            self.show_loaded(self._mixes[row])
            self.chosen.emit(self._mixes[row])

    @Slot()
    def _show_possible(self) -> None:
        known = {search.name for search in self._mixes}
        self.save_button.setEnabled(bool(self.name))
        self.rename_button.setEnabled(self._loaded in known and bool(self.name) and self.name not in known)
        self.delete_button.setEnabled(self.name in known)

    @Slot()
    def _on_save(self) -> None:
        self._loaded = self.name
        self.save_wanted.emit(self.name, self.is_listed.isChecked())

    @Slot()
    def _on_rename(self) -> None:
        before, self._loaded = self._loaded, self.name
        self.rename_wanted.emit(before, self.name)

    @Slot()
    def _on_delete(self) -> None:
        name = self.name
        self.names.setEditText("")
        self.delete_wanted.emit(name)
