"""Shell commands, as a terminal showed them."""

import re

from memex.core.session import ToolCall
from memex.core.steps.blocks import Block, Fact, Grammar, Listing, Terminal, Tone, ToolBlock
from memex.core.steps.call import error_fact, input_blocks, text_argument, tool_block

# Claude Code writes the status into the text of a failed result, and nowhere else.
_EXIT_HEAD = re.compile(r"\A(?:Error: )?Exit code (\d+)\n?")
_STREAM = re.compile(r"<(stdout|stderr)>\n?(.*?)</\1>", re.DOTALL)
"""What Claude Code's `BashOutput` reads of a running shell."""
_STREAMS_BEGIN = ("<status>", "<stdout>", "<retrieval_status>")


def render_shell(call: ToolCall) -> ToolBlock:
    text, status = call.coloured or call.result or "", call.exit_status
    if call.is_error and (found := _EXIT_HEAD.match(text)):
        text = text[found.end() :]
        status = int(found[1]) if status is None else status
    output, errors = _streams(text, call.stderr)
    command = _command(call)
    terminal = Terminal(
        command=Listing(command, Grammar.COMMAND, "Command", "bash"),
        output=_printed(output, Tone.PLAIN, "Output"),
        errors=_printed(errors, Tone.ERROR, "Errors (stderr)"),
        exit_status=status,
        is_error=call.is_error,
    )
    body: tuple[Block, ...] = (terminal,) if command else (*input_blocks(call), terminal)
    return tool_block(call, text_argument(call, "description", "i"), body, _status(call, status))


def _streams(text: str, stderr: str) -> tuple[str, str]:
    """Standard output, and standard error where the record keeps it apart."""
    if stderr.strip() and text.rstrip().endswith(stderr.strip()):
        return text.rstrip().removesuffix(stderr.strip()), stderr
    if text.startswith(_STREAMS_BEGIN):
        streams = dict(_STREAM.findall(text))
        if streams:
            return streams.get("stdout", ""), streams.get("stderr", "")
    return text, ""


def _printed(text: str, tone: Tone, label: str) -> Listing | None:
    return Listing(text.strip("\n"), Grammar.TERMINAL, label, tone=tone) if text.strip() else None


def _command(call: ToolCall) -> str:
    if call.command is not None:
        return call.command
    return call.input if isinstance(call.input, str) else text_argument(call, "command", "cmd", "chars")


def _status(call: ToolCall, status: int | None) -> tuple[Fact, ...]:
    if status is None:
        return error_fact(call)
    return (Fact(f"exit {status}", Tone.ERROR if call.is_error else Tone.MUTED),)
