"""What the agents, judgements and spans of time are called in front of a user."""

from memex.core.replay import Redaction
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
OUTCOME_NAMES = {
    Outcome.RESOLVED: "resolved",
    Outcome.PARTIAL: "partly resolved",
    Outcome.UNRESOLVED: "unresolved",
    Outcome.UNKNOWN: "unknown",
}
MINUTE, HOUR, DAY = 60, 3_600, 86_400
LISTED_TURNS = 20


def agent_name(agent: str) -> str:
    return AGENT_NAMES.get(agent, agent)


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


def redaction_in_words(one: Redaction) -> str:
    """As in `github-token: 3, in turns 4, 9`."""
    turns = ", ".join(map(str, one.turns[:LISTED_TURNS]))
    more = f" and {len(one.turns) - LISTED_TURNS} more" if len(one.turns) > LISTED_TURNS else ""
    where = f", in turn{'s' * (len(one.turns) > 1)} {turns}{more}" if one.turns else ", in the title"
    return f"{one.kind}: {one.count}{where}"
