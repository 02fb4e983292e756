"""The one table of readers, and the choice among them by what a file holds.

Adding an agent is adding a module with `roots`, `recognises` and `read`, and its row here.
"""

import gc
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from memex.core.errors import TranscriptError
from memex.core.session import Agent, Session
from memex.transcripts import claude_code, codex
from memex.transcripts.records import (
    Line,
    ProblemLog,
    RawLine,
    Record,
    as_document,
    decode_lines,
    nothing,
    split_lines,
)

HEAD_LINES = 100
HEAD_BYTES = 1 << 22
DOCUMENT_BYTES = 1 << 26


class UnknownFormatError(TranscriptError):
    """The file was read, and is no transcript of a known agent."""


@dataclass(frozen=True, slots=True)
class Reader:
    agent: Agent
    roots: Callable[[], tuple[Path, ...]]
    """Where the agent keeps its transcripts on this platform, whether or not the folders exist."""
    recognises: Callable[[Sequence[Record]], bool]
    read: Callable[[Iterator[Line], Path, ProblemLog], Session]
    is_noise: Callable[[bytes], bool] = nothing
    """Whether a line need not be decoded, once the file is known to be this agent's."""


READERS = (
    Reader(
        Agent.CLAUDE_CODE, claude_code.roots, claude_code.recognises, claude_code.read, claude_code.is_noise
    ),
    Reader(Agent.CODEX, codex.roots, codex.recognises, codex.read),
)


def identify(head: Sequence[Record]) -> Reader | None:
    """By content alone: the first records of a file decide, never its name or folder."""
    return next((reader for reader in READERS if reader.recognises(head)), None)


def read_transcript(stream: BinaryIO, path: Path) -> Session:
    """Reads the buffered stream once, forwards, to its end.

    `path` is where the transcript lives or lived: its name gives ids and sub-agents' parents, and a side file
    beside it is used when it exists. Raises `UnknownFormatError` for anything that is no known transcript.
    """
    try:
        with _collection_paused():
            return _read(stream, path)
    except OSError as cause:
        raise TranscriptError(f"{path} could not be read: {cause.strerror or cause}.") from cause


def open_transcript(path: Path) -> Session:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - opening a FIFO would wait for ever
            raise UnknownFormatError(f"{path} is not a file.")
        with path.open("rb") as stream:
            return read_transcript(stream, path)
    except OSError as cause:
        raise TranscriptError(f"{path} could not be read: {cause.strerror or cause}.") from cause


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


def _read(stream: BinaryIO, path: Path) -> Session:
    lines = split_lines(stream)
    start = list(_head(lines))
    problems = ProblemLog()
    head = list(decode_lines(start, problems))
    if not head:
        start = _whole_document(start, lines)
        problems = ProblemLog()
        head = list(decode_lines(start, problems))
    reader = identify([line.record for line in head])
    if reader is None:
        raise UnknownFormatError(f"{path} is {_why_unknown(start, head)}.")
    return reader.read(chain(head, decode_lines(lines, problems, reader.is_noise)), path, problems)


def _head(lines: Iterator[RawLine]) -> Iterator[RawLine]:
    for count, (number, byte, raw) in enumerate(lines, start=1):
        yield number, byte, raw
        if count == HEAD_LINES or byte + len(raw) > HEAD_BYTES:
            return


def _whole_document(start: list[RawLine], lines: Iterator[RawLine]) -> list[RawLine]:
    """One JSON object over many lines (Codex before mid-2025); other files are left as they are."""
    if not start or start[0][2].strip() != b"{":
        return start
    gathered = list(start)
    for line in lines:
        gathered.append(line)
        if line[1] > DOCUMENT_BYTES:
            return start
    return as_document(gathered)


def _why_unknown(start: Sequence[RawLine], head: Sequence[Line]) -> str:
    if head:
        return f"not a transcript of {' or '.join(reader.agent.value for reader in READERS)}"
    if any(raw.strip(b" \t\r\n\0") for _, _, raw in start):
        return "not a file of JSON lines"
    return "empty"
