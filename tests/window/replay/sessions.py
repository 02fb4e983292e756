"""Sessions for the replay tests, built by hand; every kind of tool occurs once in `STORY`."""

from datetime import UTC, datetime, timedelta

from memex.core.replay import Origin, SessionOutline, TouchedFile, TurnOutline, TurnPage
from memex.core.search import SessionCard
from memex.core.session import (
    FileDiff,
    FileTouch,
    Hunk,
    Outcome,
    Role,
    ToolCall,
    ToolKind,
    TouchKind,
    Turn,
    TurnKind,
)

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REPLY = TurnKind.REPLY


def shell(command: str, result: str | None, status: int | None = 0, note: str = "") -> ToolCall:
    return ToolCall(
        id="s",
        name="Bash",
        kind=ToolKind.SHELL,
        input={"command": command, "description": note},
        command=command,
        result=result,
        is_error=bool(status),
        exit_status=status,
    )


def reply(index: int, text: str = "", *calls: ToolCall, thinking: str = "") -> Turn:
    when = BEGAN + timedelta(seconds=37 * index)
    return Turn(
        index, Role.ASSISTANT, REPLY, text, thinking, when, model="claude-sonnet-4-5", tool_calls=calls
    )


def prompt(index: int, text: str) -> Turn:
    return Turn(index, Role.USER, TurnKind.PROMPT, text, time=BEGAN + timedelta(seconds=37 * index))


EDIT = ToolCall(
    id="e",
    name="Edit",
    kind=ToolKind.EDIT,
    input={"file_path": "/srv/infra/ci/Dockerfile"},
    result="The file has been updated.",
    files=(FileTouch("/srv/infra/ci/Dockerfile", TouchKind.EDITED),),
    diffs=(
        FileDiff(
            "/srv/infra/ci/Dockerfile",
            TouchKind.EDITED,
            (
                Hunk(
                    1,
                    1,
                    (
                        " FROM rust:1.83-slim",
                        "-RUN apt-get update",
                        "+RUN apt-get update \\",
                        "+ && apt-get install -y --no-install-recommends gcc libc6-dev pkg-config libssl-dev",
                        " WORKDIR /src",
                        " COPY . .",
                    ),
                ),
                Hunk(40, 41, (" ENV CI=1", "+ENV CC=gcc", " CMD cargo test")),
            ),
        ),
    ),
)
READ = ToolCall(
    id="r",
    name="Read",
    kind=ToolKind.READ,
    input={"file_path": "/srv/infra/ci/Dockerfile"},
    result="     1→FROM rust:1.83-slim\n     2→RUN apt-get update\n     3→WORKDIR /src\n     4→COPY . .\n"
    "\n<system-reminder>\nNot part of the file.\n</system-reminder>\n",
)
SEARCH = ToolCall(
    id="g",
    name="Grep",
    kind=ToolKind.SEARCH,
    input={"pattern": "linker.*cc", "path": "ci/"},
    result="ci/build.log:44:error: linker `cc` not found\nci/notes.md:7:the linker cc",
)
TODO = ToolCall(
    id="t",
    name="TodoWrite",
    kind=ToolKind.TODO,
    input={
        "todos": [
            {"content": "Find out which image the job runs in", "status": "completed"},
            {"content": "Install a C compiler in the builder stage", "status": "in_progress"},
            {
                "content": "Run the whole pipeline again and look at each link step",
                "status": "pending",
            },
        ]
    },
    result="Todos have been modified successfully.",
)
SUBAGENT = ToolCall(
    id="a",
    name="Task",
    kind=ToolKind.SUBAGENT,
    input={
        "description": "Survey the CI images",
        "prompt": "List every image that the pipelines use.",
        "subagent_type": "Explore",
    },
    result="Three images are in use:\n\n- `rust:1.83-slim`\n- `node:22`\n- `python:3.11`",
    child_session="agent-7f3a",
)
MCP = ToolCall(
    id="m",
    name="mcp__tracker__get_issue",
    kind=ToolKind.MCP,
    input={"id": "CI-98", "fields": ["title", "state"]},
    result='{"title": "CI fails", "state": "open"}',
)
BUILD_ERROR = "\x1b[32m   Compiling\x1b[0m memchr v2.7.4\n" * 3 + (
    "error: linker `cc` not found\n  |\n  = note: No such file or directory (os error 2)\n\n"
    "error: could not compile `memchr` (build script) due to 1 previous error"
)
STORY: tuple[Turn, ...] = (
    prompt(
        0,
        "The Rust CI job fails when linking.\nPlease find out **why**, and fix it:\n\n"
        "```\nerror: linker `cc` not found\n```",
    ),
    reply(1, "I will look at the image first.", READ, SEARCH, thinking="The slim image has no compiler."),
    reply(2, "", shell("cargo build --release --locked", BUILD_ERROR, 101, "Build in the CI image")),
    reply(3, "", TODO),
    reply(
        4,
        "The image `rust:1.83-slim` ships **no C compiler**, so `cc` is missing. I install one:\n\n"
        "1. `gcc` for the linker\n2. `libc6-dev` for the headers\n\n"
        "| image | has cc |\n|---|---|\n| rust:1.83 | yes |\n| rust:1.83-slim | no |\n\n"
        "```sh\napt-get install -y gcc\n```\n\nSee [the issue](https://example.org/1).",
        EDIT,
    ),
    reply(5, "", SUBAGENT),
    reply(6, "", MCP),
    reply(7, "", shell("cargo test 2>&1", "\n".join(f"test case_{n:03} ... ok" for n in range(312)), 0)),
    prompt(8, "Good. Commit it."),
    reply(9, "Done.", shell("git commit -am 'ci: install gcc'", "[fix/ci-cache 4b1c9d2] ci: install gcc", 0)),
    Turn(
        10, Role.SYSTEM, TurnKind.ERROR, "API Error: 529 overloaded_error", time=BEGAN + timedelta(minutes=9)
    ),
    Turn(11, Role.USER, TurnKind.INJECTED, "A reminder of the harness.", time=BEGAN + timedelta(minutes=14)),
)


