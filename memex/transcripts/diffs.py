"""Diffs in the shapes that agents write them: unified text, `apply_patch` text, an old and a new text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memex.core.session import FileDiff, Hunk, TouchKind

HUNK_HEAD = re.compile(r"@@ -(\d{1,9})(?:,\d+)? \+(\d{1,9})(?:,\d+)? @@")
PATCH_HEADS = {
    "Add File: ": TouchKind.CREATED,
    "Update File: ": TouchKind.EDITED,
    "Delete File: ": TouchKind.DELETED,
}
PATCH_MOVE = "Move to: "
PATCH_END = "End Patch"
PATCH_MARKS = ("+", "-", " ", "")
CONTEXT_LINES = 3


def hunk_between(old: str, new: str) -> tuple[Hunk, ...]:
    """One hunk: the lines that differ, with a little of the common lines around them. Linear, so not minimal.

    Its line numbers count from the beginning of the two texts.
    """
    before, after = _lines(old), _lines(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    removed = before[head : len(before) - tail]
    added = after[head : len(after) - tail]
    if not removed and not added:
        return ()
    start = max(0, head - CONTEXT_LINES)
    following = before[len(before) - tail :][:CONTEXT_LINES]
    lines = [
        *(" " + line for line in before[start:head]),
        *("-" + line for line in removed),
        *("+" + line for line in added),
        *(" " + line for line in following),
    ]
    return (Hunk(start + 1, start + 1, tuple(lines)),)


def created(path: str, content: str) -> FileDiff:
    lines = tuple(["+" + line for line in _lines(content)])
    return FileDiff(path, TouchKind.CREATED, (Hunk(0, 1, lines),) if lines else ())


def deleted(path: str, content: str) -> FileDiff:
    lines = tuple(["-" + line for line in _lines(content)])
    return FileDiff(path, TouchKind.DELETED, (Hunk(1, 0, lines),) if lines else ())


def unified_hunks(diff: str) -> tuple[Hunk, ...]:
    """The hunks of a unified diff of one file; its `---` and `+++` lines may be missing."""
    hunks: list[Hunk] = []
    lines: list[str] = []
    starts: tuple[int, int] | None = None
    for line in _lines(diff):
        if line[:2] == "@@" and (head := HUNK_HEAD.match(line)):
            if starts and lines:
                hunks.append(Hunk(*starts, tuple(lines)))
            starts, lines = (int(head[1]), int(head[2])), []
        elif starts is not None:
            lines.append(line or " ")
    if starts and lines:
        hunks.append(Hunk(*starts, tuple(lines)))
    return tuple(hunks)


@dataclass(slots=True)
class _PatchedFile:
    path: str
    kind: TouchKind
    body: str

    def finish(self) -> FileDiff:
        start = 1 if self.kind is TouchKind.CREATED else 0
        first, *others = ("\n" + self.body).split("\n@@")
        chunks = [_chunk(first), *[_chunk(chunk.partition("\n")[2]) for chunk in others]]
        return FileDiff(self.path, self.kind, tuple([Hunk(0, start, lines) for lines in chunks if lines]))


def patch_diffs(patch: str) -> tuple[FileDiff, ...]:
    """The files of an `apply_patch` text. Its chunks name no line numbers, so theirs are 0."""
    return tuple([file.finish() for file in _patched_files(patch)])


def _patched_files(patch: str) -> Iterator[_PatchedFile]:
    file: _PatchedFile | None = None
    for part in ("\n" + patch).split("\n*** "):
        mark, _, body = part.partition("\n")
        head = next((head for head in PATCH_HEADS if mark.startswith(head)), None)
        if head:
            if file:
                yield file
            file = _PatchedFile(mark.removeprefix(head).strip(), PATCH_HEADS[head], body)
        elif mark.startswith(PATCH_END):
            break
        elif file:
            file.path = mark.removeprefix(PATCH_MOVE).strip() if mark.startswith(PATCH_MOVE) else file.path
            file.body = f"{file.body}\n{body}" if file.body else body
    if file:
        yield file


def _chunk(text: str) -> tuple[str, ...]:
    return tuple([line or " " for line in _lines(text.removeprefix("\n")) if line[:1] in PATCH_MARKS])


def _lines(text: str) -> list[str]:
    """Split at line feeds alone: `str.splitlines` would also split at form feeds and the like."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _common(left: list[str], right: list[str]) -> int:
    """How many items the two lists share from their beginning."""
    shared = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        shared += 1
    return shared
