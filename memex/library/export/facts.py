"""What an export says of its session and its turns, in words."""

from collections.abc import Iterator
from datetime import UTC, datetime

from memex.core.names import OUTCOME_NAMES, agent_name, seconds_in_words
from memex.core.replay import TouchedFile
from memex.core.safe_text import one_line
from memex.core.session import Intent, Outcome, TouchKind, Turn, TurnKind
from memex.library.export.document import ExportDocument

SPEAKERS = {
    TurnKind.PROMPT: "You",
    TurnKind.SLASH_COMMAND: "You, a command",
    TurnKind.SHELL: "You, in the shell",
    TurnKind.INTERRUPT: "You stopped it",
    TurnKind.SUMMARY: "Summary",
    TurnKind.INJECTED: "The harness",
    TurnKind.NOTIFICATION: "Notification",
    TurnKind.ERROR: "The agent failed",
}
LISTED_FILES = 200


def title(document: ExportDocument) -> str:
    return one_line(document.outline.card.title) or "Untitled session"


def facts(document: ExportDocument) -> Iterator[tuple[str, str]]:
    """Name and value; what is not known is left out."""
    outline, card = document.outline, document.outline.card
    agent = " ".join(filter(None, (agent_name(card.agent), outline.agent_version)))
    yield from (
        (name, one_line(value))
        for name, value in (
            ("Agent", agent),
            ("Model", ", ".join(outline.models)),
            ("Project", outline.project_path or card.project or ""),
            ("Branch", card.branch or ""),
            ("Time", _time_span(document)),
            ("Turns", _turns(document)),
            ("Tokens", _tokens(document)),
            ("Outcome", _judged(outline.outcome, OUTCOME_NAMES, outline.outcome_evidence.why)),
            ("Intent", _judged(outline.intent, {}, outline.intent_evidence.why)),
            ("Read from", f"{card.source_path} ({outline.origin})"),
            ("Session", card.id),
            ("Resume", outline.resume_command or ""),
        )
        if value
    )


def touched(file: TouchedFile) -> str:
    counts = ((kind.value, getattr(file, kind)) for kind in TouchKind)
    return ", ".join(f"{what} {count}×" if count > 1 else what for what, count in counts if count)


def redaction_note(document: ExportDocument) -> str:
    if not document.is_redacted:
        return "Not redacted: secrets that the session holds stand here as they were."
    if not document.redactions:
        return "Looked through for secrets: none were found. Images are not looked through."
    return "Secrets were replaced by placeholders. Images are not looked through."


def speaker(document: ExportDocument, turn: Turn) -> str:
    return SPEAKERS.get(turn.kind) or agent_name(document.outline.card.agent)


def clock(when: datetime | None) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if when else ""


def _time_span(document: ExportDocument) -> str:
    began, ended = document.outline.started_at, document.outline.ended_at
    if began is None or ended is None:
        return clock(began or ended)
    return f"{clock(began)}, for {seconds_in_words((ended - began).total_seconds())}"


def _turns(document: ExportDocument) -> str:
    if len(document.turns) == document.turn_count:
        return f"{document.turn_count:,}"
    if not document.turns:
        return f"none of {document.turn_count:,}"
    first, last = document.turns[0].index, document.turns[-1].index
    return f"{first} to {last} of {document.turn_count:,}, counted from 0"


def _tokens(document: ExportDocument) -> str:
    tokens = document.outline.tokens
    counts = (
        ("in", tokens.input),
        ("out", tokens.output),
        ("from the cache", tokens.cache_read),
        ("to the cache", tokens.cache_write),
    )
    return ", ".join(f"{count:,} {name}" for name, count in counts if count)


def _judged(value: Outcome | Intent, names: dict[Outcome, str], why: str) -> str:
    if value in (Outcome.UNKNOWN, Intent.UNKNOWN):
        return ""
    name = names.get(value, value.value) if isinstance(value, Outcome) else value.value
    return f"{name}: {why}" if why else name
