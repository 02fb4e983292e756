"""The true state of the library in one line, and the job under way with what can be done to it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from memex.core.library import Health, LibraryStatus, Progress, Stage
from memex.window.controls import make_label, make_link, make_tool_button
from memex.window.elided_label import ElidedLabel
from memex.window.icons import icon
from memex.window.theme import Palette
from memex.window.wording import count, seconds_in_words
from memex.window.worker import EngineState

MODEL_OFFER = "Download the model, 90 MB"
PROGRESS_STEPS = 1_000
"""Of the bar, which counts no further than 2³¹: a large model has more bytes."""
MEGABYTE = 1_000_000
STAGE_NAMES = {
    Stage.DOWNLOAD: "downloading the model",
    Stage.SCAN: "looking for sessions",
    Stage.PARSE: "reading",
    Stage.EMBED: "embedding",
    Stage.REEMBED: "re-embedding",
    Stage.REREAD: "reading again",
    Stage.COMPARE: "comparing",
    Stage.UPSERT: "indexing",
    Stage.BUILD: "building the new index",
    Stage.ERASE: "forgetting",
    Stage.EXAMINE: "examining the library",
    Stage.EXPORT: "writing the snapshot",
    Stage.VERIFY: "checking the snapshot",
    Stage.IMPORT: "taking in the snapshot",
}
ENGINE_SENTENCES = {
    EngineState.STARTING: "Starting the engine…",
    EngineState.RESTARTING: "The engine is restarting; what you see stays.",
    EngineState.GONE: "The engine does not start; Memex keeps trying.",
}


class StatusBar(QFrame):
    pause_wanted = Signal()
    resume_wanted = Signal()
    cancel_wanted = Signal()
    failures_wanted = Signal()
    model_wanted = Signal()
    """The user agrees to the download."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self._palette = palette
        self._paused = False
        self._backend = ""
        self._model: str | None = None
        self._took: float | None = None
        self._counts = ElidedLabel("number")
        self._sentence = ElidedLabel("muted")
        self.failures_button = make_link("", bad=True)
        self.model_button = make_link(MODEL_OFFER)
        self._progress = QProgressBar()
        self._pace = make_label(name="number")
        self.hold_button = make_tool_button("Pause", "Pause")
        self.cancel_button = make_tool_button("Cancel", "Cancel; what is done stays done")
        self._where = make_label(name="number")
        self._lay_out()
        self._connect()
        self.set_palette(palette)
        self.show_job(None)
        self.show_state(EngineState.STARTING)

    @property
    def sentence(self) -> str:
        return self._sentence.whole

    @property
    def where(self) -> str:
        """The backend, the model and how long the last search took."""
        return self._where.text()

    @property
    def pace(self) -> str:
        return self._pace.text()

    @Slot(object)
    def show_status(self, status: LibraryStatus) -> None:
        self._counts.set_text(counts_in_words(status))
        self.failures_button.setText(f"{len(status.failed):,} failed")
        self.failures_button.setVisible(bool(status.failed))
        self._backend = backend_in_words(status)
        self._model = status.model
        self.model_button.setVisible(status.model_missing and status.job is None)
        self._degraded = status.degraded or status.repairs.last_error or ""
        self._model_sentence = model_in_words(status)
        self._show_sentence()
        self._show_where()
        self.show_job(status.job)

    @Slot(object)
    def show_job(self, progress: Progress | None) -> None:
        for widget in (self._progress, self._pace, self.hold_button, self.cancel_button):
            widget.setVisible(progress is not None)
        if progress is None:
            return
        self._progress.setRange(0, PROGRESS_STEPS if progress.total else 0)
        self._progress.setValue(PROGRESS_STEPS * progress.done // (progress.total or 1))
        self._progress.setAccessibleName(STAGE_NAMES[progress.stage])
        self._pace.setText(pace_in_words(progress))
        self._paused = progress.paused
        self.hold_button.setAccessibleName("Resume" if progress.paused else "Pause")
        self.hold_button.setToolTip("Resume" if progress.paused else "Pause")
        self._show_hold()

    @Slot(object)
    def show_state(self, state: EngineState) -> None:
        """The engine's own state comes before what the library says of itself."""
        self._engine_sentence = ENGINE_SENTENCES.get(state, "")
        self._show_sentence()

    def show_took(self, milliseconds: float | None) -> None:
        self._took = milliseconds
        self._show_where()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.cancel_button.setIcon(icon("stop", palette.muted))
        self._show_hold()

    def _lay_out(self) -> None:
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(120, 6)
        self._degraded = self._model_sentence = self._engine_sentence = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        row.addWidget(self._counts, 3)
        row.addWidget(self.failures_button)
        row.addWidget(self._sentence, 2)
        row.addWidget(self.model_button)
        row.addSpacing(8)
        for widget in (self._progress, self._pace, self.hold_button, self.cancel_button):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self._where)
        self.setFixedHeight(36)
        self.failures_button.hide()
        self.model_button.hide()

    def _connect(self) -> None:
        self.hold_button.clicked.connect(self._on_hold_clicked)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.failures_button.clicked.connect(self.failures_wanted)
        self.model_button.clicked.connect(self.model_wanted)

    @Slot()
    def _on_hold_clicked(self) -> None:
        (self.resume_wanted if self._paused else self.pause_wanted).emit()

    def _show_hold(self) -> None:
        self.hold_button.setIcon(icon("resume" if self._paused else "pause", self._palette.muted))

    def _show_sentence(self) -> None:
        self._sentence.set_text(self._engine_sentence or self._degraded or self._model_sentence)

    def _show_where(self) -> None:
        took = f"{self._took:.0f} ms" if self._took is not None else ""
        parts = (self._backend, model_name(self._model), took)
        self._where.setText(" · ".join(part for part in parts if part))
        self._where.setToolTip(f"Embedded with {self._model}" if self._model else "")


