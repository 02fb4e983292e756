"""The doors to the readers: a file of any known agent in, its sessions out."""

import gc
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from memex.core.errors import TranscriptError
from memex.core.session import Session
from memex.transcripts.agents import (
    JSON_READERS,
    RAW_READERS,
    LineReader,
    RawReader,
    Reader,
    Reading,
    identify,
)
from memex.transcripts.documented import Documented
from memex.transcripts.records import Line, Lines, ProblemLog, RawLine, decode_document, decode_lines
from memex.transcripts.records import UnknownFormatError as UnknownFormatError

PROBE_LINES = 8
"""Most files are one agent's alone by these; only the others cost a longer look."""
HEAD_LINES = 100
HEAD_BYTES = 1 << 22
DOCUMENT_BYTES = 1 << 28
DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*$|\[)")
"""A first line that opens an object and ends, or that opens an array."""


class FileReading:
    """A file read from its start and, when it has grown and its format allows, on from there.

    `path` is where the transcript lives or lived: its name gives ids and sub-agents' parents, and side files
    beside it are used when they exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems = ProblemLog()
        self._reading: Reading | None = None
        """Of a file that can be read on."""
        self._lines = 0
        self.byte = 0
        """Where to read on: after the last line that has ended."""
        self.document: Callable[[], bytes] | None = None
        """Of the session that was told last: see `Documented`. None: the file is the session."""

    def read(self, stream: BinaryIO) -> Iterator[Session]:
        """Every session of the file, one at least, in its order.

        Reads the buffered stream once, forwards, to its end. Raises `UnknownFormatError` for anything that is
        no known transcript.
        """
        try:
            lines = Lines(stream)
            ahead = iter(lines)
            start = list(_head(ahead))
            raw = _raw_reader(start)
            if raw is not None:
                yield from map(self._told, _many(raw, chain(start, ahead), self._path))
                return
            with _collection_paused():
                session = self._read_json(start, ahead)
                if lines.number > HEAD_LINES:
                    self._stand_after(lines)
                else:  # what follows may make it another agent's
                    self._reading = None
            yield session
        except OSError as cause:
            raise _unreadable(self._path, cause) from cause

    @property
    def can_go_on(self) -> bool:
        return self._reading is not None and self._reading.still_holds()

    def read_on(self, stream: BinaryIO) -> Session:
        """The session with what the file has gained since, as reading all of it would give it.

        The stream must stand at `byte`.
        """
        assert self._reading is not None
        try:
            with _collection_paused():
                self._problems.forget(self._lines + 1)
                lines = Lines(stream, self._lines, self.byte)
                self._reading.feed(lines)
                session = self._reading.session()
                self._stand_after(lines)
                return session
        except OSError as cause:
            raise _unreadable(self._path, cause) from cause

    def _read_json(self, start: list[RawLine], lines: Iterator[RawLine]) -> Session:
        reader, head, others = _choose(start, lines, self._path, self._problems)
        if isinstance(reader, Reader):
            others_decoded = decode_lines(others, self._problems)
            return self._told(reader.read(chain(head, others_decoded), self._path, self._problems))
        self._reading = reader.begin(self._path, self._problems)
        for line in head:
            self._reading.take(line)
        self._reading.feed(others)
        return self._reading.session()

    def _told(self, read: Session | Documented) -> Session:
        if isinstance(read, Documented):
            session, self.document = read
            return session
        self.document = None
        return read

    def _stand_after(self, lines: Lines) -> None:
        """A last line that has not ended is read again; where it was whole all the same, the file is."""
        self._lines, self.byte = lines.number, lines.byte
        if lines.last.endswith(b"\n") or not lines.last:
            return
        self._lines, self.byte = lines.number - 1, lines.byte - len(lines.last)
        was_told = any(decode_lines([(lines.number, self.byte, lines.last)], ProblemLog()))
        if was_told or self._problems.is_full:
            self._reading = None


def read_transcripts(stream: BinaryIO, path: Path) -> Iterator[Session]:
    """Every session of a file, one at least, as `FileReading.read` gives them."""
    return FileReading(path).read(stream)


def _raw_reader(start: Sequence[RawLine]) -> RawReader | None:
    if start and start[0][2].startswith(b"{"):
        return None
    return next((reader for reader in RAW_READERS if reader.recognises(start)), None)


def _many(reader: RawReader, lines: Iterator[RawLine], path: Path) -> Iterator[Session | Documented]:
    sessions = reader.read(lines, path, ProblemLog())
    first = next(sessions, None)
    if first is None:
        raise UnknownFormatError(f"{path} holds no session of {reader.agent}.")
    yield first
    yield from sessions


def read_transcript(stream: BinaryIO, path: Path) -> Session:
    """The session of a file that holds one; `UnknownFormatError` also where it holds more."""
    sessions = read_transcripts(stream, path)
    session = next(sessions)
    if next(sessions, None) is not None:
        raise UnknownFormatError(f"{path} holds many sessions; only one can be read from a file here.")
    return session


def open_transcript(path: Path) -> Session:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - opening a FIFO would wait for ever
            raise UnknownFormatError(f"{path} is not a file.")
        with path.open("rb") as stream:
            return read_transcript(stream, path)
    except OSError as cause:
        raise _unreadable(path, cause) from cause


@contextmanager
def _collection_paused() -> Iterator[None]:
    """What a reader builds holds no cycles, and looking for some costs a sixth of the time of reading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _unreadable(path: Path, cause: OSError) -> TranscriptError:
    return TranscriptError(f"{path} could not be read: {cause.strerror or cause}.")


Choice = tuple[LineReader | Reader, list[Line], Iterator[RawLine]]
"""The reader, the lines that were decoded to find it, and those that follow."""


def _choose(start: list[RawLine], lines: Iterator[RawLine], path: Path, problems: ProblemLog) -> Choice:
    head = list(decode_lines(start[:PROBE_LINES], problems))
    records = [line.record for line in head]
    certain = [reader for reader in JSON_READERS if reader.recognises(records)]
    if len(certain) == 1:
        return certain[0], head, chain(start[PROBE_LINES:], lines)
    problems.clear()
    head = []
    if _opens_document(start):
        start.extend(_up_to(DOCUMENT_BYTES, lines))
        head = list(decode_document(start, problems))
    if not head:
        problems.clear()
        lines = chain(start[HEAD_LINES:], lines)
        head = list(decode_lines(start[:HEAD_LINES], problems))
    reader = identify([line.record for line in head])
    if reader is None:
        raise UnknownFormatError(f"{path} is {_why_unknown(start, head)}.")
    return reader, head, lines


def _head(lines: Iterator[RawLine]) -> Iterator[RawLine]:
    for count, (number, byte, raw) in enumerate(lines, start=1):
        yield number, byte, raw
        if count == HEAD_LINES or byte + len(raw) > HEAD_BYTES:
            return


def _opens_document(start: Sequence[RawLine]) -> bool:
    return DOCUMENT.match(next((raw for _, _, raw in start if raw.strip()), b"")) is not None


def _up_to(size: int, lines: Iterator[RawLine]) -> Iterator[RawLine]:
    for line in lines:
        yield line
        if line[1] > size:
            return


def _why_unknown(start: Sequence[RawLine], head: Sequence[Line]) -> str:
    if head:
        return "not a transcript of an agent that Memex knows"
    if _opens_document(start):
        return "not a file of JSON lines, and no whole JSON document"
    if any(raw.strip(b" \t\r\n\0") for _, _, raw in start):
        return "not a file of JSON lines"
    return "empty"
