"""Plans: as the text that was proposed, or as the steps that were kept."""

from memex.core.session import ToolCall
from memex.window.replay.blocks import ToolBlock
from memex.window.replay.renderers.checklist import checklist, render_todo
from memex.window.replay.renderers.prose import prose_blocks
from memex.window.replay.renderers.tool_block import error_fact, result_listing, text_argument, tool_block


def render_plan(call: ToolCall) -> ToolBlock:
    plan = text_argument(call, "plan")
    if not plan or checklist(call.input):
        return render_todo(call)
    return tool_block(call, "", (*prose_blocks(plan), *result_listing(call)), error_fact(call))
