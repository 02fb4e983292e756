"""Where Claude Code keeps its transcripts, and what their names say."""

import os
from pathlib import Path

import msgspec

from memex.transcripts.fields import record_of
from memex.transcripts.records import Record

HELPERS = ("agent-aprompt_suggestion-", "agent-acompact-", "agent-aside_question-")
MAX_META_BYTES = 1 << 16


def roots() -> tuple[Path, ...]:
    """The same on every platform: below the home folder, or where `CLAUDE_CONFIG_DIR` says."""
    named = os.environ.get("CLAUDE_CONFIG_DIR")
    if named:
        return (Path(named).expanduser() / "projects",)
    return (Path.home() / ".claude" / "projects", Path.home() / ".config" / "claude" / "projects")


def is_helper(path: Path) -> bool:
    """The harness's own sub-agents; they repeat their parent's messages under the same uuids."""
    return path.stem.startswith(HELPERS)


def is_subagent_name(path: Path) -> bool:
    return path.stem.startswith("agent-") or "subagents" in path.parts[:-1]


def meta_of(path: Path) -> Record:
    """The `.meta.json` beside a sub-agent's file, or nothing."""
    try:
        with path.with_name(f"{path.stem}.meta.json").open("rb") as stream:
            return record_of(msgspec.json.decode(stream.read(MAX_META_BYTES)))
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return {}
