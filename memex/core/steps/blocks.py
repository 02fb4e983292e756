"""The kinds of blocks that a turn is shown as.

Texts are raw: a painter reads them through `listing`, `diff`, `markdown` or `json_tree`, which make them
safe, or through `safe_text`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from memex.core.session import FileDiff, ToolKind


class Grammar(StrEnum):
    """How the lines of a listing are read."""

    PLAIN = "plain"
    COMMAND = "command"
    """A shell command: `$` before its first line, coloured as shell."""
    TERMINAL = "terminal"
    """What a program printed: SGR colours count, other escapes are dropped."""
    CODE = "code"
    """A file or a fenced block; `language` says of what, `first_line` numbers it."""
    NUMBERED = "numbered"
    """As Read tools print a file: `   12→text` or `   12\\ttext`; the numbers go to the gutter."""
    PLACES = "places"
    """Paths, or `path:line:text`, as search tools print them."""


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
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown, for `markdown.to_html`. `keep_lines`: a line break that the user typed stays one."""

    text: str
    keep_lines: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Monospaced lines, kept as the whole text: `listing.lines_of` reads what is shown of it."""

    text: str
    grammar: Grammar = Grammar.PLAIN
    label: str = ""
    """What a screen reader calls it."""
    language: str = ""
    """Pygments' alias, for `CODE` and `NUMBERED`; empty: not coloured."""
    first_line: int | None = None
    """The number of the first line, for `CODE`; without one, the lines carry no numbers."""
    tone: Tone = Tone.PLAIN
    """`ERROR` for what came on stderr."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A command as its terminal showed it: prompt, output, stderr apart where the record keeps it apart."""

    command: Listing
    output: Listing | None = None
    errors: Listing | None = None
    exit_status: int | None = None
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """One file's change; `diff.unified_rows` and `diff.side_by_side_rows` lay it out."""

    diff: FileDiff
    language: str = ""
    has_heading: bool = False
    """Whether the path stands above it: one of several files that a call changed."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    text: str
    state: CheckState
    was: CheckState | None = None
    """Its state before this call, where that is known and another."""
    is_new: bool = False
    is_gone: bool = False
    """It stood in the list before this call, and does no more."""

    @property
    def has_changed(self) -> bool:
        return self.is_new or self.is_gone or self.was is not None


@dataclass(frozen=True, slots=True)
class Checklist:
    items: tuple[CheckItem, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan put to the user, as blocks, and what the user said to it in one word; empty while unanswered."""

    body: "tuple[Block, ...]"
    verdict: str = ""
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    description: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`answer`: what was answered in the user's own words, where that is none of the options."""

    text: str
    header: str = ""
    options: tuple[Option, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Questions:
    items: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class WebLink:
    """An address, shown and never fetched."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class WebLinks:
    """What a web search found, or the one address that was fetched."""

    links: tuple[WebLink, ...]


@dataclass(frozen=True, slots=True)
class JsonTree:
    """A JSON value to be opened branch by branch: `json_tree.children_of` names its branches."""

    value: Any
    label: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """The `number`th image of the turn's records, from 0: `pictures.pictures_in` finds it there."""

    number: int


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence of ours about what is shown."""

    text: str
    tone: Tone = Tone.MUTED


@dataclass(frozen=True, slots=True)
class SubAgent:
    """The session of a sub-agent, which opens in place."""

    session_id: str


@dataclass(frozen=True, slots=True)
class TurnLink:
    """Leads to another turn of the session: `label` says what is there. `solved` alone may be green."""

    turn: int
    label: str
    is_solution: bool = False


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
    """A call with its result. `is_error` gives it the red border."""

    kind: ToolKind
    name: str
    summary: str
    facts: tuple[Fact, ...]
    is_error: bool
    body: "tuple[Block, ...]"


Block = (
    Prose
    | Listing
    | Terminal
    | Diff
    | Checklist
    | Plan
    | Questions
    | WebLinks
    | JsonTree
    | Picture
    | Note
    | SubAgent
    | TurnLink
    | Fold
    | ToolBlock
)
