"""The three shapes a rollout was written in, brought to one: `(type, payload, timestamp)`.

- now: `{timestamp, type, payload}`;
- mid-2025: a bare `{id, timestamp, instructions, git?}`, then bare items and `{record_type: "state"}` marks;
- before: one document `{session: {…}, items: […]}`.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from memex.transcripts.fields import record_of, records_in, text_of
from memex.transcripts.records import Record

MANY_KINDS = ("response_item", "event_msg")
ENVELOPES = ("session_meta", "response_item", "event_msg", "turn_context", "compacted")
BARE_ITEMS = (
    "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "reasoning",
    "local_shell_call", "web_search_call",
)  # fmt: skip
TEXT_PARTS = ("input_text", "output_text")
NO_TYPE = "(no type)"


class Item(NamedTuple):
    type: str
    payload: Record
    timestamp: object

    @property
    def route(self) -> tuple[bytes, bytes | None]:
        """Types of envelope and payload; of the latter only where there are several."""
        return self.type.encode(), self._kind.encode() if self.type in MANY_KINDS else None

    @property
    def name(self) -> str:
        return f"{self.type}/{self._kind}" if self.type in MANY_KINDS else self.type

    @property
    def _kind(self) -> str:
        """Bare messages may leave it out."""
        kind = self.payload.get("type")
        if isinstance(kind, str) or self.type == "event_msg":
            return text_of(kind)
        return "message" if "role" in self.payload else NO_TYPE


def roots() -> tuple[Path, ...]:
    """The same on every platform: below the home folder, or where `CODEX_HOME` says."""
    named = os.environ.get("CODEX_HOME")
    home = Path(named).expanduser() if named else Path.home() / ".codex"
    return (home / "sessions", home / "archived_sessions")


def recognises(head: Sequence[Record]) -> bool:
    return any(_is_envelope(record) or _is_old(record) for record in head) or (
        bool(head)
        and _is_bare_meta(head[0])
        and (len(head) == 1 or any(_is_bare_item(record) for record in head))
    )


def items_in(record: Record) -> Iterator[Item]:
    """What a record holds, as the newest shape has it; one of no known shape keeps its type."""
    kind = record.get("type")
    payload = record.get("payload")
    if isinstance(kind, str) and isinstance(payload, dict):
        yield Item(kind, payload, record.get("timestamp"))
    elif _is_old(record):
        yield Item("session_meta", record_of(record.get("session")), None)
        for item in records_in(record.get("items")):
            yield Item("response_item", item, item.get("timestamp"))
    elif _is_bare_item(record):
        yield Item("response_item", record, record.get("timestamp"))
    elif _is_bare_meta(record):
        yield Item("session_meta", record, record.get("timestamp"))
    elif record.get("record_type") != "state":
        yield Item(kind if isinstance(kind, str) else NO_TYPE, {}, record.get("timestamp"))


def _is_envelope(record: Record) -> bool:
    return record.get("type") in ENVELOPES and isinstance(record.get("payload"), dict)


def _is_bare_meta(record: Record) -> bool:
    return isinstance(record.get("id"), str) and "timestamp" in record and "instructions" in record


def _is_bare_item(record: Record) -> bool:
    if record.get("type") == "message" and isinstance(record.get("role"), str):
        return any(part.get("type") in TEXT_PARTS for part in records_in(record.get("content")))
    return record.get("type") in BARE_ITEMS


def _is_old(record: Record) -> bool:
    return isinstance(record.get("session"), dict) and isinstance(record.get("items"), list)
