"""Edits and written files, as unified diffs."""

from collections.abc import Iterable

from memex.core.safe_text import one_line
from memex.core.session import FileDiff, ToolCall, TouchKind
from memex.window.replay.blocks import Block, Fact, Grammar, Listing, Note, Tone, ToolBlock
from memex.window.replay.renderers.generic import input_listing
from memex.window.replay.renderers.tool_block import error_fact, result_listing, text_argument, tool_block

_WORD = {TouchKind.CREATED: "created", TouchKind.DELETED: "deleted"}


def render_edit(call: ToolCall) -> ToolBlock:
    several = len(call.diffs) > 1
    body: list[Block] = []
    for diff in call.diffs:
        if several:
            body.append(Note(_heading(diff), Tone.PLAIN))
        body.append(_listing(diff))
    if not call.diffs:
        body.extend(input_listing(call))
    if call.is_error or not call.diffs:
        body.extend(result_listing(call))
    return tool_block(call, _summary(call), tuple(body), (*_totals(call.diffs), *error_fact(call)))


def _summary(call: ToolCall) -> str:
    if len(call.diffs) > 1:
        return f"{len(call.diffs)} files"
    if call.diffs:
        return call.diffs[0].path
    return call.files[0].path if call.files else text_argument(call, "file_path", "path")


def _listing(diff: FileDiff) -> Block:
    if not diff.hunks:
        return Note(f"No lines differ; the file was {_WORD.get(diff.kind, 'written')}.")
    lines: list[str] = []
    for hunk in diff.hunks:
        removed, added = _changed(hunk.lines)
        context = len(hunk.lines) - removed - added
        lines.append(f"@@ -{hunk.old_start},{context + removed} +{hunk.new_start},{context + added} @@")
        lines.extend(hunk.lines)
    return Listing("\n".join(lines), Grammar.DIFF, f"Changes of {one_line(diff.path)}")


def _heading(diff: FileDiff) -> str:
    removed, added = _changed(line for hunk in diff.hunks for line in hunk.lines)
    return f"{one_line(diff.path)}  +{added} −{removed}"


def _totals(diffs: tuple[FileDiff, ...]) -> tuple[Fact, ...]:
    if not diffs:
        return ()
    removed, added = _changed(line for diff in diffs for hunk in diff.hunks for line in hunk.lines)
    kinds = {diff.kind for diff in diffs}
    word = _WORD.get(kinds.pop()) if len(kinds) == 1 else None
    return (
        *((Fact(word),) if word else ()),
        Fact(f"+{added}", Tone.ADDED),
        Fact(f"−{removed}", Tone.REMOVED),
    )


def _changed(lines: Iterable[str]) -> tuple[int, int]:
    """How many were removed, how many added."""
    removed = added = 0
    for line in lines:
        removed += line.startswith("-")
        added += line.startswith("+")
    return removed, added
