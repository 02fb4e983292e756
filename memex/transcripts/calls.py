"""A call from its name and its arguments alone: what it does, to which files, and the change it asks for."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from memex.core.session import FileDiff, FileTouch, Hunk, ToolKind, TouchKind
from memex.transcripts.diffs import created, hunk_between
from memex.transcripts.draft import CallDraft
from memex.transcripts.fields import bounded, record_of, records_in, text_of
from memex.transcripts.tools import PATH_FIELDS, command_of, kind_of, touches_of

OLD_FIELDS = ("old_string", "oldString", "oldText", "old_str")
NEW_FIELDS = ("new_string", "newString", "newText", "new_str")
CONTENT_FIELDS = ("content", "contents", "file_text")
PATCH_FIELDS = ("patchText", "patch", "input")
PATCH_BEGIN = "*** Begin Patch"


def new_call(id: str, name: str, given: Any, kinds: Mapping[str, ToolKind]) -> CallDraft:
    """`kinds`: what the agent's own names of tools mean."""
    given = bounded(given)
    kind = kinds.get(name) or (ToolKind.MCP if name.startswith("mcp_") else kind_of(name))
    call = CallDraft(id, name, kind, given, files=touches_of(kind, given))
    if kind is ToolKind.SHELL:
        call.command = command_of(given)
    elif patch := _patch_in(given):
        call.patch = patch
    elif kind in (ToolKind.EDIT, ToolKind.WRITE) and (diff := _planned_diff(call)):
        call.take_diffs((diff,))
    return call


def decoded_arguments(given: Any) -> Any:
    """Arguments that stand as JSON in a text; as they are where the model got it wrong."""
    if not isinstance(given, str) or not given.lstrip().startswith("{"):
        return given
    try:
        return msgspec.json.decode(given)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return given


def file_was_new(call: CallDraft) -> None:
    """The result tells what the arguments cannot: that the written file was not there before."""
    call.diffs = tuple([FileDiff(diff.path, TouchKind.CREATED, diff.hunks) for diff in call.diffs])
    call.files = tuple([FileTouch(file.path, TouchKind.CREATED) for file in call.files])


def take_hunks(call: CallDraft, hunks: tuple[Hunk, ...]) -> None:
    """A better diff of the one file that the call names."""
    if hunks and call.files:
        call.take_diffs((FileDiff(call.files[0].path, call.files[0].kind, hunks),))


def _patch_in(given: Any) -> str:
    texts = [given] if isinstance(given, str) else (record_of(given).get(field) for field in PATCH_FIELDS)
    found = (text for text in texts if isinstance(text, str) and text.lstrip().startswith(PATCH_BEGIN))
    return next(found, "")


def _planned_diff(call: CallDraft) -> FileDiff | None:
    given = record_of(call.input)
    path = _first(given, PATH_FIELDS)
    if not path:
        return None
    hunks = tuple(_replacements(given))
    if not hunks and call.kind is ToolKind.WRITE:
        hunks = created(path, _first(given, CONTENT_FIELDS)).hunks
    return FileDiff(path, TouchKind.EDITED, hunks) if hunks else None


def _replacements(given: Mapping[str, Any]) -> Iterator[Hunk]:
    for edit in (*records_in(given.get("edits")), given):
        yield from hunk_between(_first(edit, OLD_FIELDS), _first(edit, NEW_FIELDS))


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := text_of(fields.get(name)))), "")
