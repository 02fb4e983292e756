"""Session values for tests, made by hand."""

from datetime import UTC, datetime

from memex.core.session import Agent, Role, Session, ToolCall, ToolKind, Turn, TurnKind

WHEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def prompt(index: int, text: str) -> Turn:
    return Turn(index, Role.USER, TurnKind.PROMPT, text, time=WHEN)


def reply(index: int, text: str = "", *calls: ToolCall) -> Turn:
    return Turn(index, Role.ASSISTANT, TurnKind.REPLY, text, time=WHEN, tool_calls=calls)


def shell(command: str, result: str = "", *, is_error: bool = False) -> ToolCall:
    return ToolCall(
        f"call-{command}",
        "Bash",
        ToolKind.SHELL,
        {"command": command},
        result,
        is_error=is_error,
        command=command,
    )


def session(session_id: str, *turns: Turn, title: str = "A session", **fields: object) -> Session:
    known = {"project_path": "/home/ann/infra", "started_at": WHEN, "ended_at": WHEN, **fields}
    return Session(Agent.CLAUDE_CODE, session_id, title, turns=turns, **known)  # type: ignore[arg-type]
