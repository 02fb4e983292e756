"""Every connection of the search: box, filters, options, bar and marks around one finder and one engine."""

from PySide6.QtCore import QObject, Signal, Slot

from memex.core.filters import Field
from memex.core.query import Query
from memex.core.query_text import Unfinished
from memex.engine.protocol import Completions, FacetsCounted
from memex.window.clock import Clock
from memex.window.feedback import Feedback
from memex.window.finder import Finder
from memex.window.library_watch import LibraryWatch
from memex.window.main_window import MainWindow
from memex.window.query_editing import with_value, without_filters
from memex.window.worker import EngineHandle


class Searching(QObject):
    named = Signal(object)  # SessionCard: its id or path was pasted

    def __init__(self, window: MainWindow, engine: EngineHandle, watch: LibraryWatch, clock: Clock) -> None:
        super().__init__()
        self._window = window
        self._engine = engine
        self._clock = clock
        self._completing: Unfinished | None = None
        self.finder = Finder(window.model, clock)
        self.feedback = Feedback()
        self._connect_box(watch)
        self._connect_options()
        self._connect_filters()
        self._connect_engine(watch)

    @Slot()
    def clear_filters(self) -> None:
        box = self._window.search_box
        box.set_text(without_filters(box.text, self._clock()))

    def _connect_box(self, watch: LibraryWatch) -> None:
        box, results = self._window.search_box, self._window.results
        box.search_wanted.connect(watch.take_question)
        box.search_wanted.connect(self.finder.find)
        box.moved.connect(results.move)
        box.accepted.connect(self._on_accepted)
        box.completion.values_wanted.connect(self._on_values_wanted)
        results.opened.connect(box.remember)
        results.selected.connect(self._window.inspector.show_row)
        for part in (self._window.remark_strip, self._window.empty_state):
            part.search_wanted.connect(box.set_text)

    def _connect_options(self) -> None:
        window, finder, bar = self._window, self.finder, self._window.results_bar
        window.lens_panel.options_changed.connect(finder.set_options)
        bar.order_changed.connect(finder.set_order)
        bar.grouping_changed.connect(window.model.set_grouping)
        bar.reset_wanted.connect(self.feedback.reset)
        window.results.judged.connect(self.feedback.judge)
        self.feedback.changed.connect(finder.set_verdicts)
        self.feedback.changed.connect(bar.show_verdicts)

    def _connect_filters(self) -> None:
        facets = self._window.facet_panel
        facets.toggled.connect(self._on_facet_toggled)
        facets.clear_wanted.connect(self.clear_filters)
        self.finder.asked.connect(self._on_asked)

    def _connect_engine(self, watch: LibraryWatch) -> None:
        finder, engine = self.finder, self._engine
        finder.search_wanted.connect(engine.search)
        finder.sessions_wanted.connect(engine.list_sessions)
        finder.facets_wanted.connect(engine.count_facets)
        engine.searched.connect(finder.take_table)
        engine.sessions_listed.connect(finder.take_sessions)
        engine.facets_counted.connect(self._on_facets_counted)
        engine.completed.connect(self._on_completed)
        finder.shown.connect(watch.take_answer)
        finder.named.connect(self.named)

    @Slot(object)
    def _on_asked(self, query: Query) -> None:
        self._window.facet_panel.show_filters(query.filters)
        if query.is_empty:
            self.feedback.forget()

    @Slot()
    def _on_accepted(self) -> None:
        """Enter on a search that is still under way must not open what the last one found."""
        if self.finder.is_answered:
            self._window.results.open_current()

    @Slot(object, str, bool)
    def _on_facet_toggled(self, field: Field, value: str, is_wanted: bool) -> None:
        box = self._window.search_box
        box.set_text(with_value(box.text, field, value, is_wanted=is_wanted, now=self._clock()))

    @Slot(object)
    def _on_facets_counted(self, counted: FacetsCounted) -> None:
        if counted.request == self.finder.facets_asked:
            self._window.facet_panel.show_facets(counted.facets)

    @Slot(object)
    def _on_values_wanted(self, word: Unfinished) -> None:
        self._completing = word
        self._engine.complete(word.field, word.beginning)

    @Slot(object)
    def _on_completed(self, completions: Completions) -> None:
        word, asked = self._completing, completions.request
        if word and (word.field, word.beginning) == (asked.field, asked.beginning):
            self._window.search_box.completion.take_values(word, completions.values)
