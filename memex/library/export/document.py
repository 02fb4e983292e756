"""What an export is made of, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from memex.core.replay import Redaction, SessionOutline
from memex.core.session import Session, Turn
from memex.core.steps.pictures import PictureData
from memex.transcripts.redaction import redact_session


@dataclass(frozen=True, slots=True)
class ExportDocument:
    outline: SessionOutline
    """Of the whole session, without the rows of its turns."""
    turns: tuple[Turn, ...]
    """Those that were chosen."""
    turn_count: int
    """How many the session has."""
    is_redacted: bool
    redactions: tuple[Redaction, ...]
    images: Mapping[int, tuple[PictureData, ...]]
    """By turn."""
    exported_at: datetime


def without_secrets(session: Session) -> tuple[Session, tuple[Redaction, ...]]:
    """The session with placeholders, and the list of what they stand for; a title counts with no turn."""
    clean, total = redact_session(session)
    found: dict[str, dict[int, int]] = {kind: {} for kind in total}
    for before, after in zip(session.turns, clean.turns, strict=True):
        if before is not after:
            _, counts = redact_session(replace(session, title="", turns=(before,)))
            for kind, count in counts.items():
                found[kind][before.index] = count
    return clean, tuple(Redaction(kind, total[kind], tuple(found[kind])) for kind in sorted(total))
