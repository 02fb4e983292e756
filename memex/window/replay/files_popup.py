"""The files that a session touched: a list to look through, and to choose one from."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QSortFilterProxyModel, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from memex.core.replay import TouchedFile
from memex.core.safe_text import one_line
from memex.core.session import TouchKind

SIZE = (560, 320)
SEPARATOR = "  ·  "


class FilesPopup(QFrame):
    chosen = Signal(str)  # path

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("filesPopup")
        self.setAccessibleName("Files")
        self._paths: tuple[str, ...] = ()
        self._lines = QStringListModel(self)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self._lines)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Part of a path")
        self._filter.setAccessibleName("Part of a path")
        self._filter.textChanged.connect(self._on_text_changed)
        self._filter.returnPressed.connect(self._on_return_pressed)
        self._list = QListView()
        self._list.setAccessibleName("Files that were touched")
        self._list.setModel(self._filtered)
        self._list.setUniformItemSizes(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._choose)
        self._list.activated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._filter)
        column.addWidget(self._list)

    def show_files(self, files: Sequence[TouchedFile]) -> None:
        self._paths = tuple(file.path for file in files)
        self._lines.setStringList([_line(file) for file in files])
        self._filter.clear()

    def open_below(self, widget: QWidget) -> None:
        screen = widget.screen().availableGeometry()
        width, height = min(SIZE[0], screen.width()), min(SIZE[1], screen.height())
        place = widget.mapToGlobal(QPoint(0, widget.height()))
        left = max(screen.left(), min(place.x(), screen.right() - width))
        self.setGeometry(left, min(place.y(), screen.bottom() - height), width, height)
        self.show()
        self._filter.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the field, the arrows go into the list."""
        if event.key() == Qt.Key.Key_Down and self._filter.hasFocus():
            self._list.setFocus(Qt.FocusReason.TabFocusReason)
            self._list.setCurrentIndex(self._filtered.index(0, 0))
        else:
            super().keyPressEvent(event)

    def _on_text_changed(self, text: str) -> None:
        self._filtered.setFilterFixedString(text)

    def _on_return_pressed(self) -> None:
        if self._filtered.rowCount():
            self._choose(self._filtered.index(0, 0))

    def _choose(self, index: QModelIndex) -> None:
        path = self._paths[self._filtered.mapToSource(index).row()]
        self.hide()
        self.chosen.emit(path)


def _line(file: TouchedFile) -> str:
    done = ", ".join(f"{kind} {times}×" for kind in TouchKind if (times := getattr(file, kind)))
    return f"{one_line(file.path)}{SEPARATOR}{done}" if done else one_line(file.path)