def counts_in_words(status: LibraryStatus) -> str:
    """A session's text is written together with it, so all of them have it."""
    if not status.sessions:
        return "No sessions yet"
    sessions = count(status.sessions, "session")
    if status.subagents:
        sessions += f", of them {count(status.subagents, 'sub-agent')}"
    parts = [sessions, f"{status.sessions:,} with text", f"{status.with_vectors:,} with vectors"]
    if status.waiting:
        since = status.repairs.oldest
        parts.append(f"{status.waiting:,} waiting{f' since {since.astimezone():%H:%M}' if since else ''}")
    return " · ".join(parts)


def backend_in_words(status: LibraryStatus) -> str:
    """`embedded`, or `localhost:6333 · degraded`."""
    where = status.backend.split("://")[-1]
    return where if status.health is Health.FINE else f"{where} · {status.health}"


def model_name(key: str | None) -> str:
    """Of a signature's key: without dimension, variant and weights."""
    return key.rsplit("-", 3)[0] if key else ""


def model_in_words(status: LibraryStatus) -> str:
    """A change of the model that is under way comes before what to do about another one."""
    change = status.reembed
    if change and not (status.job and status.job.stage is Stage.REEMBED):
        return (
            f"{model_name(change.model)}: {change.done:,} of {change.texts:,} texts embedded; "
            f"searches use {model_name(status.model)} until all are."
        )
    return status.model_advice or ""


def pace_in_words(progress: Progress) -> str:
    """`embedding 1,170 of 1,204 texts · 21/s · 2 s left`, as far as it is known."""
    parts = [f"{STAGE_NAMES[progress.stage]} {amounts_in_words(progress)}"]
    if progress.paused:
        return f"paused · {parts[0]}"
    if progress.per_second:
        parts.append(
            f"{progress.per_second:,.0f}/s" if progress.per_second >= 1 else f"{progress.per_second:.1f}/s"
        )
    if progress.seconds_left is not None:
        parts.append(f"{seconds_in_words(progress.seconds_left)} left")
    return " · ".join(parts)


def amounts_in_words(progress: Progress) -> str:
    if progress.unit == "bytes":
        return f"{progress.done / MEGABYTE:,.0f} of {progress.total / MEGABYTE:,.0f} MB"
    return f"{progress.done:,} of {progress.total:,} {progress.unit}"
