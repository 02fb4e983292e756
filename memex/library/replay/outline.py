"""What a session's turn list and header show, from its turns."""

from memex.catalog.catalog import Catalog
from memex.core.replay import SessionOutline, TouchedFile, TurnOutline, WithdrawnBranch
from memex.core.session import Session, ToolKind, Turn, TurnKind
from memex.library.replay.reading import Reading
from memex.library.replay.resume import resume_command

GIST_LENGTH = 160
EDITS = frozenset({ToolKind.EDIT, ToolKind.WRITE})


def outline(catalog: Catalog, reading: Reading, session: Session) -> SessionOutline:
    """`session`: the reading's own, or the same without its secrets."""
    record = reading.record
    return SessionOutline(
        card=record.card,
        origin=reading.origin,
        turns=tuple([turn_outline(turn) for turn in session.turns]),
        models=session.models,
        agent_version=session.agent_version,
        tokens=session.tokens,
        started_at=session.started_at,
        ended_at=session.ended_at,
        files=touched_files(session),
        project_path=session.project_path,
        outcome=session.outcome,
        outcome_evidence=session.outcome_evidence,
        intent=session.intent,
        intent_evidence=session.intent_evidence,
        branches=withdrawn_branches(session),
        compactions=tuple([turn.index for turn in session.turns if turn.kind is TurnKind.SUMMARY]),
        parent=catalog.sessions.parent_of(record.card),
        children=catalog.sessions.children_of(record.card),
        skipped_records=session.skipped_records,
        problems=session.problems,
        redactions=record.redactions,
        resume_command=resume_command(session, reading.path),
    )


def turn_outline(turn: Turn) -> TurnOutline:
    return TurnOutline(
        index=turn.index,
        role=turn.role,
        kind=turn.kind,
        gist=gist(turn),
        time=turn.time,
        tools=tuple([call.kind for call in turn.tool_calls]),
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
        return f"{call.name} {' '.join(detail[: GIST_LENGTH * 4].split())}".strip()[:GIST_LENGTH]
    return "(thinking)" if turn.thinking else ""


def touched_files(session: Session) -> tuple[TouchedFile, ...]:
    files: dict[str, TouchedFile] = {}
    for turn in session.turns:
        for call in turn.tool_calls:
            for touch in call.files:
                known = files.get(touch.path) or TouchedFile(touch.path)
                files[touch.path] = known.with_touch(touch.kind)
    return tuple(files.values())


def withdrawn_branches(session: Session) -> tuple[WithdrawnBranch, ...]:
    members: dict[int, list[int]] = {}
    for turn in session.turns:
        if turn.branch:
            members.setdefault(turn.branch, []).append(turn.index)
    standing = [turn.index for turn in session.turns if not turn.branch]
    return tuple(
        WithdrawnBranch(number, tuple(turns), _last_before(turns[0], standing))
        for number, turns in sorted(members.items())
    )


def _last_before(first: int, standing: list[int]) -> int | None:
    return max((index for index in standing if index < first), default=None)
