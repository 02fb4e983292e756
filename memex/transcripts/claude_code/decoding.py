"""Claude Code's lines decoded without what the reader never asks for.

The rest is half of the bytes: files before an edit, and outputs that the message repeats. A line
whose fields have other types than these is refused, and then decoded whole.
"""

from typing import Any, TypedDict

import msgspec

Other = str | list[Any] | int | float | bool | None


class _Usage(TypedDict, total=False):
    input_tokens: Any
    cache_creation_input_tokens: Any
    cache_read_input_tokens: Any
    output_tokens: Any


class _Block(TypedDict, total=False):
    """Without the signature of a thought, and the data of an image."""

    type: Any
    text: Any
    thinking: Any
    id: Any
    name: Any
    input: Any
    tool_use_id: Any
    content: Any
    is_error: Any


class _Message(TypedDict, total=False):
    model: Any
    id: Any
    content: str | list[_Block] | None
    usage: _Usage | None


class _ToolUseResult(TypedDict, total=False):
    type: Any
    content: Any
    stderr: Any
    filePath: Any
    oldString: Any
    newString: Any
    originalFile: msgspec.Raw
    structuredPatch: Any
    interrupted: Any
    backgroundTaskId: Any
    returnCodeInterpretation: Any
    timedOutAfterMs: Any
    durationMs: Any
    totalDurationMs: Any
    agentId: Any


class _Progress(TypedDict, total=False):
    message: Any
    type: Any
    agentId: Any


class _Line(TypedDict, total=False):
    parentUuid: Any
    logicalParentUuid: Any
    isSidechain: Any
    cwd: Any
    sessionId: Any
    version: Any
    gitBranch: Any
    type: Any
    subtype: Any
    message: _Message | Other
    content: Any
    attachment: Any
    data: _Progress | Other
    isMeta: Any
    isCompactSummary: Any
    isVisibleInTranscriptOnly: Any
    isApiErrorMessage: Any
    error: Any
    origin: Any
    promptSource: Any
    uuid: Any
    timestamp: Any
    toolUseResult: _ToolUseResult | Other
    sourceToolAssistantUUID: Any
    parentToolUseID: Any
    customTitle: Any
    aiTitle: Any
    agentName: Any
    summary: Any
    leafUuid: Any


decode = msgspec.json.Decoder(_Line).decode
