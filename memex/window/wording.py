"""Values in words: ages, counts, durations, names."""

from datetime import datetime, timedelta
from pathlib import Path

from memex.core.lenses import Lens
from memex.core.search import SessionCard
from memex.core.session import Agent, Outcome

AGENT_NAMES: dict[str, str] = {
    Agent.CLAUDE_CODE: "Claude Code",
    Agent.CODEX: "Codex",
    Agent.GEMINI: "Gemini CLI",
    Agent.OPENCODE: "OpenCode",
    Agent.COPILOT: "Copilot CLI",
    Agent.CURSOR: "Cursor",
    Agent.PI: "Pi",
    Agent.OH_MY_PI: "Oh My Pi",
    Agent.QWEN: "Qwen Code",
    Agent.CLINE: "Cline",
    Agent.AIDER: "Aider",
}
LENS_NAMES = {lens: lens.value for lens in Lens}
OUTCOME_NAMES = {
    Outcome.RESOLVED: "resolved",
    Outcome.PARTIAL: "partly resolved",
    Outcome.UNRESOLVED: "unresolved",
    Outcome.UNKNOWN: "unknown",
}
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def age(when: datetime | None, now: datetime) -> str:
    """Short and coarse (`3 d ago`); the exact time belongs in a tooltip."""
    if when is None:
        return ""
    seconds = max(0, int((now - when).total_seconds()))
    steps = ((365 * DAY, "y"), (61 * DAY, "mo"), (14 * DAY, "w"), (DAY, "d"), (HOUR, "h"), (MINUTE, "min"))
    units = {"y": 365 * DAY, "mo": 30 * DAY, "w": 7 * DAY, "d": DAY, "h": HOUR, "min": MINUTE}
    for least, unit in steps:
        if seconds >= least:
            return f"{seconds // units[unit]} {unit} ago"
    return "just now"


def exact_time(when: datetime | None) -> str:
    return when.astimezone().strftime("%Y-%m-%d %H:%M") if when else "time unknown"


def duration(card: SessionCard) -> str:
    if card.started_at is None or card.ended_at is None:
        return "unknown"
    return seconds_in_words((card.ended_at - card.started_at) / timedelta(seconds=1))


def seconds_in_words(seconds: float) -> str:
    """Two units at most: `2 s`, `14 min`, `3 h 05 min`, `2 d 4 h`."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def score(value: float) -> str:
    """Two places, without a leading zero: `.61`, `1.04`."""
    return f"{value:.2f}".removeprefix("0")


def agent_name(agent: str) -> str:
    return AGENT_NAMES.get(agent, agent)


def place(path: str) -> str:
    """A path below the user's home begins with `~`."""
    try:
        return str("~" / Path(path).relative_to(Path.home()))
    except ValueError:
        return path


def card_title(card: SessionCard) -> str:
    return " ".join(card.title.split()) or "Untitled session"


def card_place(card: SessionCard) -> str:
    """Project, branch and agent, those that are known."""
    parts = (card.project, card.branch, agent_name(card.agent))
    return " · ".join(part for part in parts if part)
