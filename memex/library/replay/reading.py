"""A transcript read again: from its file while that begins with the bytes that were indexed, else the copy.

`Extent` pins the very bytes that a reading came from, so that what is asked later (records, images, growth)
is answered from the same ones or not at all.
"""

import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from memex.catalog.archive import HashingStream, hash_of_beginning
from memex.catalog.catalog import Catalog
from memex.catalog.sessions import SessionRecord
from memex.core.errors import SessionNotFoundError, TranscriptError
from memex.core.replay import Origin
from memex.core.session import COPY_MARK, Session
from memex.transcripts.readers import read_transcripts

BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Extent:
    """The first `size` bytes of a file, by their content hash."""

    size: int
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    record: SessionRecord
    session: Session
    origin: Origin
    extent: Extent

    @property
    def path(self) -> Path:
        return Path(self.record.card.source_path)


def read_session(catalog: Catalog, key: int) -> Reading:
    record = catalog.sessions.record(key)
    path = Path(record.card.source_path)
    indexed = _indexed(catalog, record.content_hash, path)
    if not is_file(path):
        return _read_copy(catalog, record, Origin.ARCHIVE)
    try:
        if not begins_with(path, indexed):
            return _read_copy(catalog, record, Origin.DIVERGED)
        with path.open("rb") as file:
            session, extent = _parse(file, path, record)
    except OSError:
        return _read_copy(catalog, record, Origin.ARCHIVE)
    origin = Origin.SOURCE if extent == indexed else Origin.GROWN
    return Reading(record, session, origin, extent)


def begins_with(path: Path, extent: Extent) -> bool:
    """Raises `OSError` where the file cannot be read."""
    return hash_of_beginning(path, extent.size) == extent.content_hash


def is_file(path: Path) -> bool:
    """Opening a pipe that took the file's place would wait for ever."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


@contextmanager
def same_bytes(catalog: Catalog, reading: Reading) -> Iterator[BinaryIO]:
    """What the reading was read from, opened again: the file, or the copy if it holds as much."""
    extent = reading.extent
    try:
        if is_file(reading.path) and begins_with(reading.path, extent):
            with reading.path.open("rb") as file:
                yield file
            return
    except OSError as cause:
        raise TranscriptError(f"{reading.path} cannot be read: {cause.strerror}.") from cause
    copy = catalog.archive.open(extent.content_hash)
    if copy is None:
        raise TranscriptError(
            f"{reading.path} is no longer what was read, and the library has no copy of that: "
            "open the session again to see what there is."
        )
    with copy:
        yield copy


def bytes_as_read(catalog: Catalog, path: Path, content_hash: bytes) -> BinaryIO:
    """What the library took in and no more, for the caller to close: the copy, or so much of the file."""
    copy = catalog.archive.open(content_hash)
    if copy is not None:
        return copy
    indexed = _indexed(catalog, content_hash, path)
    if not is_file(path) or not begins_with(path, indexed):
        raise SessionNotFoundError(f"{path} is gone or another file now, and the library kept no copy of it.")
    with path.open("rb") as file:
        return io.BufferedReader(io.BytesIO(file.read(indexed.size)))


def _indexed(catalog: Catalog, content_hash: bytes, path: Path) -> Extent:
    """Of the file: a session's own copy may be of less, or more, than that."""
    if extent := catalog.sources.extent_of(str(path)):
        return Extent(*extent)
    return Extent(catalog.archive.size_of(content_hash) or 0, content_hash)


def _read_copy(catalog: Catalog, record: SessionRecord, origin: Origin) -> Reading:
    path = Path(record.card.source_path)
    copy = catalog.archive.open(record.content_hash)
    if copy is None:
        what = "is gone" if origin is Origin.ARCHIVE else "has become another file"
        raise SessionNotFoundError(f"{path} {what}, and the library kept no copy of what it was.")
    with copy:
        session, extent = _parse(copy, path, record)
    return Reading(record, session, origin, extent)


def _parse(file: BinaryIO, path: Path, record: SessionRecord) -> tuple[Session, Extent]:
    stream = HashingStream(file)
    session = _pick(read_transcripts(io.BufferedReader(stream, BUFFER), path), record)
    return session, Extent(stream.size, stream.content_hash)


def _pick(sessions: Iterator[Session], record: SessionRecord) -> Session:
    """Of a file that may hold many, the one that was asked for."""
    wanted = record.card.id.split(COPY_MARK)[0]
    first = next(sessions)
    found = first if first.id == wanted else None
    for session in sessions:
        if found is None and session.id == wanted:
            found = session
    return found or first
