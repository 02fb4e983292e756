"""What the reader takes of each record's `payload`. All else in it is never built: sealed reasoning, images,
instructions, and what a record repeats of another.
"""

from typing import Any

from msgspec import Struct

from memex.transcripts.fitting import Count


class Part(Struct, gc=False):
    type: str = ""
    text: str = ""


Content = str | list[Part] | None


class Nothing(Struct, gc=False):
    """Of records that say nothing of the conversation, or repeat what another says."""


class Git(Struct, gc=False):
    branch: str | None = ""


class SessionMeta(Struct, gc=False):
    id: str = ""
    timestamp: Any = None
    cwd: str = ""
    cli_version: str = ""
    git: Git | None = None
    source: Any = None
    thread_source: Any = None
    parent_thread_id: str | None = ""


class TurnContext(Struct, gc=False):
    cwd: str = ""
    model: str = ""
    turn_id: str | None = ""


class TaskStarted(Struct, gc=False):
    turn_id: str | None = ""


class Compacted(Struct, gc=False):
    message: str = ""


class Message(Struct, gc=False):
    role: str = ""
    content: Content = None


class Reasoning(Struct, gc=False):
    summary: list[Part] | None = None
    content: list[Part] | None = None


class FunctionCall(Struct, gc=False):
    call_id: str = ""
    name: str = ""
    namespace: str | None = ""
    arguments: Any = None


class CustomToolCall(Struct, gc=False):
    call_id: str = ""
    name: str = ""
    namespace: str | None = ""
    input: Any = None


class LocalShellCall(Struct, gc=False):
    call_id: str | None = ""
    action: Any = None


class WebSearchCall(Struct, gc=False):
    call_id: str | None = ""
    id: str | None = ""
    status: Any = None
    action: Any = None


class ToolSearchCall(Struct, gc=False):
    call_id: str | None = ""
    arguments: Any = None


class ImageGenerationCall(Struct, gc=False):
    call_id: str | None = ""
    id: str | None = ""
    status: Any = None
    revised_prompt: str | None = ""


class CallOutput(Struct, gc=False):
    call_id: str = ""
    output: str | list[Part] | dict[str, Any] | None = None


class FoundTool(Struct, gc=False):
    name: str = ""


class ToolSearchOutput(Struct, gc=False):
    call_id: str | None = ""
    tools: list[FoundTool] | None = None


class AgentToAgent(Struct, gc=False):
    content: Content = None


class Totals(Struct, gc=False):
    input_tokens: Count | None = None
    cached_input_tokens: Count | None = None
    output_tokens: Count | None = None


class TokenInfo(Struct, gc=False):
    total_token_usage: Totals | None = None


class TokenCount(Struct, gc=False):
    info: TokenInfo | None = None


class UserMessage(Struct, gc=False):
    message: str = ""
    images: list[Any] | None = None
    local_images: list[Any] | None = None


class AgentMessage(Struct, gc=False):
    message: str = ""


class AgentReasoning(Struct, gc=False):
    text: str = ""


class PatchApplyEnd(Struct, gc=False):
    call_id: str = ""
    success: Any = None
    changes: Any = None


class ExecCommandEnd(Struct, gc=False):
    call_id: str = ""
    command: Any = None
    parsed_cmd: Any = None
    exit_code: Any = None
    duration: Any = None


class McpToolCallEnd(Struct, gc=False):
    call_id: str = ""
    duration: Any = None


class SpawnEnd(Struct, gc=False):
    call_id: str = ""
    new_thread_id: str | None = ""


class TurnAborted(Struct, gc=False):
    reason: str | None = ""


class RolledBack(Struct, gc=False):
    num_turns: Any = None


class ThreadName(Struct, gc=False):
    thread_name: str | None = ""


class ThreadItem(Struct, gc=False):
    type: str = ""
    text: str | None = ""


class ItemCompleted(Struct, gc=False):
    item: ThreadItem | None = None


class Failure(Struct, gc=False):
    message: str | None = ""
