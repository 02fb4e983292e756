"""Plans: as the text that was proposed and what the user said to it, or as the steps that were kept."""

from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Fact, Plan, ToolBlock
from memex.core.steps.call import error_fact, result_blocks, text_argument, tool_block
from memex.core.steps.markdown import prose_blocks

_APPROVED = "User has approved"
_REFUSED = "The user doesn't want to proceed"
_SAID = "the user said:\n"


def render_plan(call: ToolCall) -> ToolBlock:
    plan = text_argument(call, "plan")
    result = call.result or ""
    if not plan:
        return tool_block(call, "", prose_blocks(result), error_fact(call))
    is_approved = result.startswith(_APPROVED)
    is_refused = result.startswith(_REFUSED)
    verdict = "approved" if is_approved else "sent back" if is_refused else ""
    body: tuple[Block, ...] = (Plan(prose_blocks(plan), verdict, is_approved),)
    if said := result.partition(_SAID)[2] if is_refused else "":
        body = (*body, *prose_blocks(said, keep_lines=True))
    elif not verdict:
        body = (*body, *result_blocks(call))
    return tool_block(call, "", body, (Fact(verdict),) if verdict else error_fact(call))
