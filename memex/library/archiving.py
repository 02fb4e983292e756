"""Which copies of transcripts the library keeps: each file as it was read, or a session's own document."""

import logging
from datetime import datetime
from pathlib import Path

from memex.catalog.archive import Copy, copy_of, hash_of_beginning
from memex.catalog.catalog import Catalog
from memex.core.periods import months_before
from memex.core.settings import Settings
from memex.transcripts.opencode.export import outgrows
from memex.transcripts.readers import FileReading

LONGEST = 1_200
"""Months."""

log = logging.getLogger(__name__)


def own_copy(reading: FileReading) -> Copy | None:
    """Of the session that was told last, if its file is not just that; else the file is what is copied."""
    if reading.document is None:
        return None
    try:
        return copy_of(reading.document())
    except (RecursionError, OverflowError, ValueError) as cause:
        log.warning("a session is kept as the file that it is in: %s", cause)
        return None


def only_grown(catalog: Catalog, path: Path, content_hash: bytes) -> bytes | None:
    """The hash of what the file was, when it still begins so; None when it is new, the same, or rewritten."""
    before = catalog.sources.extent_of(str(path))
    if before is None or before[1] == content_hash:
        return None
    size, older = before
    return older if size and hash_of_beginning(path, size) == older else None


def drop_copy(catalog: Catalog, path: Path, outgrown: bytes) -> None:
    if not catalog.sources.others_hold(outgrown, str(path)):
        catalog.archive.drop(outgrown)


def keep_document(catalog: Catalog, copy: Copy, older: bytes | None) -> None:
    """In place of the session's older one, if that holds nothing that this one lacks."""
    catalog.archive.keep(*copy)
    if older is None or older == copy.content_hash or catalog.archive.is_referred_to(older):
        return
    before, now = catalog.archive.content(older), catalog.archive.content(copy.content_hash)
    if before and now and outgrows(now, before):
        catalog.archive.drop(older)


def drop_expired(catalog: Catalog, settings: Settings, now: datetime) -> None:
    """Copies that are older than the user wants to keep any."""
    if settings.archive_months is not None:
        with catalog.errors(), catalog.transaction(durable=True):
            catalog.archive.drop_of_before(months_before(now, min(max(settings.archive_months, 0), LONGEST)))
