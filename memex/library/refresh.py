"""The three steps, once: whatever the catalog says is missing, from whatever state it was left in."""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from memex.core.errors import IndexingError
from memex.core.lenses import Lens
from memex.core.library import FileFailure, IndexReport, Progress, Stage, Stale
from memex.core.settings import Settings
from memex.index.errors import BrokenIndexError, StaleGenerationError
from memex.library.archiving import drop_expired
from memex.library.embedding import embed_missing, upsert_missing
from memex.library.forgetting import forget_hidden
from memex.library.library import Library
from memex.library.parsing import ParseTally, ReadingRules, as_it_is, changed_files, parse_files
from memex.library.progress import Pace
from memex.library.source_state import mark_gone
from memex.transcripts.discovery import FoundFile, Unreadable, default_roots, find_transcripts
from memex.transcripts.redaction import redact_session

log = logging.getLogger(__name__)

TEXTS_BETWEEN_UPSERTS = 256
"""Texts embedded before the sessions that they complete go to the index."""


class Refresh:
    """A job: iterate `steps`; not asking for the next one is how it is cancelled."""

    def __init__(
        self, library: Library, folders: Sequence[Path] = (), changed: Sequence[Path] | None = None
    ) -> None:
        """`folders`: none for those that the library knows. `changed`: look at these files alone."""
        self._library = library
        self._folders = tuple(folders)
        self._changed = None if changed is None else tuple(changed)
        self._insists = changed is None
        """Whether an index that failed is tried again before its time."""
        self._started = time.perf_counter()
        self._before = library.writer.sessions.count()
        self._tally = ParseTally()
        self._files = 0
        self._embedded = 0
        self._passages_missing = 0
        """Before any was embedded."""
        self._refused: list[str] = []
        self._finished = False

    def steps(self) -> Iterator[Progress]:
        if self._changed is None:
            yield from forget_hidden(self._library)
        yield from self._parse()
        yield from self._embed_and_upsert()
        drop_expired(self._library.writer, self._library.settings, datetime.now())
        self._finished = True

    def report(self) -> IndexReport:
        """Of what has been done so far."""
        sessions = self._library.writer.sessions.count()
        return IndexReport(
            files=self._files,
            sessions_before=self._before,
            sessions=sessions,
            new=self._tally.new,
            changed=self._tally.changed,
            unchanged=sessions - self._tally.new - self._tally.changed,
            failed=tuple(self._tally.failed),
            skipped=tuple(self._tally.skipped),
            texts_embedded=self._embedded,
            passages_embedded=self._passages_embedded(),
            stale=tuple(self._stale()),
            seconds=round(time.perf_counter() - self._started, 3),
            cancelled=not self._finished,
        )

    def _passages_embedded(self) -> int:
        side = self._library.vectors
        if not self._embedded or side is None:
            return 0
        missing = self._library.writer.vectors.count_missing(side.model, Lens.CONTENT)
        return self._passages_missing - missing

    def _stale(self) -> Iterator[Stale]:
        status = self._library.status(self._library.writer)
        stopped = None if self._finished else "The run was stopped before it was done."
        if status.texts_waiting:
            why = stopped or status.degraded or "Their embedding failed: see memex.log."
            yield Stale("texts", status.texts_waiting, why)
        for refusal in self._refused:
            yield Stale("sessions", 1, refusal)
        if waiting := status.waiting - len(self._refused):
            why = stopped or status.repairs.last_error or "The index did not take them: see memex.log."
            yield Stale("sessions", waiting, why)

    def _parse(self) -> Iterator[Progress]:
        yield Progress(Stage.SCAN, 0, 0, "files")
        entries = find_transcripts(self._roots())
        found = [file for entry in entries if (file := self._readable(entry))]
        self._files = len(found)
        if self._changed is None:
            mark_gone(self._library.writer, [file.path for file in found])
        files = changed_files(self._library.writer, found)
        settings = self._library.settings
        rules = ReadingRules(
            redact_session if settings.redact else as_it_is, settings.budgets, settings.archive_months != 0
        )
        pace = Pace(Stage.PARSE, len(files), "files")
        growing = self._library.growing
        for done in parse_files(self._library.writer, files, self._tally, rules, growing):
            yield pace.at(done)

    def _readable(self, entry: FoundFile | Unreadable) -> FoundFile | None:
        name = os.fsencode(entry.path).decode(errors="replace")
        if isinstance(entry, FoundFile) and name == str(entry.path):
            return entry
        reason = f"{name} has a name that is no UTF-8: rename it."
        if isinstance(entry, Unreadable):
            reason = entry.reason
        self._tally.failed.append(FileFailure(name, reason))
        return None

    def _embed_and_upsert(self) -> Iterator[Progress]:
        if self._library.nothing_to_embed():
            return
        if self._library.vectors is None:
            self._library.open_vectors()
        side = self._library.vectors
        if side is None:
            return
        catalog = self._library.writer
        missing = catalog.vectors.missing(side.model)
        pace = Pace(Stage.EMBED, len(missing), "texts")
        upserted = 0
        self._passages_missing = catalog.vectors.count_missing(side.model, Lens.CONTENT)
        for self._embedded in embed_missing(catalog, side, missing):
            yield pace.at(self._embedded)
            if self._embedded - upserted >= TEXTS_BETWEEN_UPSERTS:
                upserted = self._embedded
                yield from self._upsert()
        yield from self._upsert()

    def _upsert(self) -> Iterator[Progress]:
        """What the index does not take stays marked as missing there, for the next time."""
        library = self._library
        if not self._insists and library.breaker.seconds_left():
            return
        try:
            library.reopen_index()
            yield from self._upsert_into_whole()
        except IndexingError as error:
            library.index_failed(error)
        else:
            library.index_worked()

    def _upsert_into_whole(self) -> Iterator[Progress]:
        try:
            yield from self._upsert_missing()
        except (BrokenIndexError, StaleGenerationError) as broken:
            log.warning("the index is rebuilt: %s", broken)
            self._library.rebuild_index()
            yield from self._upsert_missing()

    def _upsert_missing(self) -> Iterator[Progress]:
        catalog, side = self._library.writer, self._library.vectors
        assert side is not None
        keys = catalog.generations.missing(side.generation)
        pace = Pace(Stage.UPSERT, len(keys), "sessions")
        self._refused.clear()
        for done in upsert_missing(catalog, side, keys, self._refused.append):
            yield pace.at(done)

    def _roots(self) -> tuple[Path, ...]:
        if self._changed is not None:
            return tuple(path for path in self._changed if path.exists())
        if self._folders:
            return self._folders
        return known_folders(self._library.settings)


def known_folders(settings: Settings) -> tuple[Path, ...]:
    """The agents' own that exist, and those that the settings name."""
    own = default_roots() if settings.agent_folders else ()
    return (*own, *map(Path, settings.folders))
