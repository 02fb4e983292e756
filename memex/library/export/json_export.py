"""Export as JSON: the values of the readers as they stand, as docs/export.md says."""

from datetime import datetime

import msgspec
from msgspec import Struct

from memex import __version__
from memex.core.replay import Redaction, TouchedFile
from memex.core.session import Evidence, TokenUsage, Turn
from memex.library.export.document import ExportDocument

FORMAT = 1
"""Raised when a field is renamed, removed or gets another meaning."""


class ExportedSession(Struct, frozen=True):
    id: str
    agent: str
    agent_version: str | None
    title: str
    project: str | None
    project_path: str | None
    branch: str | None
    models: tuple[str, ...]
    started_at: datetime | None
    ended_at: datetime | None
    tokens: TokenUsage
    files: tuple[TouchedFile, ...]
    outcome: str
    outcome_evidence: Evidence
    intent: str
    intent_evidence: Evidence
    parent_id: str | None
    turn_count: int
    source_path: str
    origin: str
    resume_command: str | None


class JsonExport(Struct, frozen=True):
    format: int
    memex: str
    exported_at: datetime
    session: ExportedSession
    is_redacted: bool
    redactions: tuple[Redaction, ...]
    turns: tuple[Turn, ...]


def to_json(document: ExportDocument) -> bytes:
    export = JsonExport(
        format=FORMAT,
        memex=__version__,
        exported_at=document.exported_at,
        session=_session(document),
        is_redacted=document.is_redacted,
        redactions=document.redactions,
        turns=document.turns,
    )
    return msgspec.json.format(msgspec.json.encode(export), indent=2) + b"\n"


def _session(document: ExportDocument) -> ExportedSession:
    outline, card = document.outline, document.outline.card
    return ExportedSession(
        id=card.id,
        agent=card.agent,
        agent_version=outline.agent_version,
        title=card.title,
        project=card.project,
        project_path=outline.project_path,
        branch=card.branch,
        models=outline.models,
        started_at=outline.started_at,
        ended_at=outline.ended_at,
        tokens=outline.tokens,
        files=outline.files,
        outcome=outline.outcome,
        outcome_evidence=outline.outcome_evidence,
        intent=outline.intent,
        intent_evidence=outline.intent_evidence,
        parent_id=card.parent_id,
        turn_count=document.turn_count,
        source_path=card.source_path,
        origin=outline.origin,
        resume_command=outline.resume_command,
    )
