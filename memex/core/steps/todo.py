"""To-do lists, as checklists."""

from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Checklist, CheckState, Fact, ToolBlock
from memex.core.steps.call import error_fact, result_blocks, text_argument, tool_block
from memex.core.steps.checklist import Items, listed
from memex.core.steps.generic import render_generic


def render_todo(call: ToolCall, items: Items) -> ToolBlock:
    """`items`: the list after the call, where the session's context knows it."""
    items = items or listed(call.input)
    if not items:
        return render_generic(call)
    kept = [item for item in items if not item.is_gone]
    done = sum(item.state is CheckState.DONE for item in kept)
    body: tuple[Block, ...] = (Checklist(items), *(result_blocks(call) if call.is_error else ()))
    facts = (Fact(f"{done} of {len(kept)} done"), *error_fact(call))
    return tool_block(call, text_argument(call, "explanation"), body, facts)
