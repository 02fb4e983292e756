"""The very lines of a transcript that a turn was read from, and the images in them."""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from memex.catalog.catalog import Catalog
from memex.core.errors import TranscriptError
from memex.core.replay import RawRecord, RawRecordPage, TurnImage
from memex.core.session import Turn
from memex.core.steps.pictures import PictureData, pictures_in
from memex.library.replay.reading import Reading, same_bytes
from memex.transcripts.redaction import redacted

SHOWN_BYTES = 64_000
"""Of one record, unless all is asked for."""
SHOWN_RECORDS = 50
WHOLE_BYTES = 64_000_000
"""Of one record even then: more is no reading."""
LARGEST_IMAGE = 32_000_000
ALL_IMAGES = 128_000_000
"""Of a session that is taken out; those past it are left out."""
DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*|\[.*)\Z", re.DOTALL)
"""A first line that only opens a document of many lines."""
DATABASE = b"SQLite format 3\0"
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
    (b"BM", "image/bmp"),
)
"""The first bytes of a picture say what it is, not the record. SVG is left out: it is a document, which can
hold scripts and load others.
"""


def raw_records(
    catalog: Catalog, reading: Reading, number: int, *, whole: bool, hide_secrets: bool
) -> RawRecordPage:
    turn = turn_of(reading, number)
    shown = WHOLE_BYTES if whole else SHOWN_BYTES
    records: list[RawRecord] = []
    more = 0
    with same_bytes(catalog, reading) as file:
        for line, raw in lines_of(file, turn):
            if len(records) < SHOWN_RECORDS or whole:
                records.append(_record(line, raw, shown, hide_secrets))
            else:
                more += 1
    return RawRecordPage(reading.record.card.key, number, tuple(records), more)


def image(catalog: Catalog, reading: Reading, number: int, index: int) -> TurnImage:
    turn = turn_of(reading, number)
    with same_bytes(catalog, reading) as file:
        found = list(pictures_in(raw for _, raw in lines_of(file, turn)))
    if not 0 <= index < len(found):
        raise TranscriptError("This image cannot be shown: the transcript names it, but does not hold it.")
    picture = checked(found[index])
    if not picture.data:
        raise TranscriptError("This image cannot be shown: its data is damaged, or no picture.")
    if len(picture.data) > LARGEST_IMAGE:
        raise TranscriptError(f"This image is too large to be shown: {len(picture.data):,} bytes.")
    key = reading.record.card.key
    return TurnImage(key, number, index, picture.media_type, picture.data, len(found))


def checked(picture: PictureData) -> PictureData:
    """With the type that its bytes have; without them where they are no picture."""
    media_type = next((name for magic, name in MAGIC if picture.data.startswith(magic)), None)
    return PictureData(media_type, picture.data) if media_type else PictureData("", b"")


def images_of(
    catalog: Catalog, reading: Reading, turns: Sequence[Turn]
) -> dict[int, tuple[PictureData, ...]]:
    """Of each turn that has some, in one pass over the file."""
    records: dict[int, list[bytes]] = {}
    lines = {line: turn.index for turn in turns if turn.span for line in turn.span.lines}
    size = 0
    with same_bytes(catalog, reading) as file:
        for line, raw in enumerate(file, start=1):
            if line in lines and b"image" in raw and size + len(raw) < ALL_IMAGES:
                size += len(raw)
                records.setdefault(lines[line], []).append(raw)
    return {turn: tuple(map(checked, pictures_in(raws))) for turn, raws in records.items()}


def turn_of(reading: Reading, number: int) -> Turn:
    turns = reading.session.turns
    if not 0 <= number < len(turns):
        raise TranscriptError(f"This session has {len(turns)} turns: choose one, counting from 0.")
    return turns[number]


def lines_of(file: BinaryIO, turn: Turn) -> Iterator[tuple[int, bytes]]:
    """The turn's lines without their ends, by number; of a document of many lines, all of it as line 1."""
    span = turn.span
    if span is None:
        return
    head = file.readline()
    if head.startswith(DATABASE):
        raise TranscriptError("This agent keeps its sessions in a database: there are no lines to show.")
    wanted = set(span.lines) or {span.line}
    if wanted == {1} and DOCUMENT.match(head.rstrip()):
        yield 1, (head + file.read(WHOLE_BYTES)).rstrip(b"\r\n")
        return
    if 1 in wanted:
        yield 1, head.rstrip(b"\r\n")
    number = 1
    if span.byte and span.line > 1 and file.seekable():  # a compressed copy is read from its beginning
        file.seek(span.byte)
        number = span.line - 1
    last = max(wanted)
    while number < last and (raw := file.readline()):
        number += 1
        if number in wanted:
            yield number, raw.rstrip(b"\r\n")


def _record(line: int, raw: bytes, shown: int, hide_secrets: bool) -> RawRecord:
    """Hidden before it is cut, as half a secret would not be known for one."""
    text = raw[:WHOLE_BYTES].decode("utf-8", errors="replace")
    if hide_secrets:
        text, _ = redacted(text)
    return RawRecord(line, text[:shown], len(raw), len(text) > shown or len(raw) > WHOLE_BYTES)
