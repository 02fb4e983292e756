"""What the replay pane asks for and gets: an outline at once, turns by number as they are needed."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from memex.core.search import SessionCard
from memex.core.session import Role, TokenUsage, ToolKind, Turn, TurnKind
from memex.core.steps.context import StepContext


class Origin(StrEnum):
    """Where the turns were read from."""

    SOURCE = "source"
    GROWN = "source has grown"
    ARCHIVE = "archived copy"
    DIVERGED = "diverged"


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


class SessionOutline(Struct, frozen=True):
    card: SessionCard
    origin: Origin
    turns: tuple[TurnOutline, ...]
    models: tuple[str, ...] = ()
    tokens: TokenUsage = TokenUsage()
    files_touched: tuple[str, ...] = ()
    project_path: str | None = None
    skipped_records: dict[str, int] = {}
    problem_count: int = 0
    redactions: dict[str, int] = {}
    """Secrets kept out of the index, by kind; the turns here are the original."""


class TurnPage(Struct, frozen=True):
    session_key: int
    turns: tuple[Turn, ...]
    context: StepContext = StepContext()
