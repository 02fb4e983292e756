"""Tool calls of Claude Code: a `tool_use` block, then what its `tool_result` line adds."""

import re
from typing import Any

import msgspec

from memex.core.session import FileDiff, FileTouch, Hunk, ToolKind, TouchKind
from memex.transcripts.claude_code.side_files import PERSISTED, SideFiles
from memex.transcripts.claude_code.user_text import without_trailing
from memex.transcripts.diffs import created, hunk_between
from memex.transcripts.draft import CallDraft
from memex.transcripts.fields import (
    bounded,
    count_of,
    record_of,
    records_in,
    text_of,
    whole_number,
)
from memex.transcripts.records import Record
from memex.transcripts.tools import command_of, kind_of, touches_of

EXIT_CODE = re.compile(r"(?:Error: )?Exit code (\d{1,9})\b")
UNKNOWN_EXIT = ("interrupted", "backgroundTaskId", "returnCodeInterpretation", "timedOutAfterMs")
"""A success with one of these did not end, or did not end with 0."""


def begin_call(block: Record) -> CallDraft:
    name = text_of(block.get("name"))
    given = bounded(block.get("input"))
    if isinstance(given, dict) and "__unparsedToolInput" in given:
        given = text_of(given["__unparsedToolInput"]) or given
    kind = kind_of(name)
    command = command_of(given) if kind is ToolKind.SHELL else None
    return CallDraft(text_of(block.get("id")), name, kind, given, command, files=touches_of(kind, given))


def take_result(call: CallDraft, block: Record, structured: object, files: SideFiles) -> None:
    """`structured` is the line's `toolUseResult`: an object on success, else a text or a list of blocks."""
    text = _result_text(block.get("content")) or text_of(structured)
    call.take_output(files.whole(text) if text.startswith(PERSISTED) else text)
    call.is_error = block.get("is_error") is True
    facts = record_of(structured)
    if call.kind is ToolKind.SHELL:
        call.exit_status = _exit_status(call, facts)
        call.stderr = text_of(facts.get("stderr"))
    elif call.kind in (ToolKind.EDIT, ToolKind.WRITE) and not call.is_error:
        _take_diff(call, facts)
    elif agent := text_of(facts.get("agentId")):
        call.child_session = f"agent-{agent}"
    call.duration_ms = count_of(facts.get("durationMs")) or count_of(facts.get("totalDurationMs")) or None


def _result_text(content: object) -> str:
    if isinstance(content, str):
        text = content
    elif isinstance(content, list):
        text = "\n".join(filter(None, (_part(part) for part in records_in(content))))
    else:
        text = _part(record_of(content))
    if text.endswith("</system-reminder>"):
        text = without_trailing("system-reminder", text)
    elif text.startswith("<tool_use_error>"):
        text = text.removeprefix("<tool_use_error>").removesuffix("</tool_use_error>")
    return text


def _part(part: Record) -> str:
    match part.get("type"):
        case "image":
            return "[image]"
        case "tool_reference":
            return f"[tool {text_of(part.get('tool_name'))}]"
        case _:
            return text_of(part.get("text")) or text_of(part.get("content"))


def _exit_status(call: CallDraft, facts: Record) -> int | None:
    """Claude Code writes the status of failures only; a plain success was 0."""
    if call.is_error:
        code = EXIT_CODE.match(call.result or "")
        return int(code[1]) if code else None
    if call.name != "Bash" or any(facts.get(mark) for mark in UNKNOWN_EXIT):
        return None
    return 0


def _take_diff(call: CallDraft, facts: Record) -> None:
    given = record_of(call.input)
    path = text_of(facts.get("filePath")) or (call.files[0].path if call.files else "")
    if not path:
        return
    hunks = _patch_hunks(facts.get("structuredPatch"))
    if call.kind is ToolKind.WRITE and not hunks:
        diff = _written(path, given, facts, call.result or "")
    else:
        diff = FileDiff(path, TouchKind.EDITED, hunks or _replacement_hunks(given, facts))
    call.diffs = (diff,)
    call.files = (FileTouch(path, diff.kind),)


def _written(path: str, given: Record, facts: Record, result: str) -> FileDiff:
    """A whole file: new, unless the result says that it was there."""
    content = text_of(facts.get("content")) or text_of(given.get("content"))
    original = _text_of_raw(facts.get("originalFile"))
    if facts.get("type") == "update" or original or "has been updated" in result:
        return FileDiff(path, TouchKind.EDITED, hunk_between(original, content))
    return created(path, content)


def _text_of_raw(value: object) -> str:
    """A text that may have been left undecoded."""
    if not isinstance(value, msgspec.Raw):
        return text_of(value)
    try:
        return text_of(msgspec.json.decode(value))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""


def _replacement_hunks(given: Record, facts: Record) -> tuple[Hunk, ...]:
    """From the texts that were exchanged, where no patch was written."""
    hunks: list[Hunk] = []
    for edit in (*records_in(given.get("edits")), given):
        old = text_of(edit.get("old_string"))
        new = text_of(edit.get("new_string")) or text_of(edit.get("new_source"))
        hunks.extend(hunk_between(old, new))
    if not hunks:
        hunks.extend(hunk_between(text_of(facts.get("oldString")), text_of(facts.get("newString"))))
    return tuple(hunks)


def _patch_hunks(patch: Any) -> tuple[Hunk, ...]:
    hunks = []
    for hunk in records_in(patch):
        lines = hunk.get("lines")
        if isinstance(lines, list) and lines:
            old, new = whole_number(hunk.get("oldStart")), whole_number(hunk.get("newStart"))
            hunks.append(Hunk(old or 0, new or 0, tuple([line for line in lines if isinstance(line, str)])))
    return tuple(hunks)
