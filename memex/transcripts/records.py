"""JSON lines from a byte stream, one at a time; a line that cannot be read costs that line only."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Any, BinaryIO, Protocol

import msgspec
from msgspec import Struct

from memex.core.errors import TranscriptError
from memex.core.session import Problem

Record = dict[str, Any]


class UnknownFormatError(TranscriptError):
    """The file was read, and is no transcript of a known agent, or none to be taken in."""


MAX_PROBLEMS = 1000
NOT_AN_OBJECT = "it is JSON, but not an object"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

decode_json = msgspec.json.Decoder().decode


def _integer(digits: str) -> int | float:
    """Integers too long for Python's own limit become infinite, as floats out of range do."""
    try:
        return int(digits)
    except ValueError:
        return -inf if digits.startswith("-") else inf


LENIENT = json.JSONDecoder(strict=False, parse_int=_integer)


RawLine = tuple[int, int, bytes]
"""1-based number, offset of the first byte, and the bytes with the line's end."""


class Place(Protocol):
    """Where something stands in a file: 1-based line, and offset of the line's first byte."""

    @property
    def number(self) -> int: ...

    @property
    def byte(self) -> int: ...


class Line(Struct, frozen=True, gc=False):
    number: int
    byte: int
    record: Record


def nothing(_raw: bytes) -> bool:
    return False


class ProblemLog:
    """Collects problems; past `MAX_PROBLEMS` it only counts, since a corrupt file can have millions."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._more = 0

    def add(self, line: int, what: str, why: str) -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(line, what, why))
        else:
            self._more += 1

    def clear(self) -> None:
        self._problems.clear()
        self._more = 0

    def forget(self, line: int) -> None:
        """Of a line that had not ended, and is read again."""
        self._problems = [problem for problem in self._problems if problem.line != line]

    @property
    def is_full(self) -> bool:
        return len(self._problems) >= MAX_PROBLEMS

    def all(self) -> tuple[Problem, ...]:
        if not self._more:
            return tuple(self._problems)
        return (*self._problems, Problem(0, "more", f"{self._more} more problems are not listed"))


class Lines:
    """The lines of a stream from where it stands. It must be buffered: memory is then bounded by the longest
    line, and lines are cut in C.
    """

    def __init__(self, stream: BinaryIO, number: int = 0, byte: int = 0) -> None:
        """`number` and `byte`: the lines and bytes before."""
        self._stream = stream
        self.number = number
        self.byte = byte
        self.last = b""
        """These are of the last line, its end included, once all were asked for."""

    def __iter__(self) -> Iterator[RawLine]:
        number, byte, raw = self.number, self.byte, b""
        for raw in self._stream:
            number += 1
            yield number, byte, raw
            byte += len(raw)
        self.number, self.byte, self.last = number, byte, raw


def decode_lines(
    lines: Iterable[RawLine],
    problems: ProblemLog,
    is_noise: Callable[[bytes], bool] = nothing,
    decode: Callable[[bytes], Any] = decode_json,
) -> Iterator[Line]:
    """The lines that hold a JSON object. Noise is passed over undecoded.

    `decode` may leave out fields that its agent's reader never asks for; what it refuses is decoded whole.
    """
    for number, byte, raw in lines:
        if is_noise(raw):
            continue
        try:
            try:
                value = decode(raw)
            except msgspec.ValidationError:
                value = decode_json(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError) as refusal:
            for rescued in _rescue(number, raw, problems, refusal):
                yield Line(number, byte, rescued)
            continue
        if type(value) is dict:
            yield Line(number, byte, value)
        else:
            problems.add(number, "line skipped", NOT_AN_OBJECT)


def decode_document(lines: Iterable[RawLine], problems: ProblemLog) -> Iterator[Line]:
    """One JSON value over many lines: its object, or the objects of its array, else nothing."""
    raw = b"".join([raw for _, _, raw in lines])
    values: tuple[Any, ...]
    try:
        values = (decode_json(raw),)
    except (msgspec.MsgspecError, ValueError, RecursionError) as refusal:
        values = _rescued_values(1, raw, problems, refusal)
    for value in values:
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, dict):
                yield Line(1, 0, item)


def _rescue(number: int, raw: bytes, problems: ProblemLog, refusal: Exception) -> tuple[Record, ...]:
    values = _rescued_values(number, raw, problems, refusal)
    objects = tuple(value for value in values if isinstance(value, dict))
    if len(objects) < len(values):
        problems.add(number, "line skipped", NOT_AN_OBJECT)
    return objects


def _rescued_values(number: int, raw: bytes, problems: ProblemLog, refusal: Exception) -> tuple[Any, ...]:
    """A second, lenient reading of a line that the strict decoder refused; nothing when it is lost."""
    bare = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").strip()
    if not bare:
        if b"\0" in raw:
            problems.add(number, "line skipped", "it holds only NUL bytes")
        return ()
    text = bare.decode("utf-8", errors="replace")
    try:
        values = tuple(_values(text))
    except (ValueError, RecursionError):
        problems.add(number, "line skipped", f"it is not JSON: {refusal}")
        return ()
    if b"\0" in raw or "�" in text or "\\ud" in text.lower():
        problems.add(number, "line repaired", "its text was damaged; unreadable characters were replaced")
    return values


def _values(text: str) -> Iterator[Any]:
    """Usually one; two writers at once, or a lost line feed, leave several values on a line."""
    end = 0
    while end < len(text):
        value, end = LENIENT.raw_decode(text, end)
        yield _without_surrogates(value)
        while end < len(text) and text[end] in " \t\r":
            end += 1


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return LONE_SURROGATE.sub("�", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value
