"""What has become of sessions' transcripts: as they were read, grown, gone, or other files by now."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from memex.catalog.catalog import Catalog
from memex.core.search import SessionCard, TranscriptState
from memex.library.replay.reading import Extent, begins_with, is_file


def with_source_state(catalog: Catalog, card: SessionCard) -> SessionCard:
    return msgspec.structs.replace(card, source_state=source_state(catalog, Path(card.source_path)))


def source_state(catalog: Catalog, path: Path) -> TranscriptState:
    """Costs a look at the file's size and time; only what changed since it was read is read once more."""
    if not is_file(path):
        return TranscriptState.GONE
    known = catalog.sources.extent_of(str(path))
    try:
        now = path.stat()
        if known is None or catalog.sources.stamp_of(str(path)) == (now.st_size, now.st_mtime_ns):
            return TranscriptState.PRESENT
        extent = Extent(*known)
        if now.st_size < extent.size or not begins_with(path, extent):
            return TranscriptState.DIVERGED
    except OSError:
        return TranscriptState.GONE
    return TranscriptState.GROWN if now.st_size > extent.size else TranscriptState.PRESENT


def mark_gone(catalog: Catalog, found: Iterable[Path]) -> None:
    """After a scan; a scan of some folders says nothing of the others, so what it missed is looked for."""
    missed = set(catalog.sources.paths()).difference(map(str, found))
    with catalog.errors(), catalog.transaction():
        catalog.sources.mark_gone(path for path in missed if not os.path.lexists(path))
