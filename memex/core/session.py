"""What a transcript says, once it is read: the values every room works on.

What a format does not hold is `None` or empty, never invented.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct

COPY_MARK = "~"
"""Between a session's id and what tells it from another of the same id in another file."""
POINT_NAMESPACE = uuid5(NAMESPACE_URL, "memex:session")


class Agent(StrEnum):
    CLAUDE_CODE = "claude-code"
    CODEX = "codex"
    GEMINI = "gemini"
    OPENCODE = "opencode"
    COPILOT = "copilot"
    CURSOR = "cursor"
    PI = "pi"
    OH_MY_PI = "oh-my-pi"
    QWEN = "qwen"
    CLINE = "cline"
    AIDER = "aider"


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class TurnKind(StrEnum):
    PROMPT = "prompt"
    """What the user typed, queued prompts included."""
    REPLY = "reply"
    """One response of the model: prose, thinking and tool calls."""
    SLASH_COMMAND = "slash-command"
    SHELL = "shell"
    """A `!` line that the user ran, with its output."""
    SUMMARY = "summary"
    """A compaction summary: injected text, in no lens."""
    INJECTED = "injected"
    """Text that the agent's harness put in (reminders, skill bodies, AGENTS files)."""
    INTERRUPT = "interrupt"
    NOTIFICATION = "notification"
    """A background task or sub-agent reports."""
    ERROR = "error"
    """The agent itself failed: API errors, limits."""


class ToolKind(StrEnum):
    """What a tool does, whatever its agent calls it; chooses the renderer."""

    SHELL = "shell"
    EDIT = "edit"
    WRITE = "write"
    READ = "read"
    SEARCH = "search"
    WEB = "web"
    TODO = "todo"
    PLAN = "plan"
    QUESTION = "question"
    SUBAGENT = "subagent"
    MCP = "mcp"
    OTHER = "other"


class TouchKind(StrEnum):
    READ = "read"
    EDITED = "edited"
    CREATED = "created"
    DELETED = "deleted"


class TitleSource(StrEnum):
    CUSTOM = "custom"
    AGENT = "agent"
    SUMMARY = "summary"
    FIRST_PROMPT = "first-prompt"
    NONE = "none"


class Outcome(StrEnum):
    RESOLVED = "resolved"
    PARTIAL = "partial"
    UNRESOLVED = "unresolved"
    UNKNOWN = "unknown"


class Intent(StrEnum):
    BUILD = "build"
    FIX = "fix"
    EXPLORE = "explore"
    REFACTOR = "refactor"
    CHORE = "chore"
    EXPLAIN = "explain"
    UNKNOWN = "unknown"


class Hunk(Struct, frozen=True, gc=False):
    """One hunk of a unified diff; `lines` keep their leading `+`, `-` or space."""

    old_start: int
    new_start: int
    lines: tuple[str, ...]


class FileDiff(Struct, frozen=True, gc=False):
    path: str
    kind: TouchKind
    hunks: tuple[Hunk, ...] = ()


class FileTouch(Struct, frozen=True, gc=False):
    path: str
    kind: TouchKind


class CommandRun(Struct, frozen=True, gc=False):
    command: str
    exit_status: int | None = None
    failed: bool = False


class ErrorMet(Struct, frozen=True, gc=False):
    """A call that failed. `solved_at`: the later turn in which the same command, or the same edit, passed."""

    text: str
    call_id: str = ""
    command: str | None = None
    solved_at: int | None = None


class Evidence(Struct, frozen=True, gc=False):
    """The turns that decided a judgement, by number, and the rule in one sentence."""

    why: str = ""
    turns: tuple[int, ...] = ()


