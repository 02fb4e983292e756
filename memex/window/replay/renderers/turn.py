"""A whole turn as blocks, in the order it happened: thinking, words, tools."""

from memex.core.session import ToolKind, Turn, TurnKind
from memex.window.replay.blocks import Block, Fold, Listing, Note, ToolBlock
from memex.window.replay.renderers import render_call
from memex.window.replay.renderers.prose import prose_blocks

_FOLDED = {
    TurnKind.SUMMARY: "Summary of what came before",
    TurnKind.INJECTED: "Text that the agent’s harness put in",
}


def render_turn(turn: Turn) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if turn.thinking.strip():
        blocks.append(Fold("Thinking", prose_blocks(turn.thinking)))
    if turn.text.strip():
        blocks.extend(_words(turn))
    if turn.images:
        blocks.append(Note("1 image" if turn.images == 1 else f"{turn.images} images"))
    blocks.extend(render_call(call) for call in turn.tool_calls)
    return tuple(blocks) or (Note("This turn holds nothing to show."),)


def _words(turn: Turn) -> tuple[Block, ...]:
    match turn.kind:
        case TurnKind.SUMMARY | TurnKind.INJECTED:
            return (Fold(_FOLDED[turn.kind], prose_blocks(turn.text, keep_lines=True)),)
        case TurnKind.SHELL | TurnKind.SLASH_COMMAND:
            return (Listing(turn.text.strip("\n"), label="Terminal"),)
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
        body=(Listing(text.strip("\n"), label="Error"),),
    )
