"""What every kind of tool call shows alike."""

from typing import Any

from memex.core.safe_text import one_line
from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Fact, Grammar, JsonTree, Listing, Note, Tone, ToolBlock
from memex.core.steps.json_tree import parsed_json

NO_RESULT = Note("No result was written: the call was still running, or was stopped.")
PICTURE_MARK = "[image]"
"""What readers write where an image stood in a result."""


def tool_block(
    call: ToolCall, summary: str, body: tuple[Block, ...], facts: tuple[Fact, ...] = ()
) -> ToolBlock:
    return ToolBlock(
        kind=call.kind,
        name=one_line(call.name, 60),
        summary=one_line(summary),
        facts=(*facts, *_duration(call.duration_ms)),
        is_error=call.is_error,
        body=body if call.result is not None else (*body, NO_RESULT),
    )


def input_blocks(call: ToolCall) -> tuple[Block, ...]:
    """The arguments as a tree, or as lines where they are a text; nothing for a call without arguments."""
    if call.input is None or call.input in ({}, [], ""):
        return ()
    if isinstance(call.input, str):
        parsed = parsed_json(call.input)
        if parsed is None:
            return (Listing(call.input.rstrip("\n"), Grammar.CODE, "Input", "javascript"),)
        return (JsonTree(parsed, "Input"),)
    return (JsonTree(call.input, "Input"),)


def result_blocks(call: ToolCall, label: str = "Result") -> tuple[Block, ...]:
    """A tree where the result is JSON, else its lines; nothing where it is empty or an image alone."""
    text = without_picture_marks(call.coloured or call.result or "")
    if not text.strip():
        return ()
    parsed = parsed_json(text)
    if parsed is not None:
        return (JsonTree(parsed, label),)
    tone = Tone.ERROR if call.is_error else Tone.PLAIN
    return (Listing(text.strip("\n"), Grammar.TERMINAL, label, tone=tone),)


def without_picture_marks(text: str) -> str:
    if PICTURE_MARK not in text:
        return text
    return "\n".join(line for line in text.split("\n") if line != PICTURE_MARK)


def argument(call: ToolCall, *names: str) -> Any:
    """The first of the named arguments that is given; None where none is."""
    given = call.input if isinstance(call.input, dict) else {}
    return next((given[name] for name in names if given.get(name) is not None), None)


def text_argument(call: ToolCall, *names: str) -> str:
    """The first of the named arguments that is a text, else an empty text."""
    given = call.input if isinstance(call.input, dict) else {}
    return next((given[name] for name in names if isinstance(given.get(name), str)), "")


def path_of(call: ToolCall) -> str:
    if call.files:
        return call.files[0].path
    return text_argument(call, "file_path", "absolute_path", "filePath", "path", "notebook_path", "filename")


def error_fact(call: ToolCall) -> tuple[Fact, ...]:
    return (Fact("failed", Tone.ERROR),) if call.is_error else ()


def count_fact(number: int, one: str) -> Fact:
    return Fact(f"{number:,} {one}" if number == 1 else f"{number:,} {one}s")


def _duration(milliseconds: int | None) -> tuple[Fact, ...]:
    if milliseconds is None:
        return ()
    if milliseconds < 1_000:
        return (Fact(f"{milliseconds} ms"),)
    if milliseconds < 60_000:
        return (Fact(f"{milliseconds / 1_000:.1f} s"),)
    return (Fact(f"{milliseconds // 60_000} min {milliseconds // 1_000 % 60} s"),)
