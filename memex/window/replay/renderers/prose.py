"""Words as blocks: Markdown, with fenced code as listings of its own."""

import re

from memex.window.replay.blocks import Block, Listing, Prose

_FENCE = re.compile(r"^(`{3,}|~{3,})[^`\n]*$")


def prose_blocks(text: str, *, keep_lines: bool = False) -> tuple[Block, ...]:
    """Fences that are indented (in a list, in a quote) stay part of the prose."""
    blocks: list[Block] = []
    lines: list[str] = []
    fence = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        if fence and line.rstrip().startswith(fence) and not line.strip(fence[0] + " "):
            blocks.append(Listing("\n".join(lines), label="Code"))
            lines, fence = [], ""
        elif not fence and (found := _FENCE.match(line)):
            _add_prose(blocks, lines, keep_lines)
            lines, fence = [], found[1]
        else:
            lines.append(line)
    if fence:
        blocks.append(Listing("\n".join(lines), label="Code"))
    else:
        _add_prose(blocks, lines, keep_lines)
    return tuple(blocks)


def _add_prose(blocks: list[Block], lines: list[str], keep_lines: bool) -> None:
    if text := "\n".join(lines).strip("\n"):
        blocks.append(Prose(text, keep_lines))