def outline_of(turns: tuple[Turn, ...], key: int = 1, **changes: object) -> SessionOutline:
    card = SessionCard(
        key=key,
        agent="claude-code",
        id=f"session-{key}",
        title="The Rust CI job fails when linking",
        project="infra",
        branch="main",
        started_at=BEGAN,
        ended_at=BEGAN + timedelta(minutes=14),
        turn_count=len(turns),
        prompt_count=2,
        error_count=1,
        outcome=Outcome.RESOLVED,
        source_path="/x.jsonl",
    )
    fields: dict[str, object] = {
        "origin": Origin.SOURCE,
        "files": tuple(TouchedFile(name, edited=1) for name in "abc"),
        "turns": tuple(_row(turn) for turn in turns),
    }
    return SessionOutline(card=card, **(fields | changes))  # type: ignore[arg-type]


def page_of(turns: tuple[Turn, ...], first: int, count: int, key: int = 1) -> TurnPage:
    return TurnPage(key, turns[first : first + count])


def long_session(count: int) -> tuple[Turn, ...]:
    """`count` turns, the story told over and over."""
    return tuple(_renumbered(STORY[index % len(STORY)], index) for index in range(count))


def _renumbered(turn: Turn, index: int) -> Turn:
    return Turn(index, turn.role, turn.kind, turn.text, turn.thinking, turn.time, turn.model, turn.tool_calls)


def _row(turn: Turn) -> TurnOutline:
    kinds = tuple(dict.fromkeys(call.kind for call in turn.tool_calls))
    first = turn.tool_calls[0] if turn.tool_calls else None
    return TurnOutline(
        index=turn.index,
        role=turn.role,
        kind=turn.kind,
        gist=turn.text.split("\n")[0] or (first.command or first.name if first else ""),
        time=turn.time,
        tools=kinds,
        has_error=turn.has_error,
        has_edit=ToolKind.EDIT in kinds,
        has_subagent=ToolKind.SUBAGENT in kinds,
    )
