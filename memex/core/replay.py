"""What the replay pane asks for and gets: an outline at once, turns by number as they are needed."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from memex.core.search import SessionCard
from memex.core.session import (
    Evidence,
    Intent,
    Outcome,
    Problem,
    Role,
    TokenUsage,
    ToolKind,
    TouchKind,
    Turn,
    TurnKind,
)
from memex.core.steps.context import StepContext


class Origin(StrEnum):
    """Where the turns were read from."""

    SOURCE = "source"
    GROWN = "source has grown"
    """It begins with the very bytes that were indexed, and goes on; it is read to its present end."""
    ARCHIVE = "archived copy"
    """The file is gone, or cannot be read."""
    DIVERGED = "diverged"
    """The file is there, but no longer begins with the bytes that were indexed; the copy is read."""


class TurnOutline(Struct, frozen=True):
    """One row of the turn list."""

    index: int
    role: Role
    kind: TurnKind
    gist: str
    time: datetime | None = None
    tools: tuple[ToolKind, ...] = ()
    has_error: bool = False
    has_edit: bool = False
    has_subagent: bool = False
    is_withdrawn: bool = False
    """The user went back before this turn, and on from there."""


class TouchedFile(Struct, frozen=True):
    """How often each thing was done to a file."""

    path: str
    read: int = 0
    edited: int = 0
    created: int = 0
    deleted: int = 0

    @property
    def is_changed(self) -> bool:
        return bool(self.edited or self.created or self.deleted)

    def with_touch(self, kind: TouchKind) -> "TouchedFile":
        counts = {name: getattr(self, name) + (name == kind) for name in TouchKind}
        return TouchedFile(self.path, **counts)


class WithdrawnBranch(Struct, frozen=True):
    """A stretch of turns that the user took back; `number` is its turns' `branch`."""

    number: int
    turns: tuple[int, ...]
    after: int | None
    """The turn from which both it and the conversation went on; None: from the beginning."""


class Redaction(Struct, frozen=True):
    """Secrets of one kind that were replaced: how many, and in which turns."""

    kind: str
    count: int
    turns: tuple[int, ...]


class SessionOutline(Struct, frozen=True):
    """All that is told of a session before its turns are.

    Of what was read just now; card, redactions, parent and children are the catalog's.
    """

    card: SessionCard
    origin: Origin
    turns: tuple[TurnOutline, ...]
    models: tuple[str, ...] = ()
    agent_version: str | None = None
    tokens: TokenUsage = TokenUsage()
    started_at: datetime | None = None
    ended_at: datetime | None = None
    files: tuple[TouchedFile, ...] = ()
    """In the order in which they were first touched."""
    project_path: str | None = None
    outcome: Outcome = Outcome.UNKNOWN
    outcome_evidence: Evidence = Evidence()
    intent: Intent = Intent.UNKNOWN
    intent_evidence: Evidence = Evidence()
    branches: tuple[WithdrawnBranch, ...] = ()
    compactions: tuple[int, ...] = ()
    """Turns at which the conversation was summed up to make room."""
    parent: SessionCard | None = None
    children: tuple[SessionCard, ...] = ()
    """Sessions of the sub-agents that this one started."""
    skipped_records: dict[str, int] = {}
    problems: tuple[Problem, ...] = ()
    redactions: dict[str, int] = {}
    """Secrets kept out of the index, by kind."""
    resume_command: str | None = None
    """For a shell; None where the agent has no such command."""

    @property
    def files_touched(self) -> tuple[str, ...]:
        """Files that were edited, created or deleted."""
        return tuple(file.path for file in self.files if file.is_changed)

    @property
    def problem_count(self) -> int:
        return len(self.problems)


class TurnPage(Struct, frozen=True):
    session_key: int
    turns: tuple[Turn, ...]
    context: StepContext = StepContext()


class RawRecord(Struct, frozen=True):
    """A line of the transcript; `size` is its length in bytes, of which `text` may be a beginning."""

    line: int
    text: str
    size: int
    is_cut: bool = False


class RawRecordPage(Struct, frozen=True):
    session_key: int
    turn: int
    records: tuple[RawRecord, ...]
    more: int = 0
    """How many further lines the turn has."""


class TurnImage(Struct, frozen=True):
    session_key: int
    turn: int
    number: int
    media_type: str
    data: bytes
    count: int
    """How many images the turn's records hold."""


class Place(StrEnum):
    """The part of a turn that a match lies in."""

    PROMPT = "prompt"
    """What the user or the harness said."""
    PROSE = "prose"
    """What the agent said."""
    THINKING = "thinking"
    INPUT = "input"
    OUTPUT = "output"
    PATH = "path"


class FindRequest(Struct, frozen=True):
    pattern: str
    is_regex: bool = False
    match_case: bool = False
    whole_word: bool = False
    hide_secrets: bool = False


class FoundPlace(Struct, frozen=True):
    """Matches in one text of a turn; `spans` are (start, end) in characters of that text."""

    turn: int
    place: Place
    spans: tuple[tuple[int, int], ...]
    count: int
    """Of all matches; `spans` may hold only the first."""
    call: int | None = None
    """Which of the turn's tool calls."""
    field: str = ""
    """Of a call's input: the keys that lead to the text, as in `edits.0.old_string`."""


class Found(Struct, frozen=True):
    session_key: int
    request: FindRequest
    places: tuple[FoundPlace, ...]
    count: int
    """Of all matches, also of those past the places that are told."""
    turns: tuple[int, ...]
    """Every turn with a match, in order."""


class ExportFormat(StrEnum):
    HTML = "html"
    MARKDOWN = "md"
    JSON = "json"


class ExportOrder(Struct, frozen=True):
    """`first` and `last` are turn numbers, both included; None: from the beginning, to the end."""

    session: str
    format: ExportFormat
    first: int | None = None
    last: int | None = None
    redact: bool = True
    path: str | None = None
    """Absolute; None: the content comes with the reply."""
    overwrite: bool = False


class Exported(Struct, frozen=True):
    turns: int
    size: int
    redactions: tuple[Redaction, ...]
    path: str | None = None
    content: bytes | None = None
