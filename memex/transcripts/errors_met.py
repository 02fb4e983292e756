"""The errors that calls met, and where the same command passed later: "solved where?"."""

import re
from collections.abc import Sequence

from memex.core.session import ErrorMet, ToolCall

TEXT_LENGTH = 4000
KEPT_HEAD = 1000
CHANGE_OF_FOLDER = re.compile(r"cd\s+[^;&|\n]+(?:&&|;)\s*")
SHORTENING = re.compile(r"\| ?(?:tail|head|grep|less|cat)\b")

Key = tuple[str, ...]


def errors_met(calls: Sequence[Sequence[ToolCall]]) -> list[tuple[ErrorMet, ...]]:
    """`calls` are by turn, and so are the errors."""
    passed_at = _solutions(calls)
    found: list[tuple[ErrorMet, ...]] = [()] * len(calls)
    for turn, some in enumerate(calls):
        failed = [(place, call) for place, call in enumerate(some) if call.is_error]
        if failed:
            found[turn] = tuple([_error(call, passed_at.get((turn, place))) for place, call in failed])
    return found


def _solutions(calls: Sequence[Sequence[ToolCall]]) -> dict[tuple[int, int], int]:
    """(turn, place) of a failed call → the next turn in which the same passed."""
    waiting: dict[Key, list[tuple[int, int]]] = {}
    solved: dict[tuple[int, int], int] = {}
    for turn, some in enumerate(calls):
        for place, call in enumerate(some):
            if call.is_error:
                if key := _key(call):
                    waiting.setdefault(key, []).append((turn, place))
            elif waiting and call.result is not None and (key := _key(call)) in waiting:
                solved.update(dict.fromkeys(waiting.pop(key), turn))
    return {where: at for where, at in solved.items() if at > where[0]}


def _key(call: ToolCall) -> Key:
    """What makes two calls the same attempt: the command without its folder and cut; or tool and files."""
    if call.command:
        return (_bare(call.command),)
    paths = [touch.path for touch in call.files] or _named_path(call)
    return (call.name, *paths) if paths else ()


def _named_path(call: ToolCall) -> list[str]:
    """A failed call has touched nothing; its input says what it would have touched."""
    if not isinstance(call.input, dict):
        return []
    path = call.input.get("file_path") or call.input.get("path")
    return [path] if isinstance(path, str) else []


def _bare(command: str) -> str:
    if command.startswith("cd "):
        command = CHANGE_OF_FOLDER.sub("", command, count=1)
    if "|" in command and (cut := SHORTENING.search(command)):
        command = command[: cut.start()].removesuffix(" ").removesuffix(" 2>&1")
    return command.removesuffix(" 2>&1").strip()


def _error(call: ToolCall, solved_at: int | None) -> ErrorMet:
    """Of a long output the beginning and the end: compilers say it first, test runners last."""
    text = call.result or ""
    if len(text) > TEXT_LENGTH:
        text = f"{text[:KEPT_HEAD]}\n…\n{text[KEPT_HEAD - TEXT_LENGTH :]}"
    return ErrorMet(text, call.id, call.command, solved_at)
