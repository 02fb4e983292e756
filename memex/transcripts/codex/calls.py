"""Tool calls of Codex, in all their generations, as `CallDraft`."""

import re
from typing import Any

import msgspec

from memex.core.session import FileDiff, FileTouch, ToolKind, TouchKind
from memex.transcripts.codex.payloads import (
    CustomToolCall,
    FunctionCall,
    ImageGenerationCall,
    LocalShellCall,
    ToolSearchCall,
    WebSearchCall,
)
from memex.transcripts.diffs import created, deleted, unified_hunks
from memex.transcripts.draft import CallDraft
from memex.transcripts.fields import bounded, record_of, records_in, text_of
from memex.transcripts.records import Record, decode_json
from memex.transcripts.tools import command_line, command_of, kind_of, touches_of

PATCH_BEGIN = "*** Begin Patch"
PATCH_END = "*** End Patch"
STRING = r"""\"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\]*(?:\\.[^`\\]*)*`"""
SCRIPT_COMMAND = re.compile(rf"""\bcmd["']?\s*[:=]\s*({STRING})""", re.DOTALL)
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "", "\n": ""}
FINISHED = ("completed", "failed")
KIND_OF_CHANGE = {"add": TouchKind.CREATED, "delete": TouchKind.DELETED, "update": TouchKind.EDITED}


def function_call(payload: FunctionCall) -> CallDraft:
    """`arguments` is JSON in a text, which the model may have got wrong."""
    arguments = payload.arguments
    if isinstance(arguments, str):
        try:
            arguments = decode_json(arguments)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return _call(payload.call_id, payload.name, arguments, payload.namespace)
    return _call(payload.call_id, payload.name, bounded(arguments), payload.namespace)


def custom_call(payload: CustomToolCall) -> CallDraft:
    """`input` is free text: a patch, or in code mode a script."""
    call = _call(payload.call_id, payload.name, bounded(payload.input), payload.namespace)
    if call.name == "exec" and isinstance(call.input, str):
        _take_script(call, call.input)
    return call


def shell_call(payload: LocalShellCall) -> CallDraft:
    action = record_of(payload.action)
    call = _call(payload.call_id or "", "local_shell", bounded(action))
    call.command = command_of(action)
    return call


def search_call(payload: WebSearchCall) -> CallDraft:
    """Runs at the provider: there is never an output, only the word that it is done."""
    call_id = payload.call_id or payload.id or ""
    call = CallDraft(call_id, "web_search", ToolKind.WEB, bounded(payload.action))
    call.result = "" if payload.status == "completed" else None
    return call


def tool_search(payload: ToolSearchCall) -> CallDraft:
    return CallDraft(payload.call_id or "", "tool_search", ToolKind.OTHER, bounded(payload.arguments))


def image_generation(payload: ImageGenerationCall) -> CallDraft:
    """Its result is the image itself, in base64."""
    call_id = payload.call_id or payload.id or ""
    call = CallDraft(call_id, "image_generation", ToolKind.OTHER, {"prompt": payload.revised_prompt or ""})
    call.result = "[image]" if payload.status in FINISHED else None
    return call


def change_diffs(changes: object) -> tuple[FileDiff, ...]:
    """`patch_apply_end.changes`: path → what became of the file."""
    return tuple(
        _change_diff(path, change) for path, change in record_of(changes).items() if isinstance(change, dict)
    )


def _change_diff(path: str, change: Record) -> FileDiff:
    kind = KIND_OF_CHANGE.get(text_of(change.get("type")), TouchKind.EDITED)
    content = text_of(change.get("content"))
    if kind is TouchKind.CREATED:
        return created(path, content)
    if kind is TouchKind.DELETED:
        return deleted(path, content)
    return FileDiff(
        text_of(change.get("move_path")) or path, kind, unified_hunks(text_of(change.get("unified_diff")))
    )


def _call(call_id: str, name: str, given: Any, namespace: str | None = None) -> CallDraft:
    kind = ToolKind.MCP if namespace and namespace.startswith("mcp__") else kind_of(name)
    call = CallDraft(call_id, name, kind, given, files=touches_of(kind, given))
    if kind is ToolKind.SHELL:
        call.command = command_of(given)
    if patch := _patch_in(call):
        call.kind = ToolKind.EDIT
        call.patch = patch
    return call


def _patch_in(call: CallDraft) -> str | None:
    """`apply_patch` came as a tool with a free text or with fields, and before that as a shell command."""
    if call.name == "apply_patch":
        fields = record_of(call.input)
        return text_of(call.input) or text_of(fields.get("input")) or text_of(fields.get("patch")) or None
    if call.command and "apply_patch" in call.command[:200] and (found := _patch_text(call.command)):
        return found
    return None


def _patch_text(text: str) -> str:
    """The first whole patch in a text, else nothing."""
    begin = text.find(PATCH_BEGIN)
    end = text.find(PATCH_END, begin) if begin >= 0 else -1
    return text[begin : end + len(PATCH_END)] if end >= 0 else ""


def _take_script(call: CallDraft, script: str) -> None:
    """Code mode: the model wrote JavaScript that calls the tools."""
    call.kind = _script_kind(script)
    if "exec_command" in script:
        call.command = "\n".join([_unquoted(found) for found in SCRIPT_COMMAND.findall(script)]) or None
    if "apply_patch" in script and (patch := _patch_text(script)):
        call.patch = patch if "\n" in patch else _unescaped(patch)


def _script_kind(script: str) -> ToolKind:
    for mark, kind in (
        ("tools.exec_command", ToolKind.SHELL),
        ("tools.apply_patch", ToolKind.EDIT),
        ("tools.write_stdin", ToolKind.SHELL),
        ("tools.mcp__", ToolKind.MCP),
        ("tools.web", ToolKind.WEB),
        ("tools.update_plan", ToolKind.TODO),
        ("tools.view_image", ToolKind.READ),
    ):
        if mark in script:
            return kind
    return ToolKind.OTHER


def _unquoted(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1]
    if literal[0] == '"':
        try:
            return str(msgspec.json.decode(literal))
        except (msgspec.MsgspecError, ValueError):
            pass  # JavaScript has escapes that JSON has not
    return _unescaped(literal[1:-1])


def _unescaped(text: str) -> str:
    """JavaScript's escapes undone, as far as commands and patches use them: mostly as in JSON."""
    if "\\u" not in text:
        try:
            return str(decode_json(f'"{text}"'.encode()))
        except (msgspec.MsgspecError, ValueError):
            pass

    def plain(found: re.Match[str]) -> str:
        mark = found[1]
        if len(mark) == 5:
            code = int(mark[1:], 16)
            return "�" if 0xD800 <= code < 0xE000 else chr(code)
        return ESCAPED.get(mark, mark)

    return ESCAPE.sub(plain, text)


def files_read(parsed: object) -> tuple[FileTouch, ...]:
    """The files that a command reads, as Codex understood it."""
    named = [text_of(part.get("path")) or text_of(part.get("name")) for part in _reads(parsed)]
    return tuple([FileTouch(path, TouchKind.READ) for path in dict.fromkeys(named) if path])


def _reads(parsed: object) -> list[Record]:
    return [part for part in records_in(parsed) if part.get("type") == "read"]


def event_command(command: object) -> str | None:
    """The command of an `exec_command_end` event: words, as `execve` takes them."""
    return (
        command_line([word for word in command if isinstance(word, str)])
        if isinstance(command, list)
        else None
    )
