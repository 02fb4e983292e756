"""Who a rollout is: its first `session_meta`; and which lines are a copy of another thread's history."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from memex.transcripts.codex.shapes import Item
from memex.transcripts.fields import record_of, text_of, time_of
from memex.transcripts.records import Record

COPY_SPREAD = timedelta(seconds=1)
"""Copied history is written at once, all of it under the time of copying."""
HOUSEKEEPING = ("compact", "memory_consolidation")
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
UUID_ENDING = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Identity:
    def __init__(self, path: Path) -> None:
        self._stem = path.stem
        self._meta: Record | None = None
        self._copied_at: datetime | None = None
        self._folder = ""
        self.version: str | None = None

    def take_meta(self, item: Item, nothing_said: bool) -> None:
        """The first is the identity. Another thread's, before anything was said, begins a copied history."""
        payload = item.payload
        if self._meta is None:
            self._meta = payload
            self.version = text_of(payload.get("cli_version")) or None
        elif payload.get("id") == self._meta.get("id"):
            self.version = text_of(payload.get("cli_version")) or self.version
        elif nothing_said:
            self._copied_at = time_of(item.timestamp)

    @property
    def may_be_copied(self) -> bool:
        return self._copied_at is not None

    def is_copied(self, item: Item) -> bool:
        """Ends the copy at the first turn whose id is younger than the thread's own (both are UUIDv7)."""
        time = time_of(item.timestamp)
        late = time is not None and self._copied_at is not None and time - self._copied_at > COPY_SPREAD
        if late or self._begins_own_turn(item):
            self._copied_at = None
            return False
        return True

    def _begins_own_turn(self, item: Item) -> bool:
        if item.type != "turn_context" and item.payload.get("type") != "task_started":
            return False
        turn, own = text_of(item.payload.get("turn_id")), text_of(record_of(self._meta).get("id"))
        return bool(UUID7.fullmatch(turn) and UUID7.fullmatch(own)) and turn > own

    def take_context(self, payload: Record) -> None:
        self._folder = self._folder or text_of(payload.get("cwd"))

    @property
    def session_id(self) -> str:
        named = text_of(record_of(self._meta).get("id"))
        if named:
            return named
        ending = UUID_ENDING.search(self._stem)
        return ending[0] if ending else self._stem

    @property
    def started_at(self) -> datetime | None:
        return time_of(record_of(self._meta).get("timestamp"))

    @property
    def folder(self) -> str | None:
        return text_of(record_of(self._meta).get("cwd")) or self._folder or None

    @property
    def branch(self) -> str | None:
        branch = text_of(record_of(record_of(self._meta).get("git")).get("branch"))
        return branch if branch != "HEAD" and branch else None

    @property
    def is_subagent(self) -> bool:
        meta = record_of(self._meta)
        return meta.get("thread_source") == "subagent" or bool(record_of(meta.get("source")).get("subagent"))

    @property
    def is_helper(self) -> bool:
        """Sub-agents that no one asked for: compaction, and what Codex calls `other` (its guardian)."""
        kind = record_of(record_of(self._meta).get("source")).get("subagent")
        return kind in HOUSEKEEPING if isinstance(kind, str) else "other" in record_of(kind)

    @property
    def parent_id(self) -> str | None:
        if not self.is_subagent:
            return None
        meta = record_of(self._meta)
        spawn = record_of(record_of(record_of(meta.get("source")).get("subagent")).get("thread_spawn"))
        return text_of(spawn.get("parent_thread_id")) or text_of(meta.get("parent_thread_id")) or None
