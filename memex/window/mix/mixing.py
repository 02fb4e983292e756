"""Every connection of Mix & Match: marks, tray, dialog and saved searches around one engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from memex.core.lenses import RankOptions, Weights
from memex.core.mixing import MarkedSession, Mix, MixReason, MixRequest, SavedSearch
from memex.core.search import SearchRequest, SessionCard
from memex.engine.mix_messages import (
    DeleteSavedSearch,
    ListSavedSearches,
    Mixed,
    MixSessions,
    RenameSavedSearch,
    SavedSearchChange,
    SavedSearchList,
    SaveSearch,
)
from memex.engine.protocol import Failed, Reply, Search, Searched
from memex.window.clock import Clock
from memex.window.main_window import MainWindow
from memex.window.mix.dialog import MixDialog
from memex.window.mix.mark_list import DropOut
from memex.window.mix.marks import marked
from memex.window.theme import Palette
from memex.window.wording import card_title, count, score
from memex.window.worker import EngineHandle

if TYPE_CHECKING:
    from memex.core.ranking import Ranker


class Mixing(QObject):
    opened = Signal(object)  # ResultRow: an answer's replay is wanted
    named = Signal(str)  # session id: a mark's replay is wanted
    failed = Signal(str)  # a sentence

    def __init__(self, window: MainWindow, engine: EngineHandle, clock: Clock) -> None:
        super().__init__()
        self._window = window
        self._engine = engine
        self._clock = clock
        self._options = RankOptions()
        self._asked: MixRequest | None = None
        self._answer: tuple[Mix, Ranker] | None = None
        self._dialog: MixDialog | None = None
        self.saved: tuple[SavedSearch, ...] = ()
        self.marks = window.marks
        self._dropping = DropOut(self.marks, window)
        self._connect()

    @property
    def dialog(self) -> MixDialog:
        """Made when it is first wanted: the window paints without it."""
        if self._dialog is None:
            dialog = self._dialog = MixDialog(self._window, self.marks, self._window.palette_shown)
            dialog.run_wanted.connect(self.run)
            dialog.finder.wanted.connect(self._on_session_wanted)
            dialog.answers.opened.connect(self.opened)
            dialog.answers.marked.connect(self.mark)
            dialog.likes.opened.connect(self.named)
            dialog.unlikes.opened.connect(self.named)
            dialog.saved.chosen.connect(self.run_saved)
            dialog.saved.save_wanted.connect(self._on_save_wanted)
            dialog.saved.rename_wanted.connect(self._on_rename_wanted)
            dialog.saved.delete_wanted.connect(self._on_delete_wanted)
            dialog.saved.show_saved(self.saved)
            dialog.model.set_marks(self.marks.signs)
        return self._dialog

    @Slot()
    def open(self) -> None:
        self.dialog.show()
        self.dialog.activateWindow()
        self.dialog.finder.line.setFocus()

    @Slot(object, int)
    def mark(self, card: SessionCard, sign: int) -> None:
        self.marks.toggle(marked(card), sign)

    def mark_current(self, sign: int) -> None:
        """What has the keyboard: the session that is replayed, else the current result."""
        replay = self._window.replay
        if replay.has_keyboard and (outline := replay.active.outline):
            self.mark(outline.card, sign)
        elif row := self._window.results.current_row:
            self.mark(row.card, sign)

    def mark_all(self, sessions: Iterable[MarkedSession], sign: int) -> None:
        self.marks.put(sessions, sign)

    @Slot()
    def run(self) -> None:
        self._asked = self.dialog.request
        self._engine.ask(MixSessions(self._asked), self._take_answer)

    @Slot(object)
    def run_saved(self, search: SavedSearch) -> None:
        if search.mix:
            self.open()
            self.dialog.load(search.mix)
            self.dialog.saved.show_loaded(search)
            self.run()

    @Slot()
    def ask_saved(self) -> None:
        self._engine.ask(ListSavedSearches(), self._take_saved)

    def save_search(self) -> None:
        """Under its own words; one that is saved already is let go."""
        text = self._window.search_box.text
        if any(search.name == text and search.mix is None for search in self.saved):
            self._change(DeleteSavedSearch(text))
        elif text:
            self._change(SaveSearch(SavedSearch(text, text)))

    @Slot(str)
    def run_named(self, name: str) -> None:
        for search in self.saved:
            if search.name == name:
                self.run_saved(search)

    @Slot(object)
    def set_options(self, options: RankOptions) -> None:
        """Of the lenses: the answers are ranked as a search's, but for what was said of found sessions."""
        self._options = msgspec.structs.replace(options, liked=(), disliked=())
        self._show_ranked()

    def set_palette(self, palette: Palette) -> None:
        if self._dialog:
            self._dialog.set_palette(palette)

    def _connect(self) -> None:
        window = self._window
        window.tray.mix_wanted.connect(self.open)
        window.tray.chips.opened.connect(self.named)
        window.results.marked.connect(self.mark)
        window.lens_panel.options_changed.connect(self.set_options)
        window.search_box.completion.mix_wanted.connect(self.run_named)
        window.palette_changed.connect(self.set_palette)
        self.marks.changed.connect(self._on_marks_changed)

    @Slot()
    def _on_marks_changed(self) -> None:
        signs = self.marks.signs
        self._window.model.set_marks(signs)
        if self._dialog:
            self._dialog.model.set_marks(signs)

    def _take_answer(self, reply: Reply) -> None:
        from memex.core.ranking import Ranker  # numpy, after the first paint

        match reply:
            case Mixed(mix=mix) if mix.request == self._asked:
                self._answer = mix, Ranker(mix.table)
                self._show_ranked()
                self.dialog.show_found(mix, len(mix.table.cards))
            case Failed(message=message):
                self.dialog.say(message)

    def _show_ranked(self) -> None:
        if self._answer is None:
            return
        mix, ranker = self._answer
        options = self._options
        if mix.request.lens is not None:  # it alone was asked for, whatever its slider says
            options = msgspec.structs.replace(options, weights=Weights())
        ranking = ranker.rank(options, self._clock())
        notes = {
            card.key: reason_line(mix, why) for card, why in zip(mix.table.cards, mix.reasons, strict=True)
        }
        self.dialog.model.set_notes(notes)
        self.dialog.model.show_table(mix.table, ranking, ranking.order, self._clock())

    @Slot(str)
    def _on_session_wanted(self, text: str) -> None:
        def show(reply: Reply) -> None:
            if isinstance(reply, Searched):
                from memex.core.ranking import rank

                order = rank(reply.table, self._options, self._clock()).order
                self.dialog.finder.show_found(text, [reply.table.cards[row] for row in order[:20]])

        self._engine.ask(Search(SearchRequest(text, as_typed=True)), show)

    @Slot(str, bool)
    def _on_save_wanted(self, name: str, is_listed: bool) -> None:
        self._change(SaveSearch(SavedSearch(name, mix=self.dialog.mix, is_listed=is_listed)))

    @Slot(str, str)
    def _on_rename_wanted(self, name: str, new_name: str) -> None:
        self._change(RenameSavedSearch(name, new_name))

    @Slot(str)
    def _on_delete_wanted(self, name: str) -> None:
        self._change(DeleteSavedSearch(name))

    def _change(self, change: SavedSearchChange) -> None:
        self._engine.ask(change, self._take_saved)

    def _take_saved(self, reply: Reply) -> None:
        match reply:
            case SavedSearchList(searches=searches):
                self.saved = searches
                self._window.search_box.saved = tuple(search for search in searches if search.is_listed)
                if self._dialog:
                    self._dialog.saved.show_saved(searches)
            case Failed(message=message):
                self.failed.emit(message)


def reason_line(mix: Mix, why: MixReason) -> str:
    """`like “Fix the linker” .71 · away from “Web build” .22 · 2 files shared`."""
    titles = {card.key: card_title(card) for card in (*mix.likes, *mix.unlikes)}
    parts = []
    if why.nearest is not None and why.likeness is not None:
        parts.append(f"like “{_short(titles[why.nearest])}” {score(why.likeness)}")
    if why.away_from is not None and why.unlikeness is not None:
        parts.append(f"away from “{_short(titles[why.away_from])}” {score(why.unlikeness)}")
    if why.files:
        parts.append(f"{count(len(why.files), 'file')} shared")
    if why.errors:
        parts.append(f"{count(len(why.errors), 'error')} shared")
    return " · ".join(parts)


def _short(title: str, longest: int = 28) -> str:
    return title if len(title) <= longest else title[: longest - 1].rstrip() + "…"
