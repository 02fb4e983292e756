"""Readings of the files that grew last, kept so that what such a file gains next costs only itself.

They live as long as the process: after a restart, a file is read from its start once more.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from memex.catalog.archive import new_hash
from memex.transcripts.readers import FileReading

MAX_FILES = 4
MAX_BYTES = 64_000_000
"""Of transcripts together; a reading takes about as much memory as its transcript."""


@dataclass(frozen=True, slots=True)
class Grown:
    reading: FileReading
    size: int
    """Of the file, when it was read last."""
    content_hash: bytes


class GrowingFiles:
    def __init__(self) -> None:
        self._readings: OrderedDict[Path, Grown] = OrderedDict()

    def keep(self, path: Path, grown: Grown) -> None:
        """The oldest make room."""
        if not grown.reading.can_go_on or grown.size > MAX_BYTES:
            return
        self._readings[path] = grown
        while len(self._readings) > MAX_FILES or sum(one.size for one in self._readings.values()) > MAX_BYTES:
            self._readings.popitem(last=False)

    def forget(self) -> None:
        self._readings.clear()

    def take(self, path: Path) -> Grown | None:
        """To be kept again when all that was done with it has been."""
        return self._readings.pop(path, None)


def unread(file: BinaryIO, grown: Grown) -> "tuple[hashlib.blake2b, bytes] | None":
    """Where the file still begins as it was: its hash so far, and the bytes of a line that had not ended.

    The file then stands at what it has gained. None: it must be read from its start.
    """
    digest = new_hash()
    left = grown.reading.byte
    while left and (chunk := file.read(min(left, 1 << 20))):
        digest.update(chunk)
        left -= len(chunk)
    tail = file.read(grown.size - grown.reading.byte) if not left else b""
    digest.update(tail)
    return (digest, tail) if digest.digest() == grown.content_hash else None
