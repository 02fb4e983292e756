"""What can be taken from a turn: its text, its code, and the places in files that it speaks of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from memex.core.safe_text import one_line
from memex.core.session import FileDiff, ToolCall, ToolKind, Turn
from memex.core.steps.blocks import Block, Fold, Grammar, Listing, Plan, Terminal, ToolBlock
from memex.core.steps.call import argument
from memex.core.steps.context import StepContext
from memex.core.steps.turn import render_turn
from memex.library.export.markdown_blocks import to_markdown

MAX_PLACES = 40
LABEL_LENGTH = 60
_PLACE = re.compile(r"(?P<path>[^:\n]{1,400}):(?P<line>\d{1,7})[:-]")


@dataclass(frozen=True, slots=True)
class FilePlace:
    path: str
    line: int | None = None
    """From 1."""

    @property
    def title(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class CodeBlock:
    title: str
    text: str


def markdown_of(turn: Turn, context: StepContext) -> str:
    return to_markdown(render_turn(turn, context))


def code_blocks(turn: Turn, context: StepContext) -> tuple[CodeBlock, ...]:
    """Fenced code, commands, what they printed, parts of files: in the order in which they are shown."""
    return tuple(
        CodeBlock(_code_title(listing), listing.text)
        for listing in _listings(render_turn(turn, context))
        if listing.text.strip()
    )


def file_places(turn: Turn, folder: str | None) -> tuple[FilePlace, ...]:
    """Files with the line to look at, each once; a relative path is one in `folder`, the session's own."""
    found: dict[str, FilePlace] = {}
    for call in turn.tool_calls:
        for place in _places_of(call):
            path = _absolute(place.path, folder)
            known = found.get(path)
            if known is None or known.line is None:
                found[path] = FilePlace(path, place.line)
    return tuple(found.values())[:MAX_PLACES]


def _listings(blocks: Iterable[Block]) -> Iterator[Listing]:
    for block in blocks:
        match block:
            case Listing():
                yield block
            case Terminal():
                yield block.command
                yield from (part for part in (block.output, block.errors) if part)
            case Plan() | Fold() | ToolBlock():
                yield from _listings(block.body)


def _code_title(listing: Listing) -> str:
    kind = "$ " if listing.grammar is Grammar.COMMAND else ""
    first = one_line(listing.text.strip().partition("\n")[0], LABEL_LENGTH)
    label = listing.language or listing.label
    return f"{kind}{first}" if kind or not label else f"{label}: {first}"


def _places_of(call: ToolCall) -> Iterator[FilePlace]:
    for diff in call.diffs:
        yield FilePlace(diff.path, _changed_line(diff))
    first = argument(call, "offset", "start_line")
    line = first if isinstance(first, int) and first > 0 and call.kind is ToolKind.READ else None
    for touch in call.files:
        yield FilePlace(touch.path, line)
    if call.kind is ToolKind.SEARCH:
        for found in map(_PLACE.match, (call.result or "")[:200_000].split("\n")):
            if found:
                yield FilePlace(found["path"], int(found["line"]))


def _changed_line(diff: FileDiff) -> int | None:
    if not diff.hunks:
        return None
    hunk = diff.hunks[0]
    same = next((number for number, line in enumerate(hunk.lines) if line[:1] in "+-"), 0)
    return max(1, hunk.new_start + same)


def _absolute(path: str, folder: str | None) -> str:
    if folder and not PurePath(path).is_absolute() and not path.startswith("~"):
        return str(Path(folder) / path)
    return path
