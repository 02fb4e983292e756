"""What the window knows of its library and engine, as one value that is replaced when news comes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from memex.core.library import LibraryStatus, Progress
from memex.window.emptiness import Situation
from memex.window.finder import Shown
from memex.window.wording import count
from memex.window.worker import EngineState


def agent_folders() -> Sequence[Path]:
    """The agents' own, those that exist."""
    from memex.transcripts.discovery import default_roots  # brings in every reader

    return default_roots()


class LibraryWatch(QObject):
    changed = Signal(object)  # Situation
    grown = Signal()  # a search would now be answered from more, or from less, than before

    def __init__(self) -> None:
        super().__init__()
        self.situation = Situation()

    @property
    def count_in_words(self) -> str:
        """`23 of 1,204` for a search, `1,204 sessions` for the list."""
        found, status = self.situation.count, self.situation.status
        if found is None:
            return ""
        if self.situation.text and status:
            return f"{found:,} of {status.sessions:,}"
        return count(found, "session")

    def take_agent_folders(self, folders: Sequence[Path]) -> None:
        self._know(replace(self.situation, has_agent_folders=bool(folders)))

    @Slot(object)
    def take_state(self, state: EngineState) -> None:
        self._know(replace(self.situation, engine=state))

    @Slot(object)
    def take_status(self, status: LibraryStatus) -> None:
        before = self.situation.status
        self._know(replace(self.situation, status=status))
        if before and _answering(before) != _answering(status):
            self.grown.emit()

    @Slot(object)
    def take_progress(self, progress: Progress) -> None:
        self._know_job(progress)

    @Slot(object)
    def take_outcome(self, outcome: object) -> None:  # noqa: ARG002 (the counts come with the status)
        self._know_job(None)
        self.grown.emit()

    @Slot(str)
    def take_question(self, text: str) -> None:
        """An empty list says nothing of the new question yet."""
        self._know(replace(self.situation, text=text, count=self.situation.count or None))

    @Slot(object)
    def take_answer(self, shown: Shown) -> None:
        table = shown.table
        self._know(
            replace(
                self.situation,
                text=shown.text,
                count=shown.count,
                is_search=table is not None,
                degraded=table.degraded if table else None,
                has_words=shown.has_words,
                is_close=table is None or table.is_close,
                is_by_recency=shown.is_by_recency,
                left_out=shown.left_out,
                corrections=table.corrections if table else (),
                relaxations=table.relaxations if table else (),
            )
        )

    def _know_job(self, job: Progress | None) -> None:
        if self.situation.status:
            status = msgspec.structs.replace(self.situation.status, job=job)
            self._know(replace(self.situation, status=status))

    def _know(self, situation: Situation) -> None:
        if situation != self.situation:
            self.situation = situation
            self.changed.emit(situation)


def _answering(status: LibraryStatus) -> tuple[int, int, int, str | None]:
    """What a search is answered from; at a start the vectors come in some time after the words."""
    return status.sessions, status.indexed, status.with_vectors, status.degraded
