"""What is known of the selected session, and the numbers behind its place."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFormLayout, QScrollArea, QVBoxLayout, QWidget

from memex.core.replay import SessionOutline
from memex.core.search import SessionCard
from memex.core.session import Outcome
from memex.window import wording
from memex.window.controls import make_label
from memex.window.elided_label import ElidedLabel
from memex.window.explanation import Explanation
from memex.window.results_model import ResultRow
from memex.window.score_table import ScoreTable
from memex.window.theme import Palette

FIELDS = ("id", "project", "branch", "agent", "started", "lasted", "turns", "errors", "outcome", "source")


class Inspector(QScrollArea):
    def __init__(
        self, palette: Palette, explain: Callable[[int], Explanation | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._explain = explain
        self.setObjectName("inspector")
        self.setAccessibleName("Details")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._row: ResultRow | None = None
        self._project_paths: dict[int, str] = {}
        self._title = make_label(name="paneTitle")
        self._title.setWordWrap(True)
        self._values = {field: _value() for field in FIELDS}
        self._scores = ScoreTable(palette)
        self._body = QWidget()
        self._body.setObjectName("inspectorBody")
        self._lay_out()
        self.setWidget(self._body)
        self.show_row(None)

    @property
    def title(self) -> str:
        return self._title.text()

    @Slot(object)
    def show_row(self, row: ResultRow | None) -> None:
        before, self._row = self._row, row
        if before and row and before.card is row.card:  # re-ranked
            self._show_scores(row)
            return
        self._show(row)

    def _show(self, row: ResultRow | None) -> None:
        self._fields.setVisible(row is not None)
        self._scores.setVisible(row is not None and row.score is not None)
        if row is None:
            self._title.setText("No session selected")
            return
        self._title.setText(row.text.title)
        for field, text in details(row.card, self._project_paths.get(row.card.key)).items():
            self._values[field].set_text(text or "–")
        self._values["outcome"].setProperty("solved", row.card.outcome is Outcome.RESOLVED)
        self._values["errors"].setProperty("bad", row.card.error_count > 0)
        for field in ("outcome", "errors"):
            self._values[field].style().polish(self._values[field])
        self._show_scores(row)

    def _show_scores(self, row: ResultRow) -> None:
        self._scores.show_explanation(self._explain(row.card.key))

    @Slot(object)
    def take_outline(self, outline: SessionOutline) -> None:
        """An opened session tells its project's whole path, which its card has not got."""
        if outline.project_path:
            self._project_paths[outline.card.key] = outline.project_path
        if self._row and self._row.card.key == outline.card.key:
            self._show(self._row)

    def set_palette(self, palette: Palette) -> None:
        self._scores.set_palette(palette)

    def _lay_out(self) -> None:
        self._fields = QWidget()
        form = QFormLayout(self._fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        for field, value in self._values.items():
            form.addRow(make_label(field, "muted"), value)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._scores)
        column.addWidget(self._fields)
        column.addStretch()


def details(card: SessionCard, project_path: str | None) -> dict[str, str]:
    """Text by field; empty where the transcript says nothing."""
    return {
        "id": card.id,
        "project": wording.place(project_path) if project_path else card.project or "",
        "branch": card.branch or "",
        "agent": wording.agent_name(card.agent),
        "started": wording.exact_time(card.started_at),
        "lasted": wording.duration(card),
        "turns": f"{card.turn_count:,}, of them {wording.count(card.prompt_count, 'prompt')}",
        "errors": f"{card.error_count:,}" if card.error_count else "none",
        "outcome": wording.OUTCOME_NAMES[card.outcome],
        "source": wording.place(card.source_path),
    }


def _value() -> ElidedLabel:
    """Ids and paths are known by both of their ends."""
    return ElidedLabel("detail", Qt.TextElideMode.ElideMiddle)
