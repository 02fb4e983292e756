"""Edits and written files, as differences."""

from collections.abc import Iterable

from memex.core.session import FileDiff, ToolCall, TouchKind
from memex.core.steps.blocks import Block, Diff, Fact, Note, Tone, ToolBlock
from memex.core.steps.call import error_fact, input_blocks, path_of, result_blocks, tool_block
from memex.core.steps.syntax import language_of

_WORD = {TouchKind.CREATED: "created", TouchKind.DELETED: "deleted"}


def render_edit(call: ToolCall) -> ToolBlock:
    body: list[Block] = [_change(diff, len(call.diffs) > 1) for diff in call.diffs]
    if not call.diffs:
        body.extend(input_blocks(call))
    if call.is_error or not call.diffs:
        body.extend(result_blocks(call))
    return tool_block(call, _summary(call), tuple(body), (*_totals(call.diffs), *error_fact(call)))


def changed_lines(diffs: Iterable[FileDiff]) -> tuple[int, int]:
    """How many were removed, how many added."""
    removed = added = 0
    for diff in diffs:
        for hunk in diff.hunks:
            removed += sum(line.startswith("-") for line in hunk.lines)
            added += sum(line.startswith("+") for line in hunk.lines)
    return removed, added


def _summary(call: ToolCall) -> str:
    if len(call.diffs) > 1:
        return f"{len(call.diffs)} files"
    return call.diffs[0].path if call.diffs else path_of(call)


def _change(diff: FileDiff, is_one_of_many: bool) -> Block:
    if not diff.hunks and not is_one_of_many:
        return Note(f"No lines differ; the file was {_WORD.get(diff.kind, 'written')}.")
    return Diff(diff, language_of(diff.path), is_one_of_many)


def _totals(diffs: tuple[FileDiff, ...]) -> tuple[Fact, ...]:
    if not diffs:
        return ()
    removed, added = changed_lines(diffs)
    kinds = {diff.kind for diff in diffs}
    word = _WORD.get(kinds.pop()) if len(kinds) == 1 else None
    return (
        *((Fact(word),) if word else ()),
        Fact(f"+{added:,}", Tone.ADDED),
        Fact(f"−{removed:,}", Tone.REMOVED),
    )
