"""Which records are Claude Code's, and which of them say nothing of the conversation."""

from collections.abc import Sequence

from memex.transcripts.records import Record

PROGRESS = b'"type":"progress","data":{"type":"'
AGENT_PROGRESS = b"agent_progress"
"""What a sub-agent said, perhaps the only copy."""
ENVELOPE_BYTES = 1000
ENVELOPED = ("system", "attachment", "progress")
METADATA = frozenset(
    [
        "custom-title",
        "ai-title",
        "agent-name",
        "summary",
        "last-prompt",
        "permission-mode",
        "mode",
        "queue-operation",
        "pr-link",
        "bridge-session",
        "atis-latch",
        "agent-setting",
        "agent-color",
        "worktree-state",
        "relocated",
        "frame-link",
        "progress",
        "file-history-snapshot",
        "file-history-delta",
        "result",
    ]
)
OWN_METADATA = METADATA - {"summary", "mode", "progress", "result"}
"""Types that no other agent is known to write."""
QUIET_SYSTEM = frozenset(
    [
        "turn_duration",
        "stop_hook_summary",
        "away_summary",
        "compact_boundary",
        "informational",
        "bridge_status",
        "init",
        "microcompact_boundary",
        "scheduled_task_fire",
        "model_refusal_fallback",
        "api_refusal",
    ]
)


def recognises(head: Sequence[Record]) -> bool:
    return any(_is_ours(record) for record in head)


def is_noise(raw: bytes) -> bool:
    """Lines that say nothing of the conversation and hold many bytes; told without decoding them.

    A `type` before which no other object opens is the record's own: in a text its quotes would be escaped.
    """
    if raw.startswith(b'{"type":"file-history-'):
        return True
    place = raw.find(PROGRESS, 0, ENVELOPE_BYTES)
    return (
        place > 0
        and not raw.startswith(AGENT_PROGRESS, place + len(PROGRESS))
        and raw.find(b"{", 1, place) < 0
        and raw.startswith(b"{")
    )


def _is_ours(record: Record) -> bool:
    kind = record.get("type")
    if kind in ("user", "assistant"):
        message = record.get("message")
        return isinstance(message, dict) and "content" in message
    if kind in ENVELOPED:
        return "sessionId" in record and "isSidechain" in record
    if not isinstance(kind, str):
        return False
    return kind in OWN_METADATA or (kind == "summary" and "leafUuid" in record)
