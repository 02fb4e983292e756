"""`event_msg`s: what only they know. Most repeat `response_item`s for the screen."""

from typing import Any

from memex.core.session import Role, ToolKind, TurnKind
from memex.transcripts.codex.calls import change_diffs, event_command, files_read
from memex.transcripts.codex.conversation import Conversation, Source
from memex.transcripts.codex.payloads import (
    AgentMessage,
    AgentReasoning,
    ExecCommandEnd,
    Failure,
    ItemCompleted,
    McpToolCallEnd,
    Nothing,
    PatchApplyEnd,
    RolledBack,
    SpawnEnd,
    TaskStarted,
    ThreadName,
    TokenCount,
    TurnAborted,
    UserMessage,
)
from memex.transcripts.codex.prompts import Said, request_in
from memex.transcripts.codex.routes import Routes, ignore
from memex.transcripts.codex.tokens import TokenMeter
from memex.transcripts.draft import CallDraft, one_line
from memex.transcripts.fields import count_of, record_of, whole_number

QUIET = (
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
)


class Events:
    def __init__(self, conversation: Conversation, tokens: TokenMeter) -> None:
        self._conversation = conversation
        self._tokens = tokens
        self._patched: set[int] = set()
        self.thread_name = ""

    def routes(self) -> Routes:
        return {
            "token_count": (TokenCount, self._tokens.take),
            "user_message": (UserMessage, self._on_user_message),
            "agent_message": (AgentMessage, self._on_agent_message),
            "agent_reasoning": (AgentReasoning, self._on_reasoning),
            "agent_reasoning_raw_content": (AgentReasoning, self._on_reasoning),
            "patch_apply_end": (PatchApplyEnd, self._on_patch),
            "exec_command_end": (ExecCommandEnd, self._on_command),
            "mcp_tool_call_end": (McpToolCallEnd, self._on_mcp),
            "collab_agent_spawn_end": (SpawnEnd, self._on_spawn),
            "turn_aborted": (TurnAborted, self._on_abort),
            "thread_rolled_back": (RolledBack, self._on_rollback),
            "thread_name_updated": (ThreadName, self._on_name),
            "item_completed": (ItemCompleted, self._on_item),
            "error": (Failure, self._on_error),
            "stream_error": (Failure, self._on_error),
            "task_started": (TaskStarted, ignore),
            **dict.fromkeys(QUIET, (Nothing, ignore)),
        }

    def _on_user_message(self, said: UserMessage) -> None:
        images = len(said.images or ()) + len(said.local_images or ())
        text = request_in(said.message)
        if text or images:
            self._conversation.hear_event(Said(Role.USER, TurnKind.PROMPT, text, images))

    def _on_agent_message(self, said: AgentMessage) -> None:
        self._conversation.speak(Source.EVENT, said.message)

    def _on_reasoning(self, thought: AgentReasoning) -> None:
        self._conversation.think(Source.EVENT, thought.text)

    def _on_patch(self, patch: PatchApplyEnd) -> None:
        """The diff as applied. In code mode its id is no call's: it belongs to the script that runs."""
        call = self._call(patch.call_id)
        if call is None or patch.success is False:
            return
        earlier = call.diffs if id(call) in self._patched else ()
        self._patched.add(id(call))
        call.take_diffs(earlier + change_diffs(patch.changes))

    def _on_command(self, end: ExecCommandEnd) -> None:
        call = self._call(end.call_id)
        if call is None or call.kind is not ToolKind.SHELL:
            return
        call.exit_status = whole_number(end.exit_code)
        call.duration_ms = _milliseconds(end.duration) or call.duration_ms
        call.command = call.command or event_command(end.command)
        call.files = call.files or files_read(end.parsed_cmd)
        if call.result is not None:
            call.is_error = call.is_error or bool(call.exit_status)

    def _on_mcp(self, end: McpToolCallEnd) -> None:
        call = self._conversation.call(end.call_id)
        if call is not None:
            call.kind = ToolKind.MCP
            call.duration_ms = _milliseconds(end.duration) or call.duration_ms

    def _on_spawn(self, end: SpawnEnd) -> None:
        call = self._conversation.call(end.call_id)
        if call is not None:
            call.child_session = end.new_thread_id or call.child_session

    def _on_abort(self, end: TurnAborted) -> None:
        self._conversation.interrupt(f"[Turn ended by the user: {end.reason or 'interrupted'}]")

    def _on_rollback(self, rollback: RolledBack) -> None:
        count = count_of(rollback.num_turns)
        self._conversation.withdraw(count)
        text = f"[The user withdrew the last {count} turns]"
        self._conversation.note(Role.SYSTEM, TurnKind.NOTIFICATION, text)

    def _on_name(self, name: ThreadName) -> None:
        self.thread_name = one_line(name.thread_name or "") or self.thread_name

    def _on_item(self, done: ItemCompleted) -> None:
        """Plan mode: the plan stands nowhere else, or in a message as well."""
        if done.item is not None and done.item.type == "Plan":
            self._conversation.propose(done.item.text or "")

    def _on_error(self, failure: Failure) -> None:
        text = failure.message or "The agent failed."
        self._conversation.note(Role.SYSTEM, TurnKind.ERROR, text)

    def _call(self, call_id: str) -> CallDraft | None:
        return self._conversation.call(call_id) or self._conversation.last_call


def _milliseconds(duration: Any) -> int | None:
    """Of `{secs, nanos}`."""
    duration = record_of(duration)
    milliseconds = count_of(duration.get("secs")) * 1000 + count_of(duration.get("nanos")) // 1_000_000
    return milliseconds or None
