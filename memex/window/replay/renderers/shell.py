"""Shell commands, as a terminal showed them."""

import re

from memex.core.session import ToolCall
from memex.window.replay.blocks import Block, Fact, Grammar, Listing, Tone, ToolBlock
from memex.window.replay.renderers.tool_block import error_fact, text_argument, tool_block

# Claude Code writes the status into the text of a failed result, and nowhere else.
_EXIT_HEAD = re.compile(r"\AExit code (\d+)\n?")


def render_shell(call: ToolCall) -> ToolBlock:
    output = call.result or ""
    status = call.exit_status
    if call.is_error and (found := _EXIT_HEAD.match(output)):
        output = output[found.end() :]
        status = int(found[1]) if status is None else status
    body: list[Block] = [Listing(_command(call), Grammar.COMMAND, "Command")]
    if output.strip():
        body.append(Listing(output.strip("\n"), label="Output"))
    return tool_block(call, text_argument(call, "description"), tuple(body), _status(call, status))


def _command(call: ToolCall) -> str:
    if call.command is not None:
        return call.command
    return call.input if isinstance(call.input, str) else text_argument(call, "command", "cmd")


def _status(call: ToolCall, status: int | None) -> tuple[Fact, ...]:
    if status is None:
        return error_fact(call)
    return (Fact(f"exit {status}", Tone.ERROR if call.is_error else Tone.MUTED),)
