"""Searches: what was looked for, and the places found."""

from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Fact, Grammar, Listing, Note, ToolBlock
from memex.core.steps.call import (
    count_fact,
    error_fact,
    input_blocks,
    result_blocks,
    text_argument,
    tool_block,
)
from memex.core.steps.listing import line_count


def render_search(call: ToolCall) -> ToolBlock:
    pattern = text_argument(call, "pattern", "query", "cmd", "command") or (call.command or "")
    where = text_argument(call, "path", "paths", "glob", "dir_path")
    body: tuple[Block, ...] = () if pattern or where else input_blocks(call)
    facts: tuple[Fact, ...] = error_fact(call)
    found = (call.result or "").strip("\n")
    if call.is_error:
        body = (*body, *result_blocks(call))
    elif found.strip():
        body = (*body, Listing(found, Grammar.PLACES, "Places found"))
        facts = (count_fact(line_count(found), "line"),)
    elif call.result is not None:
        body = (*body, Note("Nothing was found."))
    return tool_block(call, f"{pattern}  in {where}" if pattern and where else pattern or where, body, facts)
