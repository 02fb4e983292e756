"""Sub-agents: what they were told, what they answered, and their own session."""

from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Fact, Fold, SubAgent, ToolBlock
from memex.core.steps.call import error_fact, input_blocks, result_blocks, text_argument, tool_block
from memex.core.steps.json_tree import parsed_json
from memex.core.steps.markdown import prose_blocks


def render_subagent(call: ToolCall) -> ToolBlock:
    prompt = text_argument(call, "prompt", "message", "objective", "task")
    agent = text_argument(call, "subagent_type", "agent_type", "agent_name")
    body: list[Block] = []
    if prompt:
        body.append(Fold("Prompt", prose_blocks(prompt, keep_lines=True)))
    else:
        body.extend(input_blocks(call))
    if call.child_session:
        body.append(SubAgent(call.child_session))
    if call.result and not call.is_error and parsed_json(call.result) is None:
        body.extend(prose_blocks(call.result))
    else:
        body.extend(result_blocks(call))
    facts = (*((Fact(agent),) if agent else ()), *error_fact(call))
    return tool_block(call, text_argument(call, "description", "name"), tuple(body), facts)
