"""What is shown of a bug: where it happened, ready to be copied. It blocks nothing."""

import platform

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

import memex
from memex.window import fonts
from memex.window.controls import make_label

MAX_REPORTS = 20


class BugReport(QDialog):
    """Later bugs are added below the first, since the first is most often the cause."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("A Bug in Memex")
        self.setModal(False)
        self.resize(720, 400)
        self._count = 0
        self._traceback = QPlainTextEdit()
        self._traceback.setReadOnly(True)
        self._traceback.setFont(fonts.code_font(fonts.small_size()))
        self._traceback.setAccessibleName("Report")
        sentence = make_label("Memex made a mistake here. Your sessions are safe; please report this text.")
        sentence.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._on_copy_clicked)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(sentence)
        column.addWidget(self._traceback)
        column.addWidget(buttons)

    @property
    def text(self) -> str:
        return self._traceback.toPlainText()

    @Slot(str)
    def add(self, traceback: str) -> None:
        if self._count < MAX_REPORTS:
            self._traceback.appendPlainText(traceback if self._count else f"{_versions()}\n\n{traceback}")
        self._count += 1
        self.show()

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


def _versions() -> str:
    return f"Memex {memex.__version__}, Python {platform.python_version()}, {platform.platform()}"
