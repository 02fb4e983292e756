"""The one table of readers, and the choice among them by what a file holds.

Adding an agent is adding a module with `roots`, `recognises` and `read`, and its row here;
docs/adding-an-agent.md is the recipe.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from memex.core.session import Agent, Session
from memex.transcripts import aider, claude_code, cline, codex, copilot, cursor, gemini, opencode, pi, qwen
from memex.transcripts.documented import Documented
from memex.transcripts.records import Line, ProblemLog, RawLine, Record


class Reading(Protocol):
    """A file that only grows, while it is read: what follows can be fed at any time."""

    def take(self, line: Line) -> None:
        """A line that was decoded already."""

    def feed(self, lines: Iterable[RawLine]) -> None: ...

    def session(self) -> Session:
        """As far as it was read. Changes nothing."""

    def still_holds(self) -> bool:
        """Whether all that was looked up beside the file is as it was."""


@dataclass(frozen=True, slots=True)
class LineReader:
    """Of files of JSON lines that their agent only appends to."""

    agent: Agent
    roots: Callable[[], tuple[Path, ...]]
    recognises: Callable[[Sequence[Record]], bool]
    begin: Callable[[Path, ProblemLog], Reading]


@dataclass(frozen=True, slots=True)
class Reader:
    """Of files that hold one session as JSON: a record a line, one object, or an array of objects."""

    agent: Agent
    roots: Callable[[], tuple[Path, ...]]
    """Where the agent keeps its transcripts on this platform, whether or not the folders exist."""
    recognises: Callable[[Sequence[Record]], bool]
    read: Callable[[Iterator[Line], Path, ProblemLog], Session | Documented]


@dataclass(frozen=True, slots=True)
class RawReader:
    """Of files that are not JSON, and may hold many sessions."""

    agent: Agent
    roots: Callable[[], tuple[Path, ...]]
    recognises: Callable[[Sequence[RawLine]], bool]
    read: Callable[[Iterator[RawLine], Path, ProblemLog], Iterator[Session | Documented]]


READERS: tuple[LineReader | Reader | RawReader, ...] = (
    LineReader(Agent.CLAUDE_CODE, claude_code.roots, claude_code.recognises, claude_code.Reading),
    LineReader(Agent.CODEX, codex.roots, codex.recognises, codex.Reading),
    Reader(Agent.GEMINI, gemini.roots, gemini.recognises, gemini.read),
    Reader(Agent.OPENCODE, opencode.roots, opencode.recognises, opencode.read),
    RawReader(Agent.OPENCODE, opencode.database_roots, opencode.is_database, opencode.read_database),
    Reader(Agent.COPILOT, copilot.roots, copilot.recognises, copilot.read),
    Reader(Agent.OH_MY_PI, pi.oh_my_pi_roots, pi.recognises_oh_my_pi, pi.read_oh_my_pi),
    Reader(Agent.PI, pi.pi_roots, pi.recognises, pi.read),
    Reader(Agent.CURSOR, cursor.roots, cursor.recognises, cursor.read),
    Reader(Agent.QWEN, qwen.roots, qwen.recognises, qwen.read),
    Reader(Agent.CLINE, cline.roots, cline.recognises, cline.read),
    RawReader(Agent.AIDER, aider.roots, aider.recognises, aider.read),
)
JSON_READERS = tuple(reader for reader in READERS if isinstance(reader, LineReader | Reader))
RAW_READERS = tuple(reader for reader in READERS if isinstance(reader, RawReader))


def identify(head: Sequence[Record]) -> LineReader | Reader | None:
    """By content alone: the first records of a file decide, never its name or folder."""
    return next((reader for reader in JSON_READERS if reader.recognises(head)), None)
