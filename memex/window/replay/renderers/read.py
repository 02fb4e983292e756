"""Files that were read: the path, and the part with its line numbers."""

from memex.core.session import ToolCall
from memex.window.replay.blocks import Block, Fact, Grammar, Listing, ToolBlock
from memex.window.replay.listing import line_count
from memex.window.replay.renderers.tool_block import error_fact, text_argument, tool_block
from memex.window.wording import count


def render_read(call: ToolCall) -> ToolBlock:
    path = call.files[0].path if call.files else text_argument(call, "file_path", "absolute_path", "path")
    text = _without_reminder(call.result or "").rstrip("\n")
    body: tuple[Block, ...] = (Listing(text, Grammar.NUMBERED, "File"),) if text.strip() else ()
    return tool_block(call, path, body, error_fact(call) or (Fact(count(line_count(text), "line")),))


def _without_reminder(text: str) -> str:
    """Claude Code appends a reminder to the model, which is no part of the file."""
    if text.rstrip().endswith("</system-reminder>"):
        return text.rpartition("<system-reminder>")[0]
    return text
