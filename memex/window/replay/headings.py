"""The line above a turn: its number, who spoke, what it is, by which model, and when."""

from memex.core.replay import TurnOutline
from memex.core.safe_text import one_line
from memex.core.session import Role, Turn, TurnKind

_WHO = {Role.USER: "User", Role.ASSISTANT: "Assistant", Role.SYSTEM: "System"}


def heading_of(turn: Turn | TurnOutline, model: str | None) -> str:
    parts = [f"Turn {turn.index + 1:,}", _WHO[turn.role]]
    if turn.kind is not TurnKind.REPLY:
        parts.append(turn.kind.value.replace("-", " "))
    if turn.is_withdrawn:
        parts.append("withdrawn")
    if model:
        parts.append(one_line(model, 60))
    if turn.time:
        parts.append(f"{turn.time.astimezone():%Y-%m-%d %H:%M:%S}")
    return " · ".join(parts)
