"""A snapshot's one file: zstd around a tar of a manifest and the parts that it names, in that order.

What is read is not trusted: names, kinds, order, sizes and hashes must be what the manifest says, and no more
is unpacked than it announces. https://docs.python.org/3/library/tarfile.html#extraction-filters
"""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

import msgspec
import zstandard
from msgspec import Struct

from memex.core.errors import DiskFullError, SnapshotError
from memex.core.models import ModelSignature

FORMAT = 1
MANIFEST = "manifest.json"
CATALOG = "catalog.db"
LEVEL = 6
MANIFEST_LIMIT = 1 << 20
HEADER_LIMIT = 64 << 10
"""What a tar may spend between two parts, in bytes: headers that claim more are an attack on memory."""
PIECE = 1 << 20
WINDOW_LIMIT = 1 << 27

OnBytes = Callable[[int, int], None]
"""Told the bytes done and in all; may raise to stop."""


class Part(Struct, frozen=True):
    name: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    memex: str
    """The version that wrote it."""
    schema: int
    created_at: datetime
    has_texts: bool
    """Whether transcripts, full text and lens texts are in it, or metadata, titles and vectors alone."""
    counts: dict[str, int]
    """Rows by table."""
    models: tuple[ModelSignature, ...]
    parts: tuple[Part, ...]


def part_of(path: Path) -> Part:
    with path.open("rb") as file:
        return Part(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def write_container(file: Path, manifest: Manifest, folder: Path, on_bytes: OnBytes) -> None:
    """The parts are read from `folder`. Written beside and renamed: there is a whole file, or none."""
    total = sum(part.size for part in manifest.parts)
    draft = file.with_name(f"{file.name}.part")
    try:
        with draft.open("wb") as raw:
            compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
            with compressor.stream_writer(raw, closefd=False) as packed:
                _pack(packed, manifest, folder, lambda done: on_bytes(done, total))
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
    except OSError as cause:
        raise SnapshotError(f"{file} cannot be written ({cause.strerror}): choose another place.") from cause
    finally:
        draft.unlink(missing_ok=True)


def read_container(file: Path, folder: Path, on_bytes: OnBytes) -> Manifest:
    """Unpacks the parts into `folder`; SnapshotError says what is not as it should be."""
    try:
        with file.open("rb") as raw, _refusals(file):
            return _unpack(raw, folder, on_bytes)
    except OSError as cause:
        raise SnapshotError(f"{file} cannot be read ({cause.strerror}): give a snapshot's file.") from cause


def _pack(packed: BinaryIO, manifest: Manifest, folder: Path, on_bytes: Callable[[int], None]) -> None:
    with tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        text = msgspec.json.encode(manifest)
        tar.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))
        done = 0
        for part in manifest.parts:
            with (folder / part.name).open("rb") as source:
                tar.addfile(_entry(part.name, part.size), _Watched(source, done, on_bytes))
            done += part.size


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _unpack(raw: BinaryIO, folder: Path, on_bytes: OnBytes) -> Manifest:
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_LIMIT)
    # Across frames, so that what somebody added behind the first is not passed over in silence.
    with decompressor.stream_reader(raw, closefd=False, read_across_frames=True) as plain:
        metered = _Metered(plain)
        metered.allow(HEADER_LIMIT)
        with tarfile.open(fileobj=metered, mode="r|", bufsize=tarfile.BLOCKSIZE) as tar:
            manifest = _read_manifest(tar, metered)
            _require_room(manifest, folder)
            total, done = sum(part.size for part in manifest.parts), 0
            for part in manifest.parts:
                source = _next(tar, metered, part.name, part.size)
                with (folder / part.name).open("xb") as target:
                    for piece in _pieces(source, metered, part):
                        target.write(piece)
                        done += len(piece)
                        on_bytes(done, total)
            metered.allow(HEADER_LIMIT)
            if tar.next() is not None:
                raise SnapshotError("it holds more than its manifest names")
        if metered.read(HEADER_LIMIT).strip(b"\0"):
            raise SnapshotError("something was added at its end")
    return manifest


def _read_manifest(tar: tarfile.TarFile, metered: "_Metered") -> Manifest:
    metered.allow(MANIFEST_LIMIT)
    text = _next(tar, metered, MANIFEST).read()
    described = msgspec.json.decode(text)
    if isinstance(described, dict) and isinstance(number := described.get("format"), int) and number > FORMAT:
        raise SnapshotError("it was written by a newer Memex: update Memex to open it")
    manifest = msgspec.json.decode(text, type=Manifest)
    if manifest.format != FORMAT or [part.name for part in manifest.parts] != [CATALOG]:
        raise SnapshotError("its manifest names other parts than a snapshot has")
    return manifest


def _next(tar: tarfile.TarFile, metered: "_Metered", name: str, size: int | None = None) -> IO[bytes]:
    """The content of the next entry, which must be of this name, and of this size if one is given."""
    if size is not None:
        metered.allow(HEADER_LIMIT)
    entry = tar.next()
    if entry is None:
        raise SnapshotError(f"{name} is missing in it")
    if entry.name != name or entry.type != tarfile.REGTYPE:
        raise SnapshotError(f"it holds {entry.name!r} where its {name} should be")
    if size is not None and entry.size != size:
        raise SnapshotError(f"its {name} has another size than its manifest says")
    content = tar.extractfile(entry)
    assert content is not None  # a regular file has content
    return content


def _pieces(source: IO[bytes], metered: "_Metered", part: Part) -> Iterator[bytes]:
    """All of a part; SnapshotError at its end if it is not what the manifest says."""
    digest, left = hashlib.sha256(), part.size
    while left:
        metered.allow(PIECE + HEADER_LIMIT)
        piece = source.read(min(PIECE, left))
        if not piece:
            raise SnapshotError(f"its {part.name} is cut short")
        digest.update(piece)
        left -= len(piece)
        yield piece
    if digest.hexdigest() != part.sha256:
        raise SnapshotError(f"its {part.name} is not what its manifest says (SHA-256)")


def _require_room(manifest: Manifest, folder: Path) -> None:
    needed = sum(part.size for part in manifest.parts)
    if needed > shutil.disk_usage(folder).free:
        raise DiskFullError(
            f"The snapshot needs {needed / 1e6:,.0f} MB on the disk of {folder}: free some space."
        )


@contextmanager
def _refusals(file: Path) -> Iterator[None]:
    try:
        yield
    except SnapshotError as refusal:
        raise SnapshotError(f"{file.name} is not opened: {refusal}.") from refusal
    except (zstandard.ZstdError, tarfile.TarError, msgspec.MsgspecError, EOFError, ValueError) as cause:
        raise SnapshotError(
            f"{file.name} is not opened: it is damaged, or not a snapshot ({cause})."
        ) from cause


class _Metered(io.RawIOBase):
    """A stream that gives no more bytes than were allowed since the last time."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self._left = 0

    def allow(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise SnapshotError("it unpacks to more than its manifest says")
        return data


class _Watched(io.RawIOBase):
    """A file that tells how much of it has been read, after what was read before it."""

    def __init__(self, source: BinaryIO, before: int, on_bytes: Callable[[int], None]) -> None:
        super().__init__()
        self._source = source
        self._done = before
        self._on_bytes = on_bytes

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._done += len(data)
        self._on_bytes(self._done)
        return data
