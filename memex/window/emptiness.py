"""What the window says where there is nothing to list: always a sentence, and a way on."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from memex.core.library import LibraryStatus
from memex.core.search import Relaxation
from memex.window.controls import make_label
from memex.window.remark_strip import Offer, Remark, RemarkStrip
from memex.window.worker import EngineState

INDEX_OWN = "library.rescan"
INDEX_FOLDER = "library.index_folder"
OPEN_DEMO = "library.demo"
CLEAR_SEARCH = "search.clear"
OFFER_WIDTH = 224
MOST_RELAXED = 4
LONGEST_QUOTE = 120
"""Characters of a search that are repeated; a paste is longer than a window."""
OFFER_TITLES = {
    INDEX_OWN: "Index my sessions",
    INDEX_FOLDER: "Index a folder…",
    OPEN_DEMO: "Open the demo library",
    CLEAR_SEARCH: "Show the newest sessions",
}


@dataclass(frozen=True, slots=True)
class Emptiness:
    headline: str
    detail: str = ""
    offers: tuple[str, ...] = ()
    """Ids of commands, the first one is the one to press."""
    relaxed: tuple[Offer, ...] = ()
    """Searches that would find something."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides whether the list is empty, and why."""

    engine: EngineState = EngineState.STARTING
    status: LibraryStatus | None = None
    text: str = ""
    count: int | None = None
    """Sessions shown; None before the first answer."""
    has_agent_folders: bool = False
    degraded: str | None = None
    has_words: bool = True
    """Whether any session found holds a word of the search, not only its meaning."""
    is_search: bool = True
    """Sessions were searched for, as against listed by conditions."""
    is_close: bool = True
    is_by_recency: bool = False
    left_out: int = 0
    corrections: tuple[tuple[str, str], ...] = ()
    """(typed, read)"""
    relaxations: tuple[Relaxation, ...] = ()


def explain(situation: Situation) -> Emptiness | None:
    """None: there is something to show, so nothing to explain."""
    if situation.count:
        return None
    if situation.engine in (EngineState.RESTARTING, EngineState.GONE):
        return _without_engine(situation.engine)
    status = situation.status
    if status is None:
        return Emptiness("Opening the library…")
    if status.sessions == 0:
        return _indexing(situation) if status.job else _no_library(situation)
    if situation.text and situation.count == 0:
        return _nothing_found(situation, status)
    return Emptiness("Searching…" if situation.text else "Listing the newest sessions…")


def _without_engine(engine: EngineState) -> Emptiness:
    if engine is EngineState.RESTARTING:
        return Emptiness(
            "The engine is restarting.", "Nothing is lost; your search runs as soon as it is back."
        )
    return Emptiness("The library cannot be opened.", "Why is said above. Memex keeps trying.")


def _no_library(situation: Situation) -> Emptiness:
    offers: tuple[str, ...] = (INDEX_FOLDER, OPEN_DEMO)
    detail = "No sessions of Claude Code or Codex were found in their usual places."
    if situation.has_agent_folders:
        offers = (INDEX_OWN, *offers)
        detail = "Your transcripts are only read, and nothing leaves this machine."
    return Emptiness("There are no sessions in this library yet.", detail, offers)


def _indexing(situation: Situation) -> Emptiness:
    detail = (
        "They appear here as they are read, the newest first, and can be searched by their words at once."
    )
    if situation.text:
        detail = "Your search is answered as soon as the first of them are in."
    return Emptiness("Reading your sessions…", detail)


def _nothing_found(situation: Situation, status: LibraryStatus) -> Emptiness:
    how = (
        "by their words only"
        if situation.degraded or not status.with_vectors
        else "by their words and by meaning"
    )
    detail = f"{status.sessions:,} sessions were searched {how}."
    if status.waiting:
        detail += f" {status.waiting:,} are still waiting to be read."
    relaxed = offers_of(situation.relaxations)
    return Emptiness(f"Nothing found for “{_cut(situation.text)}”.", detail, (CLEAR_SEARCH,), relaxed)


def offers_of(relaxations: tuple[Relaxation, ...]) -> tuple[Offer, ...]:
    return tuple(
        Offer(f"without {each.dropped} → {each.count:,}", each.request.text)
        for each in relaxations[:MOST_RELAXED]
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


class EmptyState(QWidget):
    wanted = Signal(str)  # id of a command
    search_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._headline = make_label(name="emptyHeadline")
        self._detail = make_label(name="emptyDetail")
        self._offers: dict[str, QPushButton] = {}
        self._relaxed = RemarkStrip("relaxed")
        self._relaxed.search_wanted.connect(self.search_wanted)
        for label in (self._headline, self._detail):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._lay_out()

    def show_emptiness(self, emptiness: Emptiness) -> None:
        self._headline.setText(emptiness.headline)
        self._detail.setText(emptiness.detail)
        self._detail.setVisible(bool(emptiness.detail))
        for command, button in self._offers.items():
            button.setVisible(command in emptiness.offers)
            button.setProperty("first", command == next(iter(emptiness.offers), None))
            button.style().polish(button)
        self._relaxed.show_remark(Remark("Found without one condition:", emptiness.relaxed))
        self._relaxed.setVisible(bool(emptiness.relaxed))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._headline)
        column.addWidget(self._detail)
        column.addWidget(self._relaxed, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        for command, title in OFFER_TITLES.items():
            self._offers[command] = self._make_offer(command, title)
            column.addWidget(self._offers[command], 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def _make_offer(self, command: str, title: str) -> QPushButton:
        button = QPushButton(title)
        button.setObjectName("offer")
        button.setFixedWidth(OFFER_WIDTH)
        button.clicked.connect(lambda: self.wanted.emit(command))
        return button
