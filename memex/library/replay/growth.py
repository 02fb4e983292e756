"""What has become of an open session's file since it was read."""

from dataclasses import dataclass
from pathlib import Path

from memex.catalog.catalog import Catalog
from memex.core.replay import Origin
from memex.core.session import Session
from memex.library.replay.reading import Extent, Reading, begins_with, is_file, read_session

KEPT = "what was read of it stays here as it was"


@dataclass(frozen=True, slots=True)
class Growth:
    """`reading` is of all that the file holds now; turns before `first_turn` are as they were."""

    reading: Reading
    first_turn: int


def growth_of(catalog: Catalog, reading: Reading) -> Growth | str | None:
    """None: nothing new. A text: the sentence that says why the file can no longer be followed."""
    if reading.origin not in (Origin.SOURCE, Origin.GROWN):
        return None
    what = _change(reading.path, reading.extent)
    if not isinstance(what, bool):
        return what
    if not what:
        return None
    newer = read_session(catalog, reading.record.card.key)
    if newer.extent.size <= reading.extent.size:
        return f"{reading.path} was rewritten while it was being read: {KEPT}."
    return Growth(newer, first_change(reading.session, newer.session))


def first_change(older: Session, newer: Session) -> int:
    """A later line may complete a turn (a result comes), or withdraw it (the user goes back)."""
    for index, (before, after) in enumerate(zip(older.turns, newer.turns, strict=False)):
        if before != after:
            return index
    return min(len(older.turns), len(newer.turns))


def _change(path: Path, extent: Extent) -> bool | str:
    """Whether it has grown; a sentence if it was not only that."""
    try:
        size = path.stat().st_size
        if not is_file(path):
            return f"{path} is no longer a file: {KEPT}."
        if size < extent.size:
            return f"{path} has become shorter: {KEPT}."
        if not begins_with(path, extent):
            return f"{path} was rewritten: {KEPT}."
    except FileNotFoundError:
        return f"{path} is gone: {KEPT}."
    except OSError as error:
        return f"{path} can no longer be read ({error.strerror}): {KEPT}."
    return size > extent.size
