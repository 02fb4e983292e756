"""The three steps, once: whatever the catalog says is missing, from whatever state it was left in."""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from memex.core.library import FileFailure, IndexReport, Progress, Stage
from memex.index.errors import BrokenIndexError
from memex.library.embedding import embed_missing, upsert_missing
from memex.library.forgetting import forget_hidden
from memex.library.library import Library
from memex.library.parsing import ParseTally, ReadingRules, as_it_is, changed_files, parse_files
from memex.library.progress import Pace
from memex.transcripts.discovery import FoundFile, Unreadable, default_roots, find_transcripts
from memex.transcripts.redaction import redact_session

log = logging.getLogger(__name__)

TEXTS_BETWEEN_UPSERTS = 256
"""Texts embedded before the sessions that they complete go to the index."""


class Refresh:
    """A job: iterate `steps`; not asking for the next one is how it is cancelled."""

    def __init__(self, library: Library, folders: Sequence[Path] = ()) -> None:
        self._library = library
        self._folders = tuple(folders)
        self._started = time.perf_counter()
        self._tally = ParseTally()
        self._files = 0
        self._embedded = 0
        self._finished = False

    def steps(self) -> Iterator[Progress]:
        yield from forget_hidden(self._library)
        yield from self._parse()
        yield from self._embed_and_upsert()
        self._finished = True

    def report(self) -> IndexReport:
        """Of what has been done so far."""
        sessions = self._library.writer.sessions.count()
        return IndexReport(
            files=self._files,
            sessions=sessions,
            new=self._tally.new,
            changed=self._tally.changed,
            unchanged=sessions - self._tally.new - self._tally.changed,
            failed=tuple(self._tally.failed),
            skipped=tuple(self._tally.skipped),
            texts_embedded=self._embedded,
            seconds=round(time.perf_counter() - self._started, 3),
            cancelled=not self._finished,
        )

    def _parse(self) -> Iterator[Progress]:
        yield Progress(Stage.SCAN, 0, 0, "files")
        found = [file for entry in find_transcripts(self._roots()) if (file := self._readable(entry))]
        self._files = len(found)
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
        for self._embedded in embed_missing(catalog, side, missing):
            yield pace.at(self._embedded)
            if self._embedded - upserted >= TEXTS_BETWEEN_UPSERTS:
                upserted = self._embedded
                yield from self._upsert()
        yield from self._upsert()

    def _upsert(self) -> Iterator[Progress]:
        try:
            yield from self._upsert_missing()
        except BrokenIndexError as broken:
            log.warning("the index is rebuilt: %s", broken)
            self._library.rebuild_index()
            yield from self._upsert_missing()

    def _upsert_missing(self) -> Iterator[Progress]:
        catalog, side = self._library.writer, self._library.vectors
        assert side is not None
        keys = catalog.generations.missing(side.generation)
        pace = Pace(Stage.UPSERT, len(keys), "sessions")
        for done in upsert_missing(catalog, side, keys):
            yield pace.at(done)

    def _roots(self) -> tuple[Path, ...]:
        if self._folders:
            return self._folders
        settings = self._library.settings
        own = default_roots() if settings.agent_folders else ()
        return (*own, *map(Path, settings.folders))
