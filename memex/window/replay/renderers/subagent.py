"""Sub-agents: what they were told, what they answered, and the way into their own session."""

from memex.core.session import ToolCall
from memex.window.replay.blocks import Block, Fact, Fold, SessionLink, ToolBlock
from memex.window.replay.renderers.generic import input_listing
from memex.window.replay.renderers.prose import prose_blocks
from memex.window.replay.renderers.tool_block import error_fact, result_listing, text_argument, tool_block


def render_subagent(call: ToolCall) -> ToolBlock:
    prompt = text_argument(call, "prompt", "message")
    agent = text_argument(call, "subagent_type", "agent_type")
    body: list[Block] = (
        [Fold("Prompt", prose_blocks(prompt, keep_lines=True))] if prompt else [*input_listing(call)]
    )
    if call.result and not call.is_error:
        body.extend(prose_blocks(call.result))
    else:
        body.extend(result_listing(call))
    if call.child_session:
        body.append(SessionLink(call.child_session))
    facts = (*((Fact(agent),) if agent else ()), *error_fact(call))
    return tool_block(call, text_argument(call, "description", "name"), tuple(body), facts)
