"""Files that Claude Code keeps beside a transcript: outputs too large for a line, sub-agents' transcripts."""

import re
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

PERSISTED = "<persisted-output>"
SAVED_AS = re.compile(r"Full output saved to: (?:[^\n]*[/\\])?([\w.-]+)$", re.MULTILINE)
MAX_OUTPUT_BYTES = 1 << 22


class SideFiles:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._agents: dict[str, bool] = {}
        self._outputs: dict[str, bool] = {}
        """Which of those that were asked for are there."""

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        """Of the session; of a sub-agent, also its parent's."""
        own = self._path.with_suffix("")
        parents = self._path.parents
        return (own, parents[1]) if self._path.parent.name == "subagents" else (own,)

    def whole(self, text: str) -> str:
        """The output that a note stands for, when its file is there; by its name alone, never by its path."""
        saved = SAVED_AS.search(text) if text.startswith(PERSISTED) else None
        if saved is None or saved[1].startswith("."):
            return text
        content = next(filter(None, map(_content, self._outputs_named(saved[1]))), "")
        self._outputs[saved[1]] = bool(content)
        return content or text

    def has_agent(self, agent: str) -> bool:
        """Whether a sub-agent has a transcript of its own, beside or below this one."""
        if agent not in self._agents:
            self._agents[agent] = self._finds_agent(agent)
        return self._agents[agent]

    def are_as_they_were(self) -> bool:
        """No file that was missed has come, and none that was there has gone."""
        return all(self._finds_agent(agent) is found for agent, found in self._agents.items()) and all(
            any(map(_content, self._outputs_named(name))) is found for name, found in self._outputs.items()
        )

    def _outputs_named(self, name: str) -> Iterator[Path]:
        return (folder / "tool-results" / name for folder in self._folders)

    def _finds_agent(self, agent: str) -> bool:
        name = f"agent-{agent}.jsonl"
        places = (self._path.with_name(name), self._path.with_suffix("") / "subagents" / name)
        return name == Path(name).name and any(place.is_file() for place in places)


def _content(path: Path) -> str:
    """At most `MAX_OUTPUT_BYTES` of a plain file; nothing when there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return ""
        with path.open("rb") as stream:
            content = stream.read(MAX_OUTPUT_BYTES + 1)
    except (OSError, ValueError):
        return ""
    text = content[:MAX_OUTPUT_BYTES].decode("utf-8", errors="replace")
    return text if len(content) <= MAX_OUTPUT_BYTES else text + "\n[cut: the output is larger]"
