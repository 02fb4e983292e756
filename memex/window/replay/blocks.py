"""What a turn is shown as: plain values that the renderers make and the widgets draw."""

from dataclasses import dataclass
from enum import StrEnum

from memex.core.session import ToolKind


class Grammar(StrEnum):
    """How the lines of a listing are read."""

    PLAIN = "plain"
    COMMAND = "command"
    """A shell command: `$` before its first line."""
    NUMBERED = "numbered"
    """As Read tools print a file: `   12→text` or `   12\\ttext`."""
    DIFF = "diff"
    """Unified hunks."""


class Tone(StrEnum):
    PLAIN = "plain"
    MUTED = "muted"
    ADDED = "added"
    REMOVED = "removed"
    ERROR = "error"


class CheckState(StrEnum):
    OPEN = "open"
    ACTIVE = "active"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown. `keep_lines`: a line break that the user typed stays one."""

    text: str
    keep_lines: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Monospaced lines, kept as the whole text; `listing.py` reads what is shown of it."""

    text: str
    grammar: Grammar = Grammar.PLAIN
    label: str = ""
    """What a screen reader calls it."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    text: str
    state: CheckState


@dataclass(frozen=True, slots=True)
class Checklist:
    items: tuple[CheckItem, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence of ours about what is shown."""

    text: str
    tone: Tone = Tone.MUTED


@dataclass(frozen=True, slots=True)
class SessionLink:
    """Leads to the session of a sub-agent."""

    session_id: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Closed until asked for."""

    label: str
    body: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True)
class Fact:
    """A word at the right of a tool's heading: exit status, duration, lines changed."""

    text: str
    tone: Tone = Tone.MUTED


@dataclass(frozen=True, slots=True)
class ToolBlock:
    kind: ToolKind
    name: str
    summary: str
    facts: tuple[Fact, ...]
    is_error: bool
    body: "tuple[Block, ...]"


Block = Prose | Listing | Checklist | Note | SessionLink | Fold | ToolBlock
