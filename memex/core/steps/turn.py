"""A whole turn as blocks, in the order it happened: thinking, words, images, tools."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from memex.core.session import ToolCall, ToolKind, Turn, TurnKind
from memex.core.steps.blocks import (
    Block,
    Fold,
    Grammar,
    Listing,
    Note,
    Picture,
    Tone,
    ToolBlock,
    TurnLink,
)
from memex.core.steps.call import PICTURE_MARK
from memex.core.steps.context import StepContext
from memex.core.steps.edit import render_edit
from memex.core.steps.generic import render_generic
from memex.core.steps.markdown import prose_blocks
from memex.core.steps.plan import render_plan
from memex.core.steps.question import render_question
from memex.core.steps.read import render_read
from memex.core.steps.search import render_search
from memex.core.steps.shell import render_shell
from memex.core.steps.subagent import render_subagent
from memex.core.steps.todo import render_todo
from memex.core.steps.web import render_web

NO_CONTEXT = StepContext()
WITHDRAWN = Note("Withdrawn: you went back before this turn, and on from there.")
MAX_PICTURES = 40
"""Of one call."""
_FOLDED = {
    TurnKind.SUMMARY: "Summary of what came before",
    TurnKind.INJECTED: "Text that the agent’s harness put in",
}
_RENDERERS: dict[ToolKind, Callable[[ToolCall], ToolBlock]] = {
    ToolKind.SHELL: render_shell,
    ToolKind.EDIT: render_edit,
    ToolKind.WRITE: render_edit,
    ToolKind.READ: render_read,
    ToolKind.SEARCH: render_search,
    ToolKind.PLAN: render_plan,
    ToolKind.SUBAGENT: render_subagent,
    ToolKind.WEB: render_web,
    ToolKind.QUESTION: render_question,
    ToolKind.MCP: render_generic,
    ToolKind.OTHER: render_generic,
}


def render_turn(turn: Turn, context: StepContext = NO_CONTEXT) -> tuple[Block, ...]:
    blocks: list[Block] = [WITHDRAWN] if turn.is_withdrawn else []
    if turn.thinking.strip():
        blocks.append(Fold("Thinking", prose_blocks(turn.thinking)))
    if turn.text.strip():
        blocks.extend(_words(turn))
    blocks.extend(Picture(number) for number in range(turn.images))
    if turn.reports in context.turn_of_call:
        blocks.append(TurnLink(context.turn_of_call[turn.reports], "Reports on work begun"))
    pictures = turn.images
    for place, call in enumerate(turn.tool_calls):
        block = render_call(call, context, turn.index, place)
        shown = range(pictures, pictures + _pictures(call))
        pictures = shown.stop
        links = tuple(_links(turn, call, context))
        blocks.append(replace(block, body=(*links, *block.body, *map(Picture, shown))))
    return tuple(blocks) or (Note("This turn holds nothing to show."),)


def render_call(
    call: ToolCall, context: StepContext = NO_CONTEXT, turn: int = 0, place: int = 0
) -> ToolBlock:
    """`turn` and `place` find the call in the context."""
    items = context.checklist(turn, place)
    if call.kind is ToolKind.TODO or items:
        return render_todo(call, items)
    return _RENDERERS[call.kind](call)


def _pictures(call: ToolCall) -> int:
    if not call.result or PICTURE_MARK not in call.result:
        return 0
    return min(MAX_PICTURES, call.result.split("\n").count(PICTURE_MARK))


def _links(turn: Turn, call: ToolCall, context: StepContext) -> Iterator[Block]:
    if call.continues in context.turn_of_call:
        yield TurnLink(context.turn_of_call[call.continues], "Continues the process begun")
    for error in turn.errors:
        if error.solved_at is not None and error.call_id == call.id and call.is_error:
            yield TurnLink(error.solved_at, "Solved", is_solution=True)
            return


def _words(turn: Turn) -> tuple[Block, ...]:
    match turn.kind:
        case TurnKind.SUMMARY | TurnKind.INJECTED:
            return (Fold(_FOLDED[turn.kind], prose_blocks(turn.text, keep_lines=True)),)
        case TurnKind.SHELL | TurnKind.SLASH_COMMAND:
            return (Listing(turn.text.strip("\n"), Grammar.TERMINAL, "Terminal"),)
        case TurnKind.ERROR:
            return (_agent_error(turn.text),)
        case TurnKind.PROMPT | TurnKind.NOTIFICATION | TurnKind.INTERRUPT:
            return prose_blocks(turn.text, keep_lines=True)
        case TurnKind.REPLY:
            return prose_blocks(turn.text)


def _agent_error(text: str) -> ToolBlock:
    return ToolBlock(
        kind=ToolKind.OTHER,
        name="The agent failed",
        summary="",
        facts=(),
        is_error=True,
        body=(Listing(text.strip("\n"), Grammar.TERMINAL, "Error", tone=Tone.ERROR),),
    )
