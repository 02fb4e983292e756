"""Take a session out: format, turns, secrets, and where to; the window stays usable meanwhile."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from memex.core.names import redaction_in_words
from memex.core.replay import Exported, ExportFormat, ExportOrder, SessionOutline
from memex.core.safe_text import one_line
from memex.engine.protocol import Failed, Reply
from memex.engine.replay_messages import ExportSession, SessionExported
from memex.window.controls import make_combo, make_label
from memex.window.replay.asking import Ask
from memex.window.wording import card_title, count, place

FORMATS = (
    (ExportFormat.HTML, "HTML page"),
    (ExportFormat.MARKDOWN, "Markdown"),
    (ExportFormat.JSON, "JSON"),
)
NAME_LENGTH = 60
MEGABYTE = 1_000_000


class ExportDialog(QDialog):
    """Turns are counted from 1 here, as everywhere in the window."""

    def __init__(
        self, outline: SessionOutline, selected: tuple[int, int] | None, ask: Ask, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export Session")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._outline = outline
        self._ask = ask
        self._written: Path | None = None
        self._may_overwrite = False
        self._choose_turns(selected)
        self._format = make_combo("Format", FORMATS)
        self._redact = QCheckBox("Replace secrets by placeholders")
        self._redact.setChecked(True)
        self._path = QLineEdit(str(self._proposed()))
        self._path.setAccessibleName("File")
        self._browse = QPushButton("Browse…")
        self._said = make_label(name="exportSaid")
        self._said.setWordWrap(True)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setAccessibleName("Exporting")
        self._show = QPushButton("Show in Folder")
        self._export = QPushButton("Export")
        self._export.setDefault(True)
        self._close = QPushButton("Close")
        self._lay_out()
        self._connect()

    def _choose_turns(self, selected: tuple[int, int] | None) -> None:
        last = max(1, len(self._outline.turns))
        first, until = (selected[0] + 1, selected[1] + 1) if selected else (1, last)
        self._all = QRadioButton(f"All {last:,}")
        self._some = QRadioButton("From")
        self._choice = QButtonGroup(self)
        for button in (self._all, self._some):
            self._choice.addButton(button)
        (self._some if selected else self._all).setChecked(True)
        self._first = _turn_box("First turn", first, last)
        self._last = _turn_box("Last turn", until, last)

    def order(self) -> ExportOrder:
        is_whole = self._all.isChecked()
        return ExportOrder(
            self._outline.card.id,
            ExportFormat(self._format.currentData()),
            first=None if is_whole else self._first.value() - 1,
            last=None if is_whole else self._last.value() - 1,
            redact=self._redact.isChecked(),
            path=str(Path(self._path.text()).expanduser().absolute()),
            overwrite=self._may_overwrite,
        )

    def _on_export_clicked(self) -> None:
        self._said.setText("")
        self._set_busy(True)
        self._ask(ExportSession(self.order()), self._take)

    def _take(self, reply: Reply) -> None:
        if not isValid(self):
            return
        self._set_busy(False)
        if isinstance(reply, Failed):
            self._said.setText(reply.message)
        elif isinstance(reply, SessionExported):
            exported = reply.exported
            self._written = Path(exported.path) if exported.path else None
            self._show.setVisible(self._written is not None)
            self._said.setText(finish_sentence(exported))
            self._said.setToolTip("\n".join(redaction_in_words(one) for one in exported.redactions))

    def _set_busy(self, is_busy: bool) -> None:
        self._busy.setVisible(is_busy)
        self._export.setEnabled(not is_busy)
        if is_busy:
            self._show.hide()

    def _on_format_chosen(self) -> None:
        path = Path(self._path.text())
        self._path.setText(str(path.with_suffix(f".{self._format.currentData()}")))

    def _on_path_edited(self) -> None:
        """Only the file that was agreed to is written over."""
        self._may_overwrite = False

    def _on_browse_clicked(self) -> None:
        dialog = QFileDialog(self, "Export To", self._path.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(str(self._format.currentData()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    def _on_file_selected(self, path: str) -> None:
        """The dialog has asked whether a file that is there may go."""
        self._path.setText(path)
        self._may_overwrite = True

    def _on_show_clicked(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def _proposed(self) -> Path:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = one_line(card_title(self._outline.card), NAME_LENGTH)
        name = "-".join("".join(letter if letter.isalnum() else " " for letter in title).split()) or "session"
        return Path(folder or Path.home()) / f"{name.lower()}.{ExportFormat.HTML}"

    def _connect(self) -> None:
        self._format.currentIndexChanged.connect(self._on_format_chosen)
        self._path.textChanged.connect(self._on_path_edited)
        self._browse.clicked.connect(self._on_browse_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self._show.clicked.connect(self._on_show_clicked)
        self._close.clicked.connect(self.close)
        for box in (self._first, self._last):
            box.valueChanged.connect(self._some.click)

    def _lay_out(self) -> None:
        turns, file, buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for widget in (self._all, self._some, self._first, make_label("to"), self._last):
            turns.addWidget(widget)
        turns.addStretch(1)
        file.addWidget(self._path, 1)
        file.addWidget(self._browse)
        buttons.addWidget(self._show)
        buttons.addStretch(1)
        buttons.addWidget(self._export)
        buttons.addWidget(self._close)
        form = QFormLayout()
        form.addRow("Format", self._format)
        form.addRow("Turns", turns)
        form.addRow("Secrets", self._redact)
        form.addRow("File", file)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self._said)
        column.addWidget(self._busy)
        column.addLayout(buttons)
        self._busy.hide()
        self._show.hide()
        self.resize(560, self.sizeHint().height())


def finish_sentence(exported: Exported) -> str:
    where = f" to {place(exported.path)}" if exported.path else ""
    hidden = sum(one.count for one in exported.redactions)
    secrets = f" {count(hidden, 'secret')} replaced." if hidden else ""
    return f"{count(exported.turns, 'turn')} written{where} ({exported.size / MEGABYTE:.1f} MB).{secrets}"


def _turn_box(name: str, value: int, last: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(1, last)
    box.setValue(value)
    box.setAccessibleName(name)
    return box