class ToolCall(Struct, frozen=True, gc=False):
    """A call with its result. `result is None`: none was written (still running, or killed)."""

    id: str
    name: str
    kind: ToolKind = ToolKind.OTHER
    input: Any = None
    """The call's arguments as JSON; a str where the agent wrote no valid JSON."""
    result: str | None = None
    is_error: bool = False
    command: str | None = None
    """The shell command line, for `ToolKind.SHELL`."""
    exit_status: int | None = None
    duration_ms: int | None = None
    files: tuple[FileTouch, ...] = ()
    diffs: tuple[FileDiff, ...] = ()
    child_session: str | None = None
    """Id of the sub-agent's session that this call started."""
    continues: str | None = None
    """Id of the earlier call whose process this one feeds, waits for or reads on."""
    coloured: str = ""
    """`result` with the colours (SGR) that it was printed in; empty where there were none."""
    stderr: str = ""
    """What of `result` came on stderr, where the record keeps it apart."""


class SourceSpan(Struct, frozen=True, gc=False):
    """Where a turn begins in its file: 1-based line, byte offset; `lines` may be interleaved."""

    line: int
    byte: int
    lines: tuple[int, ...] = ()


class Turn(Struct, frozen=True, gc=False):
    index: int
    role: Role
    kind: TurnKind
    text: str = ""
    thinking: str = ""
    time: datetime | None = None
    model: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    span: SourceSpan | None = None
    images: int = 0
    errors: tuple[ErrorMet, ...] = ()
    branch: int = 0
    """0: the conversation as it went on; n: the nth stretch that the user withdrew (rewind, roll-back)."""
    subagent: str | None = None
    """The sub-agent that said this, where its turns stand in its parent's file; a call's `child_session`."""
    reports: str | None = None
    """Id of the call whose background work a notification reports."""

    @property
    def is_withdrawn(self) -> bool:
        return self.branch > 0

    @property
    def files_touched(self) -> tuple[FileTouch, ...]:
        """Each path once for each kind, in the order of the calls."""
        return tuple(dict.fromkeys(touch for call in self.tool_calls for touch in call.files))

    @property
    def commands_run(self) -> tuple[CommandRun, ...]:
        return tuple(
            CommandRun(call.command, call.exit_status, call.is_error)
            for call in self.tool_calls
            if call.command is not None
        )

    @property
    def has_error(self) -> bool:
        return self.kind is TurnKind.ERROR or any(call.is_error for call in self.tool_calls)


class TokenUsage(Struct, frozen=True):
    """Counted once per message. `input` excludes what the cache served."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


class Problem(Struct, frozen=True):
    """Something in the file that could not be read."""

    line: int
    what: str
    why: str


class Session(Struct, frozen=True):
    agent: Agent
    id: str
    title: str = ""
    title_source: TitleSource = TitleSource.NONE
    agent_version: str | None = None
    models: tuple[str, ...] = ()
    project_path: str | None = None
    """The working directory that the records name, never a folder's name decoded."""
    branch: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    turns: tuple[Turn, ...] = ()
    tokens: TokenUsage = TokenUsage()
    parent_id: str | None = None
    """The session that started this one as a sub-agent."""
    is_subagent: bool = False
    is_helper: bool = False
    """The agent's own housekeeping (prompt suggestion, compaction): kept out of lists and totals."""
    outcome: Outcome = Outcome.UNKNOWN
    outcome_evidence: Evidence = Evidence()
    intent: Intent = Intent.UNKNOWN
    intent_evidence: Evidence = Evidence()
    skipped_records: dict[str, int] = {}
    """Records of types that the reader does not know, by type."""
    problems: tuple[Problem, ...] = ()

    @property
    def project_name(self) -> str | None:
        if not self.project_path:
            return None
        return self.project_path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or self.project_path

    @property
    def point_id(self) -> UUID:
        return point_id(self.agent, self.id)

    @property
    def prompt_count(self) -> int:
        return sum(turn.kind is TurnKind.PROMPT for turn in self.turns)

    @property
    def error_count(self) -> int:
        return sum(call.is_error for turn in self.turns for call in turn.tool_calls)


def point_id(agent: str, session_id: str) -> UUID:
    return uuid5(POINT_NAMESPACE, f"{agent}:{session_id}")
