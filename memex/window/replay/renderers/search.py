"""Searches: what was looked for, and the places found."""

from memex.core.session import ToolCall
from memex.window.replay.blocks import Block, Fact, Listing, Note, ToolBlock
from memex.window.replay.listing import line_count
from memex.window.replay.renderers.generic import input_listing
from memex.window.replay.renderers.tool_block import error_fact, text_argument, tool_block
from memex.window.wording import count


def render_search(call: ToolCall) -> ToolBlock:
    pattern = text_argument(call, "pattern", "query", "cmd", "command") or (call.command or "")
    where = text_argument(call, "path", "glob")
    found = (call.result or "").strip("\n")
    body: tuple[Block, ...] = () if pattern else input_listing(call)
    if found.strip():
        body = (*body, Listing(found, label="Places found"))
    elif call.result is not None:
        body = (*body, Note("Nothing was found."))
    facts = error_fact(call) or ((Fact(count(line_count(found), "line")),) if found else ())
    return tool_block(call, f"{pattern}  in {where}" if where else pattern, body, facts)
