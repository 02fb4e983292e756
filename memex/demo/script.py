"""The words that demo sessions are written in; `claude_writer` and `codex_writer` perform them.

Texts may be indented with the Python around them: the common indentation and the first and last newline go.
What is said is wrapped for the reader of the script; its paragraphs are spoken in one line.
Paths are relative to the project. What a reading or searching tool finds comes from the script's `files`.
"""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

from msgspec import Struct

from memex.core.session import Agent

WRAP = re.compile(r"(?<!\n)\n {0,3}(?![\s|#>]|```|[-*] |\d+\. )")
"""A line's end within a paragraph or an item of a list."""


class Prompt(Struct, frozen=True):
    text: str
    after: float
    """Minutes that the user took."""


class SlashCommand(Struct, frozen=True):
    name: str
    output: str


class Interrupt(Struct, frozen=True):
    pass


class Compact(Struct, frozen=True):
    """The agent's context was full: all before is replaced by a summary."""

    summary: str


class Say(Struct, frozen=True):
    text: str


class Think(Struct, frozen=True):
    text: str


class Shell(Struct, frozen=True):
    command: str
    output: str
    exit: int
    about: str
    seconds: float


class Read(Struct, frozen=True):
    path: str
    first: int
    last: int | None


class Grep(Struct, frozen=True):
    pattern: str
    path: str


class Glob(Struct, frozen=True):
    pattern: str


class Edit(Struct, frozen=True):
    path: str
    old: str
    new: str


class Write(Struct, frozen=True):
    path: str
    content: str


class Todo(Struct, frozen=True):
    items: tuple[str, ...]
    done: int


class Fetch(Struct, frozen=True):
    url: str
    question: str
    answer: str


class Ask(Struct, frozen=True):
    question: str
    options: tuple[str, ...]
    answer: str


class Mcp(Struct, frozen=True):
    server: str
    tool: str
    input: dict[str, Any]
    output: str


class SubAgent(Struct, frozen=True):
    kind: str
    about: str
    prompt: str
    steps: tuple["Step", ...]
    """Ends with what the sub-agent reports."""


class Failed(Struct, frozen=True):
    """A call that changed nothing, with the words it got back: it broke, or the user turned it down."""

    call: "Tool"
    reason: str


Tool = Shell | Read | Grep | Glob | Edit | Write | Todo | Fetch | Ask | Mcp | SubAgent | Failed


class Together(Struct, frozen=True):
    calls: tuple[Tool, ...]


Words = Say | Think
UserStep = Prompt | SlashCommand | Interrupt | Compact
Step = UserStep | Words | Tool | Together


class Script(Struct, frozen=True):
    """One session. `at` is the time of day (UTC) at which it began, `days_ago` before `now`."""

    name: str
    agent: Agent
    title: str | None
    days_ago: int
    at: str
    branch: str
    steps: tuple[Step, ...]
    files: dict[str, str] = {}


class Project(Struct, frozen=True):
    name: str
    path: str
    repository: str
    scripts: tuple[Script, ...]


class Response(Struct, frozen=True):
    """One answer of the model: words, then the calls that it makes."""

    words: tuple[Words, ...]
    calls: tuple[Tool, ...]


def responses(steps: tuple[Step, ...]) -> Iterator[UserStep | Response]:
    """Group the model's steps: a call, or several together, ends a response."""
    words: list[Words] = []
    for step in steps:
        if isinstance(step, Words):
            words.append(step)
        elif isinstance(step, UserStep):
            if words:
                yield Response(tuple(words), ())
            words = []
            yield step
        else:
            yield Response(tuple(words), step.calls if isinstance(step, Together) else (step,))
            words = []
    if words:
        yield Response(tuple(words), ())


def block(text: str) -> str:
    """Without the indentation of the Python around it, and without its first and last newline."""
    return dedent(text.removeprefix("\n")).rstrip(" ").removesuffix("\n")


def prose(text: str) -> str:
    return WRAP.sub(" ", block(text))


def prompt(text: str, after: float = 3) -> Prompt:
    return Prompt(prose(text), after)


def slash(name: str, output: str) -> SlashCommand:
    return SlashCommand(name, block(output))


def interrupt() -> Interrupt:
    return Interrupt()


def compact(summary: str) -> Compact:
    return Compact(prose(summary))


def say(text: str) -> Say:
    return Say(prose(text))


def think(text: str) -> Think:
    return Think(prose(text))


def shell(command: str, output: str = "", exit: int = 0, about: str = "", seconds: float = 1.5) -> Shell:
    return Shell(block(command), block(output), exit, about, seconds)


def read(path: str, first: int = 1, last: int | None = None) -> Read:
    return Read(path, first, last)


def grep(pattern: str, path: str = "") -> Grep:
    return Grep(pattern, path)


def glob(pattern: str) -> Glob:
    return Glob(pattern)


def edit(path: str, old: str, new: str) -> Edit:
    return Edit(path, block(old), block(new))


def write(path: str, content: str) -> Write:
    return Write(path, block(content) + "\n")


def todo(*items: str, done: int = 0) -> Todo:
    """The first `done` items are completed, the next one is in progress."""
    return Todo(items, done)


def fetch(url: str, question: str, answer: str) -> Fetch:
    return Fetch(url, question, prose(answer))


def ask(question: str, *options: str, answer: str) -> Ask:
    return Ask(question, options, answer)


def mcp(server: str, tool: str, output: str, **arguments: Any) -> Mcp:
    return Mcp(server, tool, arguments, block(output))


def subagent(kind: str, about: str, prompt: str, *steps: Step) -> SubAgent:
    return SubAgent(kind, about, prose(prompt), steps)


def failed(call: Tool, reason: str) -> Failed:
    return Failed(call, reason)


def together(*calls: Tool) -> Together:
    return Together(calls)


def claude(
    name: str,
    title: str | None,
    days_ago: int,
    at: str,
    *steps: Step,
    branch: str = "main",
    files: dict[str, str] | None = None,
) -> Script:
    return Script(name, Agent.CLAUDE_CODE, title, days_ago, at, branch, steps, files or {})


def codex(
    name: str,
    title: str | None,
    days_ago: int,
    at: str,
    *steps: Step,
    branch: str = "main",
    files: dict[str, str] | None = None,
) -> Script:
    return Script(name, Agent.CODEX, title, days_ago, at, branch, steps, files or {})
