"""Values in words: ages, counts, durations, names."""

from datetime import datetime, timedelta
from pathlib import Path

from memex.core.lenses import Lens
from memex.core.names import AGENT_NAMES as AGENT_NAMES
from memex.core.names import DAY, HOUR, MINUTE
from memex.core.names import OUTCOME_NAMES as OUTCOME_NAMES
from memex.core.names import agent_name as agent_name
from memex.core.names import seconds_in_words as seconds_in_words
from memex.core.search import SessionCard

LENS_NAMES = {lens: lens.value for lens in Lens}


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


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def fold(copies: int, subagents: int) -> str:
    """`+3 like it · 2 sub-agents`, what there is of them."""
    parts = [f"+{copies:,} like it"] if copies else []
    if subagents:
        parts.append(count(subagents, "sub-agent"))
    return " · ".join(parts)


def score(value: float) -> str:
    """Two places, without a leading zero: `.61`, `1.04`."""
    return f"{value:.2f}".removeprefix("0")


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
