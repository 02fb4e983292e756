"""A compressed copy of every transcript that was read, by the hash of its bytes."""

import hashlib
import io
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import zstandard

LEVEL = 6


class Copy(NamedTuple):
    """What is kept of some bytes: their hash, how many they are, and themselves as zstd."""

    content_hash: bytes
    size: int
    zstd: bytes


def copy_of(content: bytes) -> Copy:
    digest = new_hash()
    digest.update(content)
    zstd = zstandard.ZstdCompressor(level=LEVEL).compress(content)
    return Copy(digest.digest(), len(content), zstd)


def new_hash() -> hashlib.blake2b:
    """Of a transcript's bytes."""
    return hashlib.blake2b(digest_size=32)


class HashingStream(io.RawIOBase):
    """Reads a file on behalf of a reader, and hashes exactly what the reader saw.

    Of a file that is read on, `ahead` is what the reader is given first; `digest` has taken it in already, as
    all before it, which is `size` bytes.
    """

    def __init__(
        self, source: BinaryIO, digest: hashlib.blake2b | None = None, ahead: bytes = b"", size: int = 0
    ) -> None:
        super().__init__()
        self._source = source
        self._ahead = io.BytesIO(ahead)
        self._hash = digest or new_hash()
        self.size = size

    @property
    def content_hash(self) -> bytes:
        return self._hash.digest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        if seen := self._ahead.read(len(buffer)):
            buffer[: len(seen)] = seen
            return len(seen)
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        self._take(data)
        return len(data)

    def _take(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)


class ArchivingStream(HashingStream):
    """And compresses it."""

    def __init__(
        self, source: BinaryIO, digest: hashlib.blake2b | None = None, ahead: bytes = b"", size: int = 0
    ) -> None:
        super().__init__(source, digest, ahead, size)
        self._compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        self._chunks: list[bytes] = []

    def finish(self) -> tuple[bytes, bytes]:
        """The content hash of the whole, and what was read as one more frame of its copy."""
        self._chunks.append(self._compressor.flush())
        return self.content_hash, b"".join(self._chunks)

    def _take(self, data: bytes) -> None:
        super()._take(data)
        self._chunks.append(self._compressor.compress(data))


class Archive:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def keep(self, content_hash: bytes, size: int, zstd: bytes) -> None:
        self._db.execute("INSERT OR IGNORE INTO archive VALUES (?, ?, ?)", (content_hash, size, zstd))

    def extend(self, older: bytes, content_hash: bytes, size: int, frame: bytes) -> None:
        """Keep a copy that is an older one and a frame after it: frames of zstd may follow one another."""
        (zstd,) = self._db.execute("SELECT zstd FROM archive WHERE content_hash = ?", (older,)).fetchone()
        self.keep(content_hash, size, zstd + frame)

    def content(self, content_hash: bytes) -> bytes | None:
        """All of it at once."""
        copy = self.open(content_hash)
        if copy is None:
            return None
        with copy:
            return copy.read()

    def size_of(self, content_hash: bytes) -> int | None:
        """Of the transcript itself, not of its copy."""
        row = self._db.execute("SELECT size FROM archive WHERE content_hash = ?", (content_hash,)).fetchone()
        return row[0] if row else None

    def open(self, content_hash: bytes) -> BinaryIO | None:
        row = self._db.execute("SELECT zstd FROM archive WHERE content_hash = ?", (content_hash,)).fetchone()
        if row is None:
            return None
        reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(row[0]), read_across_frames=True)
        return io.BufferedReader(reader, 1 << 20)

    def is_referred_to(self, content_hash: bytes) -> bool:
        """By a session or a file."""
        found = self._db.execute(
            """SELECT 1 FROM session WHERE content_hash = ? UNION ALL
               SELECT 1 FROM source WHERE content_hash = ? LIMIT 1""",
            (content_hash, content_hash),
        )
        return found.fetchone() is not None

    def drop_of_before(self, moment: datetime) -> None:
        """All but the copies of sessions that went on since then."""
        self._db.execute(
            """DELETE FROM archive WHERE content_hash NOT IN
               (SELECT content_hash FROM session WHERE ended_at >= ?)""",
            (moment.timestamp(),),
        )

    def drop(self, content_hash: bytes) -> None:
        self._db.execute("DELETE FROM archive WHERE content_hash = ?", (content_hash,))


def hash_of_beginning(path: Path, size: int) -> bytes | None:
    """The content hash of a file's first `size` bytes; None when it has not got as many."""
    digest = new_hash()
    with path.open("rb") as file:
        while size and (chunk := file.read(min(size, 1 << 20))):
            digest.update(chunk)
            size -= len(chunk)
    return None if size else digest.digest()
