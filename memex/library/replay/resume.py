"""The command that lets an agent go on with a session, as each agent's own help has it."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from memex.core.session import Agent, Session

RESUME: dict[Agent, tuple[str, ...]] = {
    Agent.CLAUDE_CODE: ("claude", "--resume", "{id}"),
    Agent.CODEX: ("codex", "resume", "{id}"),
    Agent.GEMINI: ("gemini", "--resume", "{id}"),
    Agent.OPENCODE: ("opencode", "--session", "{id}"),
    Agent.COPILOT: ("copilot", "--resume={id}",),
    Agent.CURSOR: ("cursor-agent", "--resume={id}"),
    Agent.PI: ("pi", "--session", "{path}"),
    Agent.OH_MY_PI: ("omp", "--resume", "{path}"),
    Agent.QWEN: ("qwen", "--resume", "{id}"),
}  # fmt: skip
"""Cline and Aider name no session on their command lines."""
ID = re.compile(r"\w[\w.:-]*")
"""Anything else is no id that an agent gave, and could be taken for an option."""
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def resume_command(session: Session, path: Path) -> str | None:
    """For the user's shell, in the folder where the session ran; a sub-agent's session has none."""
    words = RESUME.get(session.agent)
    if words is None or session.is_subagent or session.is_helper or not ID.fullmatch(session.id):
        return None
    folder = session.project_path or ""
    if CONTROL.search(folder) or CONTROL.search(str(path)):
        return None
    resume = _quoted([word.format(id=session.id, path=path) for word in words])
    return f"{_change_to(folder)} && {resume}" if folder else resume


def _change_to(folder: str) -> str:
    if sys.platform == "win32":
        return f"cd /d {_quoted([folder])}"
    return f"cd {'-- ' if folder.startswith('-') else ''}{_quoted([folder])}"


def _quoted(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
