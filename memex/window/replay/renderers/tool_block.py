"""What every kind of tool call shows alike."""

from memex.core.safe_text import one_line
from memex.core.session import ToolCall
from memex.window.replay.blocks import Block, Fact, Listing, Note, Tone, ToolBlock

NO_RESULT = Note("No result was written: the call was still running, or was stopped.")


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


def result_listing(call: ToolCall, label: str = "Result") -> tuple[Block, ...]:
    """The result as lines; nothing where it is empty or missing."""
    return (Listing(call.result.rstrip("\n"), label=label),) if call.result and call.result.strip() else ()


def text_argument(call: ToolCall, *names: str) -> str:
    """The first of the named arguments that is a text, else an empty text."""
    if isinstance(call.input, dict):
        for name in names:
            if isinstance(value := call.input.get(name), str):
                return value
    return ""


def error_fact(call: ToolCall) -> tuple[Fact, ...]:
    return (Fact("failed", Tone.ERROR),) if call.is_error else ()


def _duration(milliseconds: int | None) -> tuple[Fact, ...]:
    if milliseconds is None:
        return ()
    if milliseconds < 1_000:
        return (Fact(f"{milliseconds} ms"),)
    if milliseconds < 60_000:
        return (Fact(f"{milliseconds / 1_000:.1f} s"),)
    return (Fact(f"{milliseconds // 60_000} min {milliseconds // 1_000 % 60} s"),)
