"""`event_msg`s: what only they know. Most repeat `response_item`s for the screen."""

from collections.abc import Callable

from memex.core.session import Role, ToolKind, TurnKind
from memex.transcripts.codex.calls import change_diffs, event_command, files_read
from memex.transcripts.codex.conversation import Conversation, Source
from memex.transcripts.codex.prompts import Said, request_in
from memex.transcripts.codex.shapes import Item
from memex.transcripts.codex.tokens import TokenMeter
from memex.transcripts.draft import CallDraft, one_line
from memex.transcripts.fields import count_of, record_of, text_of, whole_number
from memex.transcripts.records import Record

QUIET = frozenset(
    [
        "task_started",
        "task_complete",
        "turn_started",
        "turn_complete",
        "thread_settings_applied",
        "web_search_end",
        "web_search_begin",
        "context_compacted",
        "sub_agent_activity",
        "item_started",
        "collab_agent_interaction_begin",
        "collab_agent_interaction_end",
        "collab_agent_spawn_begin",
        "collab_waiting_begin",
        "collab_waiting_end",
        "collab_close_begin",
        "collab_close_end",
        "collab_resume_begin",
        "collab_resume_end",
        "entered_review_mode",
        "exited_review_mode",
        "thread_goal_updated",
        "guardian_assessment",
        "undo_started",
        "undo_completed",
        "view_image_tool_call",
        "dynamic_tool_call_request",
        "dynamic_tool_call_response",
        "image_generation_begin",
        "image_generation_end",
        "exec_command_begin",
        "exec_command_output_delta",
        "patch_apply_begin",
        "mcp_tool_call_begin",
        "background_event",
        "warning",
        "turn_diff",
        "plan_update",
        "agent_reasoning_section_break",
        "session_configured",
        "shutdown_complete",
        "tool_call",
    ]
)


class Events:
    def __init__(self, conversation: Conversation, tokens: TokenMeter) -> None:
        self._conversation = conversation
        self._tokens = tokens
        self._patched: set[int] = set()
        self.thread_name = ""
        self._handlers: dict[str, Callable[[Item], None]] = {
            "token_count": self._on_tokens,
            "user_message": self._on_user_message,
            "agent_message": self._on_agent_message,
            "agent_reasoning": self._on_reasoning,
            "agent_reasoning_raw_content": self._on_reasoning,
            "patch_apply_end": self._on_patch,
            "exec_command_end": self._on_command,
            "mcp_tool_call_end": self._on_mcp,
            "collab_agent_spawn_end": self._on_spawn,
            "turn_aborted": self._on_abort,
            "thread_rolled_back": self._on_rollback,
            "thread_name_updated": self._on_name,
            "item_completed": self._on_item,
            "error": self._on_error,
            "stream_error": self._on_error,
        }

    def take(self, item: Item) -> None:
        kind = text_of(item.payload.get("type"))
        if handle := self._handlers.get(kind):
            handle(item)
        elif kind not in QUIET:
            self._conversation.draft.skipped[f"event_msg/{kind}"] += 1

    def _on_tokens(self, item: Item) -> None:
        self._tokens.take(item.payload)

    def _on_user_message(self, item: Item) -> None:
        payload = item.payload
        pictures = [payload.get("images"), payload.get("local_images")]
        images = sum(len(found) for found in pictures if isinstance(found, list))
        text = request_in(text_of(payload.get("message")))
        if text or images:
            self._conversation.hear_event(item, Said(Role.USER, TurnKind.PROMPT, text, images))

    def _on_agent_message(self, item: Item) -> None:
        self._conversation.speak(item, Source.EVENT, text_of(item.payload.get("message")))

    def _on_reasoning(self, item: Item) -> None:
        self._conversation.think(item, Source.EVENT, text_of(item.payload.get("text")))

    def _on_patch(self, item: Item) -> None:
        """The diff as applied. In code mode its id is no call's: it belongs to the script that runs."""
        call = self._call(item.payload)
        if call is None or item.payload.get("success") is False:
            return
        earlier = call.diffs if id(call) in self._patched else ()
        self._patched.add(id(call))
        call.take_diffs(earlier + change_diffs(item.payload.get("changes")))

    def _on_command(self, item: Item) -> None:
        call = self._call(item.payload)
        if call is None or call.kind is not ToolKind.SHELL:
            return
        call.exit_status = whole_number(item.payload.get("exit_code"))
        call.duration_ms = _duration(item.payload) or call.duration_ms
        call.command = call.command or event_command(item.payload.get("command"))
        call.files = call.files or files_read(item.payload.get("parsed_cmd"))
        if call.result is not None:
            call.is_error = call.is_error or bool(call.exit_status)

    def _on_mcp(self, item: Item) -> None:
        call = self._conversation.call(text_of(item.payload.get("call_id")))
        if call is not None:
            call.kind = ToolKind.MCP
            call.duration_ms = _duration(item.payload) or call.duration_ms

    def _on_spawn(self, item: Item) -> None:
        call = self._conversation.call(text_of(item.payload.get("call_id")))
        if call is not None:
            call.child_session = text_of(item.payload.get("new_thread_id")) or call.child_session

    def _on_abort(self, item: Item) -> None:
        reason = text_of(item.payload.get("reason")) or "interrupted"
        self._conversation.interrupt(item, f"[Turn ended by the user: {reason}]")

    def _on_rollback(self, item: Item) -> None:
        count = count_of(item.payload.get("num_turns"))
        self._conversation.withdraw(count)
        text = f"[The user withdrew the last {count} turns]"
        self._conversation.note(item, Role.SYSTEM, TurnKind.NOTIFICATION, text)

    def _on_name(self, item: Item) -> None:
        self.thread_name = one_line(text_of(item.payload.get("thread_name"))) or self.thread_name

    def _on_item(self, item: Item) -> None:
        """Plan mode: the plan stands nowhere else, or in a message as well."""
        done = record_of(item.payload.get("item"))
        if done.get("type") == "Plan":
            self._conversation.propose(item, text_of(done.get("text")))

    def _on_error(self, item: Item) -> None:
        text = text_of(item.payload.get("message")) or "The agent failed."
        self._conversation.note(item, Role.SYSTEM, TurnKind.ERROR, text)

    def _call(self, payload: Record) -> CallDraft | None:
        return self._conversation.call(text_of(payload.get("call_id"))) or self._conversation.last_call


def _duration(payload: Record) -> int | None:
    """`{secs, nanos}` in milliseconds."""
    duration = record_of(payload.get("duration"))
    milliseconds = count_of(duration.get("secs")) * 1000 + count_of(duration.get("nanos")) // 1_000_000
    return milliseconds or None
