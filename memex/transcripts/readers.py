"""The one table of readers, and the choice among them by what a file holds.

Adding an agent is adding a module with `roots`, `recognises` and `read`, and its row here;
docs/adding-an-agent.md is the recipe.
"""

import gc
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from memex.core.errors import TranscriptError
from memex.core.session import Agent, Session
from memex.transcripts import aider, claude_code, cline, codex, copilot, cursor, gemini, opencode, pi, qwen
from memex.transcripts.records import (
    Line,
    ProblemLog,
    RawLine,
    Record,
    decode_document,
    decode_json,
    decode_lines,
    nothing,
    split_lines,
)
from memex.transcripts.records import UnknownFormatError as UnknownFormatError

PROBE_LINES = 8
"""Most files are one agent's alone by these; only the others cost a longer look."""
HEAD_LINES = 100
HEAD_BYTES = 1 << 22
DOCUMENT_BYTES = 1 << 28
DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*$|\[)")
"""A first line that opens an object and ends, or that opens an array."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Of files that hold one session as JSON: a record a line, one object, or an array of objects."""

    agent: Agent
    roots: Callable[[], tuple[Path, ...]]
    """Where the agent keeps its transcripts on this platform, whether or not the folders exist."""
    recognises: Callable[[Sequence[Record]], bool]
    read: Callable[[Iterator[Line], Path, ProblemLog], Session]
    is_noise: Callable[[bytes], bool] = nothing
    """Whether a line need not be decoded, once the file is known to be this agent's."""
    decode: Callable[[bytes], Any] = decode_json
    """Decodes a line without what `read` never asks for; refuses with `ValidationError` what it cannot."""


@dataclass(frozen=True, slots=True)
class RawReader:
    """Of files that are not JSON, and may hold many sessions."""

    agent: Agent
    roots: Callable[[], tuple[Path, ...]]
    recognises: Callable[[Sequence[RawLine]], bool]
    read: Callable[[Iterator[RawLine], Path, ProblemLog], Iterator[Session]]


READERS: tuple[Reader | RawReader, ...] = (
    Reader(
        Agent.CLAUDE_CODE,
        claude_code.roots,
        claude_code.recognises,
        claude_code.read,
        claude_code.is_noise,
        claude_code.decode,
    ),
    Reader(Agent.CODEX, codex.roots, codex.recognises, codex.read),
    Reader(Agent.GEMINI, gemini.roots, gemini.recognises, gemini.read),
    Reader(Agent.OPENCODE, opencode.roots, opencode.recognises, opencode.read),
    RawReader(Agent.OPENCODE, opencode.database_roots, opencode.is_database, opencode.read_database),
    Reader(Agent.COPILOT, copilot.roots, copilot.recognises, copilot.read),
    Reader(Agent.OH_MY_PI, pi.oh_my_pi_roots, pi.recognises_oh_my_pi, pi.read_oh_my_pi),
    Reader(Agent.PI, pi.pi_roots, pi.recognises, pi.read),
    Reader(Agent.CURSOR, cursor.roots, cursor.recognises, cursor.read),
    Reader(Agent.QWEN, qwen.roots, qwen.recognises, qwen.read),
    Reader(Agent.CLINE, cline.roots, cline.recognises, cline.read),
    RawReader(Agent.AIDER, aider.roots, aider.recognises, aider.read),
)
JSON_READERS = tuple(reader for reader in READERS if isinstance(reader, Reader))
RAW_READERS = tuple(reader for reader in READERS if isinstance(reader, RawReader))


def identify(head: Sequence[Record]) -> Reader | None:
    """By content alone: the first records of a file decide, never its name or folder."""
    return next((reader for reader in JSON_READERS if reader.recognises(head)), None)


def read_transcripts(stream: BinaryIO, path: Path) -> Iterator[Session]:
    """Every session of a file, one at least, in the order of the file.

    Reads the buffered stream once, forwards, to its end. `path` is where the transcript lives or lived: its
    name gives ids and sub-agents' parents, and side files beside it are used when they exist. Raises
    `UnknownFormatError` for anything that is no known transcript.
    """
    try:
        lines = split_lines(stream)
        start = list(_head(lines))
        raw = next((reader for reader in RAW_READERS if reader.recognises(start)), None)
        if raw is not None:
            yield from _many(raw, chain(start, lines), path)
            return
        with _collection_paused():
            session = _read(start, lines, path)
        yield session
    except OSError as cause:
        raise TranscriptError(f"{path} could not be read: {cause.strerror or cause}.") from cause


def _many(reader: RawReader, lines: Iterator[RawLine], path: Path) -> Iterator[Session]:
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


def _read(start: list[RawLine], lines: Iterator[RawLine], path: Path) -> Session:
    problems = ProblemLog()
    head = list(decode_lines(start[:PROBE_LINES], problems))
    records = [line.record for line in head]
    certain = [reader for reader in JSON_READERS if reader.recognises(records)]
    if len(certain) == 1:
        return _read_on(certain[0], head, chain(start[PROBE_LINES:], lines), path, problems)
    problems = ProblemLog()
    head = []
    if _opens_document(start):
        start.extend(_up_to(DOCUMENT_BYTES, lines))
        head = list(decode_document(start, problems))
    if not head:
        problems = ProblemLog()
        lines = chain(start[HEAD_LINES:], lines)
        head = list(decode_lines(start[:HEAD_LINES], problems))
    reader = identify([line.record for line in head])
    if reader is None:
        raise UnknownFormatError(f"{path} is {_why_unknown(start, head)}.")
    return _read_on(reader, head, lines, path, problems)


def _read_on(
    reader: Reader, head: list[Line], lines: Iterator[RawLine], path: Path, problems: ProblemLog
) -> Session:
    others = decode_lines(lines, problems, reader.is_noise, reader.decode)
    return reader.read(chain(head, others), path, problems)


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
