"""Which files may be transcripts, without opening any."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from memex.transcripts.agents import READERS

NOT_TRANSCRIPTS = {"journal.jsonl", "history.jsonl", "session_index.jsonl", "sessions-index.jsonl"}
JSON_NAMES = re.compile(r"(?:rollout-|session-|ses_).*|api_conversation_history")
"""Codex before mid-2025, Gemini CLI, OpenCode's sessions and exports; Cline."""
DATABASE_NAMES = re.compile(r"opencode(?:-.*)?")
AIDER_HISTORY = ".aider.chat.history.md"


@dataclass(frozen=True, slots=True)
class FoundFile:
    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder or a file that is there, but cannot be looked into."""

    path: Path
    reason: str


def default_roots() -> tuple[Path, ...]:
    """The agents' own folders, and files where one holds all, that exist on this machine."""
    return tuple(root for reader in READERS for root in reader.roots() if root.exists())


def find_transcripts(roots: Iterable[Path]) -> Iterator[FoundFile | Unreadable]:
    """Walks folders, in the order of names; a root may also be a file.

    Paths are absolute and keep their symbolic links. What is reached twice is yielded once.
    """
    walk = _Walk()
    for root in roots:
        yield from walk.visit(root.expanduser().absolute())


@dataclass(slots=True)
class _Walk:
    seen: set[tuple[int, int]] = field(default_factory=set)
    """(device, inode) of every file and folder so far: ends loops of symbolic links."""

    def visit(self, root: Path) -> Iterator[FoundFile | Unreadable]:
        pending = [root]
        while pending:
            path = pending.pop()
            try:
                status = os.stat(path)  # noqa: PTH116 - on Windows os.scandir's status has no inode
                if self._seen_before(status):
                    continue
                if stat.S_ISDIR(status.st_mode):
                    pending.extend(reversed(_children(path)))
                elif stat.S_ISREG(status.st_mode):
                    yield FoundFile(path, status.st_size, status.st_mtime_ns)
            except OSError as cause:
                yield Unreadable(path, cause.strerror or str(cause))

    def _seen_before(self, status: os.stat_result) -> bool:
        identity = (status.st_dev, status.st_ino)
        if not status.st_ino:
            return False
        if identity in self.seen:
            return True
        self.seen.add(identity)
        return False


def _children(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if _may_matter(entry))
    return [folder / name for name in names]


def _may_matter(entry: "os.DirEntry[str]") -> bool:
    if is_transcript_name(entry.name):
        return True
    try:
        return entry.is_dir()
    except OSError:
        return True


def is_transcript_name(name: str) -> bool:
    """By name alone, since a folder may hold thousands of files; readers see what is in them."""
    stem, _, extension = name.lower().rpartition(".")
    match extension:
        case "jsonl":
            return name.lower() not in NOT_TRANSCRIPTS
        case "json":
            return JSON_NAMES.fullmatch(stem) is not None
        case "db":
            return DATABASE_NAMES.fullmatch(stem) is not None
        case _:
            return name == AIDER_HISTORY
