"""The stamp of a generation's directory: which shape and engine wrote it. Without one, it is unfinished."""

from pathlib import Path

import msgspec
from msgspec import Struct

from memex.core.errors import IndexingError
from memex.index.errors import StaleGenerationError
from memex.index.shape import CollectionShape, shape_hash

STAMP_FILE = "generation.json"


class Stamp(Struct, frozen=True):
    engine: str
    shape: str
    """`shape_hash`"""


def write_stamp(directory: Path, shape: CollectionShape, engine: str) -> None:
    draft = directory / f"{STAMP_FILE}.tmp"
    try:
        draft.write_bytes(msgspec.json.encode(Stamp(engine, shape_hash(shape, engine))))
        draft.replace(directory / STAMP_FILE)
    except OSError as cause:
        raise IndexingError(
            f"The vector index could not be written: make room in {directory} ({cause})."
        ) from cause


def check_stamp(directory: Path, shape: CollectionShape, engine: str) -> None:
    """Raises StaleGenerationError unless the same shape and engine wrote the whole of this directory."""
    try:
        stamp = msgspec.json.decode((directory / STAMP_FILE).read_bytes(), type=Stamp)
    except (OSError, msgspec.MsgspecError) as cause:
        raise StaleGenerationError(
            f"The vector index in {directory} is incomplete: it must be rebuilt from the library."
        ) from cause
    if stamp.engine != engine:
        raise StaleGenerationError(
            f"The vector index was written by {stamp.engine}, this is {engine}: "
            "it must be rebuilt from the library."
        )
    if stamp.shape != shape_hash(shape, engine):
        raise StaleGenerationError(
            "The vector index was made for another model or Memex: it must be rebuilt from the library."
        )
