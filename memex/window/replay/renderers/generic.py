"""Any tool: its input as JSON, then its result."""

import msgspec

from memex.core.session import ToolCall
from memex.window.replay.blocks import Block, Listing, ToolBlock
from memex.window.replay.renderers.tool_block import error_fact, result_listing, text_argument, tool_block


def render_generic(call: ToolCall) -> ToolBlock:
    summary = text_argument(call, "description", "url", "query", "title", "name", "subject")
    return tool_block(call, summary, (*input_listing(call), *result_listing(call)), error_fact(call))


def input_listing(call: ToolCall) -> tuple[Block, ...]:
    """Nothing for a call without arguments."""
    if call.input is None or call.input == {} or call.input == "":
        return ()
    return (Listing(_as_text(call.input), label="Input"),)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode("utf-8", "replace")
