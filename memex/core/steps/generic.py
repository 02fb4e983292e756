"""Any tool: its input and its result, as trees where they are JSON."""

from memex.core.session import ToolCall
from memex.core.steps.blocks import ToolBlock
from memex.core.steps.call import error_fact, input_blocks, result_blocks, text_argument, tool_block


def render_generic(call: ToolCall) -> ToolBlock:
    summary = text_argument(
        call, "description", "url", "query", "title", "name", "subject", "command", "path"
    )
    return tool_block(call, summary, (*input_blocks(call), *result_blocks(call)), error_fact(call))
