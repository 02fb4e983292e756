"""From a line's first bytes to what it decodes to and who takes it, without building the record.

Every line of Codex begins with its envelope, `{"timestamp":…,"type":…,"payload":{"type":…`, and the time is
one that sorts as a text. Lines that do not begin so are decoded whole.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

LINE_HEAD = re.compile(
    rb'\{"timestamp":"[-\d]{10}T[^"\\]{12}Z",(?:"ordinal":\d+,)?"type":"(\w+)","payload":\{(?:"type":"(\w+)")?'
)

Take = Callable[[Any], None]
Routes = Mapping[str, tuple[type[Struct], Take]]
"""By type of the payload: its shape, and who takes it."""
Payload = TypeVar("Payload")


class Envelope(Struct, Generic[Payload], gc=False):
    payload: Payload
    timestamp: str


class Route(NamedTuple):
    decode: Callable[[bytes], Envelope[Any]]
    """Refuses with `MsgspecError` a line of other types than the shape has."""
    take: Take
    shape: type[Struct]


def ignore(_payload: object) -> None:
    """Of records that say nothing, or only again, of the conversation."""


def route(shape: type[Struct], take: Take) -> Route:
    return Route(_decoder(shape), take, shape)


@cache
def _decoder(shape: type[Struct]) -> Callable[[bytes], Envelope[Any]]:
    return msgspec.json.Decoder(Envelope[shape]).decode  # type: ignore[valid-type]
