"""The images that stand in records, in the shapes that agents write them."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

TYPE_FIELDS = ("media_type", "mediaType", "mimeType", "mime_type", "mime", "type")
DATA_FIELDS = ("data", "base64", "url", "image_url", "result")
PREFIX = "data:"
LONGEST = 40_000_000
"""Characters of base64; what is longer is no screenshot."""
MAX_DEPTH = 40


class PictureData(msgspec.Struct, frozen=True):
    """`data` is empty where the record's text is no base64."""

    media_type: str
    data: bytes


def pictures_in(lines: Iterable[bytes | str]) -> Iterator[PictureData]:
    """Of the records of one turn, in their order; a copy of one that came already is passed over."""
    seen: set[int] = set()
    for line in lines:
        try:
            record = msgspec.json.decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
        for media_type, text in _found(record):
            if hash(text) not in seen:
                seen.add(hash(text))
                yield PictureData(media_type, _decoded(text))


def _found(value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Media type and base64 of each, from the outside in."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        if picture := _picture(value):
            yield picture
            return
        for item in value.values():
            yield from _found(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, depth + 1)


def _picture(fields: dict[str, Any]) -> tuple[str, str] | None:
    text = next((fields[name] for name in DATA_FIELDS if isinstance(fields.get(name), str)), "")
    if not text or len(text) > LONGEST:
        return None
    if text.startswith(PREFIX):
        head, _, body = text.partition(",")
        media_type = head.removeprefix(PREFIX).split(";")[0]
        return (media_type, body) if media_type.startswith("image/") and ";base64" in head else None
    for name in TYPE_FIELDS:
        media_type = fields.get(name)
        if isinstance(media_type, str) and media_type.startswith("image/"):
            return media_type, text
    return None


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
