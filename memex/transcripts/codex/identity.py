"""Who a rollout is: its first `session_meta`; and which lines are a copy of another thread's history."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from memex.transcripts.codex.payloads import SessionMeta, TaskStarted, TurnContext
from memex.transcripts.fields import record_of, text_of, time_of

COPY_SPREAD = timedelta(seconds=1)
"""Copied history is written at once, all of it under the time of copying."""
HOUSEKEEPING = ("compact", "memory_consolidation")
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
UUID_ENDING = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Identity:
    def __init__(self, path: Path) -> None:
        self._stem = path.stem
        self._meta: SessionMeta | None = None
        self.copied_at: datetime | None = None
        """While what is read may be a copy: when that was made."""
        self._folder = ""
        self.version: str | None = None

    def take_meta(self, meta: SessionMeta, stamp: object, nothing_said: bool) -> None:
        """The first is the identity. Another thread's, before anything was said, begins a copied history."""
        if self._meta is None:
            self._meta = meta
            self.version = meta.cli_version or None
        elif meta.id == self._meta.id:
            self.version = meta.cli_version or self.version
        elif nothing_said:
            self.copied_at = time_of(stamp)

    def is_copied(self, payload: Struct, stamp: object) -> bool:
        """Ends the copy at the first turn whose id is younger than the thread's own (both are UUIDv7)."""
        time = time_of(stamp)
        late = time is not None and self.copied_at is not None and time - self.copied_at > COPY_SPREAD
        if late or self._begins_own_turn(payload):
            self.copied_at = None
            return False
        return True

    def _begins_own_turn(self, payload: Struct) -> bool:
        if not isinstance(payload, TurnContext | TaskStarted):
            return False
        turn, own = payload.turn_id or "", self._known.id
        return bool(UUID7.fullmatch(turn) and UUID7.fullmatch(own)) and turn > own

    def take_context(self, context: TurnContext) -> None:
        self._folder = self._folder or context.cwd

    @property
    def _known(self) -> SessionMeta:
        return self._meta or SessionMeta()

    @property
    def session_id(self) -> str:
        if self._known.id:
            return self._known.id
        ending = UUID_ENDING.search(self._stem)
        return ending[0] if ending else self._stem

    @property
    def started_at(self) -> datetime | None:
        return time_of(self._known.timestamp)

    @property
    def folder(self) -> str | None:
        return self._known.cwd or self._folder or None

    @property
    def branch(self) -> str | None:
        branch = self._known.git.branch if self._known.git else None
        return branch if branch and branch != "HEAD" else None

    @property
    def is_subagent(self) -> bool:
        meta = self._known
        return meta.thread_source == "subagent" or bool(record_of(meta.source).get("subagent"))

    @property
    def is_helper(self) -> bool:
        """Sub-agents that no one asked for: compaction, and what Codex calls `other` (its guardian)."""
        kind = record_of(self._known.source).get("subagent")
        return kind in HOUSEKEEPING if isinstance(kind, str) else "other" in record_of(kind)

    @property
    def parent_id(self) -> str | None:
        if not self.is_subagent:
            return None
        spawn = record_of(record_of(record_of(self._known.source).get("subagent")).get("thread_spawn"))
        return text_of(spawn.get("parent_thread_id")) or self._known.parent_thread_id or None
