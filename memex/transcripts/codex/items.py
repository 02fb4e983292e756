"""`response_item`s: what was said to the model, what it said, and its calls."""

import re
from collections.abc import Callable

from memex.core.session import Role, ToolKind, TurnKind
from memex.transcripts.codex.calls import custom_call, function_call, search_call, shell_call
from memex.transcripts.codex.conversation import Conversation, Source
from memex.transcripts.codex.outputs import decoded, read_output
from memex.transcripts.codex.prompts import said_in
from memex.transcripts.codex.shapes import Item
from memex.transcripts.draft import CallDraft
from memex.transcripts.fields import bounded, records_in, text_of
from memex.transcripts.records import Record

CONTINUING = ("write_stdin", "wait")
SCRIPT_PROCESS = re.compile(r"write_stdin\(\s*\{[^}]*?session_id[\"']?\s*:\s*[\"']?([\w.-]+)")
QUIET = {"ghost_snapshot", "compaction", "compaction_summary", "other"}
FINISHED = ("completed", "failed")


class Items:
    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._handlers: dict[str, Callable[[Item], None]] = {
            "message": self._on_message,
            "reasoning": self._on_reasoning,
            "function_call_output": self._on_output,
            "custom_tool_call_output": self._on_output,
            "tool_search_output": self._on_found_tools,
            "agent_message": self._on_agent_message,
        }
        self._calls: dict[str, Callable[[Record], CallDraft]] = {
            "function_call": function_call,
            "custom_tool_call": custom_call,
            "local_shell_call": shell_call,
            "web_search_call": search_call,
            "tool_search_call": _tool_search,
            "image_generation_call": _image_generation,
        }

    def take(self, item: Item) -> None:
        payload = item.payload
        kind = payload.get("type")
        kind = kind if isinstance(kind, str) else ("message" if "role" in payload else "(no type)")
        if begin := self._calls.get(kind):
            call = begin(payload)
            self._conversation.begin_call(item, call)
            if call.name in CONTINUING or call.kind is ToolKind.SHELL:
                self._join(call)
        elif handle := self._handlers.get(kind):
            handle(item)
        elif kind not in QUIET:
            self._conversation.draft.skipped[f"response_item/{kind}"] += 1

    def _join(self, call: CallDraft) -> None:
        """`write_stdin` and `wait` name the process; in code mode the name stands in the script."""
        if isinstance(call.input, dict):
            process = call.input.get("session_id") or call.input.get("cell_id")
        else:
            script = call.input if isinstance(call.input, str) and "write_stdin" in call.input else ""
            named = SCRIPT_PROCESS.search(script)
            process = named[1] if named else None
        if isinstance(process, int | str) and not isinstance(process, bool):
            self._conversation.join(call, str(process))

    def _on_message(self, item: Item) -> None:
        role = item.payload.get("role")
        content = item.payload.get("content")
        if role == "assistant":
            self._conversation.speak(item, Source.ITEM, _text_in(content))
            return
        for said in said_in(role, content):
            self._conversation.hear_item(item, said)

    def _on_reasoning(self, item: Item) -> None:
        """Mostly opaque; the summary is for the reader, `content` is the raw thought of open models."""
        self._conversation.reply(item)
        for field in ("summary", "content"):
            if parts := item.payload.get(field):
                for part in records_in(parts):
                    self._conversation.think(item, Source.ITEM, text_of(part.get("text")))

    def _on_output(self, item: Item) -> None:
        call = self._conversation.answered_call(item, text_of(item.payload.get("call_id")))
        if call is None or call.result is not None:
            return
        output = read_output(item.payload.get("output"))
        if call.exit_status is None:
            call.exit_status = output.exit_status
        if call.duration_ms is None:
            call.duration_ms = output.duration_ms
        call.result = output.text
        call.is_error = output.failed or bool(call.exit_status)
        if output.running:
            self._conversation.leave_running(call, output.running)
        elif call.continues:
            self._conversation.ended(call)
        if call.kind is ToolKind.SUBAGENT and call.child_session is None:
            call.child_session = text_of(decoded(output.text).get("agent_id")) or None

    def _on_found_tools(self, item: Item) -> None:
        call = self._conversation.answered_call(item, text_of(item.payload.get("call_id")))
        if call is not None:
            call.result = "\n".join(
                text_of(tool.get("name")) for tool in records_in(item.payload.get("tools"))
            )

    def _on_agent_message(self, item: Item) -> None:
        """From one agent to another."""
        if text := _text_in(item.payload.get("content")).strip():
            self._conversation.note(item, Role.SYSTEM, TurnKind.NOTIFICATION, text)


def _text_in(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n\n".join(text for part in records_in(content) if (text := text_of(part.get("text"))))


def _tool_search(payload: Record) -> CallDraft:
    return CallDraft(
        text_of(payload.get("call_id")), "tool_search", ToolKind.OTHER, bounded(payload.get("arguments"))
    )


def _image_generation(payload: Record) -> CallDraft:
    """Its result is the image itself, in base64."""
    call_id = text_of(payload.get("call_id")) or text_of(payload.get("id"))
    call = CallDraft(
        call_id, "image_generation", ToolKind.OTHER, {"prompt": text_of(payload.get("revised_prompt"))}
    )
    call.result = "[image]" if payload.get("status") in FINISHED else None
    return call
