"""What full text knows of a turn: everything that was said, run, read and printed in it."""

from collections.abc import Iterator

import msgspec

from memex.core.session import Session, ToolCall, Turn, TurnKind

LONGEST_PART = 200_000
"""Characters kept of one tool's input or output; the middle of longer ones is left out."""
NOT_SEARCHED = frozenset({TurnKind.INJECTED})


def turn_texts(session: Session) -> Iterator[tuple[int, str]]:
    for turn in session.turns:
        if turn.kind not in NOT_SEARCHED and (text := turn_text(turn)):
            yield turn.index, text


def turn_text(turn: Turn) -> str:
    parts = [turn.text, turn.thinking]
    for call in turn.tool_calls:
        parts += [input_text(call), call.result or ""]
    return "\n".join(shortened(part) for part in parts if part)


def card_text(session: Session) -> str:
    """What a session is found by as a whole."""
    parts = (session.title, session.project_name, session.project_path, session.branch, session.id)
    return "\n".join(part for part in parts if part)


def input_text(call: ToolCall) -> str:
    """The tool's name and every string of its input, in order."""
    return "\n".join((call.name, *_strings(call.input)))


def shortened(text: str, limit: int = LONGEST_PART) -> str:
    return text if len(text) <= limit else f"{text[: limit // 2]}\n…\n{text[-limit // 2 :]}"


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < 8:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item, depth + 1)
    elif isinstance(value, dict | list):
        yield msgspec.json.encode(value).decode()
