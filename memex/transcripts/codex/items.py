"""`response_item`s: what was said to the model, what it said, and its calls."""

import re
from collections.abc import Callable
from typing import Any

from memex.core.session import Role, ToolKind, TurnKind
from memex.transcripts.codex.calls import (
    custom_call,
    function_call,
    image_generation,
    search_call,
    shell_call,
    tool_search,
)
from memex.transcripts.codex.conversation import Conversation, Source
from memex.transcripts.codex.outputs import decoded, read_output
from memex.transcripts.codex.payloads import (
    AgentToAgent,
    CallOutput,
    Content,
    CustomToolCall,
    FunctionCall,
    ImageGenerationCall,
    LocalShellCall,
    Message,
    Nothing,
    Reasoning,
    ToolSearchCall,
    ToolSearchOutput,
    WebSearchCall,
)
from memex.transcripts.codex.prompts import said_in
from memex.transcripts.codex.routes import Routes, ignore
from memex.transcripts.draft import CallDraft
from memex.transcripts.fields import text_of

CONTINUING = ("write_stdin", "wait")
SCRIPT_PROCESS = re.compile(r"write_stdin\(\s*\{[^}]*?session_id[\"']?\s*:\s*[\"']?([\w.-]+)")
QUIET = ("ghost_snapshot", "compaction", "compaction_summary", "other")


class Items:
    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def routes(self) -> Routes:
        return {
            "message": (Message, self._on_message),
            "reasoning": (Reasoning, self._on_reasoning),
            "function_call": (FunctionCall, self._begins(function_call)),
            "custom_tool_call": (CustomToolCall, self._begins(custom_call)),
            "local_shell_call": (LocalShellCall, self._begins(shell_call)),
            "web_search_call": (WebSearchCall, self._begins(search_call)),
            "tool_search_call": (ToolSearchCall, self._begins(tool_search)),
            "image_generation_call": (ImageGenerationCall, self._begins(image_generation)),
            "function_call_output": (CallOutput, self._on_output),
            "custom_tool_call_output": (CallOutput, self._on_output),
            "tool_search_output": (ToolSearchOutput, self._on_found_tools),
            "agent_message": (AgentToAgent, self._on_agent_message),
            **dict.fromkeys(QUIET, (Nothing, ignore)),
        }

    def _begins(self, draft: Callable[[Any], CallDraft]) -> Callable[[Any], None]:
        def begin(payload: Any) -> None:
            call = draft(payload)
            self._conversation.begin_call(call)
            if call.kind is ToolKind.SHELL or call.name in CONTINUING:
                self._join(call)

        return begin

    def _join(self, call: CallDraft) -> None:
        """`write_stdin` and `wait` name the process; in code mode the name stands in the script."""
        if isinstance(call.input, dict):
            process = call.input.get("session_id") or call.input.get("cell_id")
        else:
            script = call.input if isinstance(call.input, str) and "write_stdin" in call.input else ""
            named = SCRIPT_PROCESS.search(script)
            process = named[1] if named else None
        if type(process) is str or type(process) is int:
            self._conversation.join(call, str(process))

    def _on_message(self, message: Message) -> None:
        if message.role == "assistant":
            self._conversation.speak(Source.ITEM, _text_in(message.content))
            return
        for said in said_in(message.role, message.content):
            self._conversation.hear_item(said)

    def _on_reasoning(self, reasoning: Reasoning) -> None:
        """Mostly opaque; the summary is for the reader, `content` is the raw thought of open models."""
        self._conversation.reply()
        for parts in (reasoning.summary, reasoning.content):
            for part in parts or ():
                self._conversation.think(Source.ITEM, part.text)

    def _on_output(self, answer: CallOutput) -> None:
        call = self._conversation.answered_call(answer.call_id)
        if call is None or call.result is not None:
            return
        output = read_output(answer.output)
        if call.exit_status is None:
            call.exit_status = output.exit_status
        if call.duration_ms is None:
            call.duration_ms = output.duration_ms
        call.take_output(output.text)
        call.is_error = output.failed or bool(call.exit_status)
        if output.running:
            self._conversation.leave_running(call, output.running)
        elif call.continues:
            self._conversation.ended(call)
        if call.kind is ToolKind.SUBAGENT and call.child_session is None:
            call.child_session = text_of(decoded(output.text).get("agent_id")) or None

    def _on_found_tools(self, answer: ToolSearchOutput) -> None:
        call = self._conversation.answered_call(answer.call_id or "")
        if call is not None:
            call.result = "\n".join([tool.name for tool in answer.tools or ()])

    def _on_agent_message(self, message: AgentToAgent) -> None:
        """From one agent to another."""
        if text := _text_in(message.content).strip():
            self._conversation.note(Role.SYSTEM, TurnKind.NOTIFICATION, text)


def _text_in(content: Content) -> str:
    if isinstance(content, str):
        return content
    return "\n\n".join([part.text for part in content or () if part.text])
