"""A session's turns, read again from its file, or from the archived copy where the file has changed."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from memex.catalog.archive import hash_of_beginning
from memex.catalog.catalog import Catalog
from memex.catalog.sessions import SessionRecord
from memex.core.errors import SessionNotFoundError
from memex.core.replay import Origin, SessionOutline, TurnOutline
from memex.core.session import COPY_MARK, Session, ToolKind, TouchKind, Turn
from memex.transcripts.readers import read_transcripts

GIST_LENGTH = 160
EDITS = frozenset({ToolKind.EDIT, ToolKind.WRITE})


def open_session(catalog: Catalog, name: str) -> tuple[SessionOutline, Session]:
    """By id, or by a beginning of the id that only one session has."""
    with catalog.errors():
        record = catalog.sessions.record(catalog.sessions.resolve(name))
        session, origin = _read(catalog, record)
    return outline(record, session, origin), session


def outline(record: SessionRecord, session: Session, origin: Origin) -> SessionOutline:
    return SessionOutline(
        card=record.card,
        origin=origin,
        turns=tuple(map(turn_outline, session.turns)),
        models=record.models,
        tokens=record.tokens,
        files_touched=files_touched(session),
        project_path=record.project_path,
        skipped_records=record.skipped_records,
        problem_count=record.problem_count,
        redactions=record.redactions,
    )


def turn_outline(turn: Turn) -> TurnOutline:
    return TurnOutline(
        index=turn.index,
        role=turn.role,
        kind=turn.kind,
        gist=gist(turn),
        time=turn.time,
        tools=tuple(call.kind for call in turn.tool_calls),
        has_error=turn.has_error,
        has_edit=any(call.kind in EDITS for call in turn.tool_calls),
        has_subagent=any(call.kind is ToolKind.SUBAGENT for call in turn.tool_calls),
        is_withdrawn=turn.is_withdrawn,
    )


def gist(turn: Turn) -> str:
    """One line: what was said, else what was run."""
    if said := " ".join(turn.text[: GIST_LENGTH * 4].split()):
        return said[:GIST_LENGTH]
    for call in turn.tool_calls:
        detail = call.command or (call.files[0].path if call.files else "")
        return f"{call.name} {' '.join(detail.split())}".strip()[:GIST_LENGTH]
    return "(thinking)" if turn.thinking else ""


def files_touched(session: Session) -> tuple[str, ...]:
    """Files that were edited, created or deleted, in the order they were first."""
    touches = (touch for turn in session.turns for call in turn.tool_calls for touch in call.files)
    return tuple(dict.fromkeys(touch.path for touch in touches if touch.kind is not TouchKind.READ))


def _read(catalog: Catalog, record: SessionRecord) -> tuple[Session, Origin]:
    path = Path(record.card.source_path)
    origin = _origin(catalog, record, path)
    if origin in (Origin.SOURCE, Origin.GROWN):
        with path.open("rb") as file:
            return _pick(read_transcripts(file, path), record), origin
    copy = catalog.archive.open(record.content_hash)
    if copy is None:
        raise SessionNotFoundError(f"{path} is gone, and the library kept no copy of it.")
    with copy:
        return _pick(read_transcripts(copy, path), record), origin


def _pick(sessions: Iterator[Session], record: SessionRecord) -> Session:
    """Of a file that may hold many, the one that was asked for."""
    wanted = record.card.id.split(COPY_MARK)[0]
    first = next(sessions)
    found = next((session for session in chain([first], sessions) if session.id == wanted), None)
    return found or first


def _origin(catalog: Catalog, record: SessionRecord, path: Path) -> Origin:
    size = catalog.archive.size_of(record.content_hash) or 0
    try:
        now = path.stat().st_size
        beginning = hash_of_beginning(path, size)
    except OSError:
        return Origin.ARCHIVE
    if beginning != record.content_hash:
        return Origin.DIVERGED
    return Origin.SOURCE if now == size else Origin.GROWN
