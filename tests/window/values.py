"""Hand-made values for the window's tests and pictures: sessions, tables, outlines, states of a library."""

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np

from memex.core.filters import Facet, FacetValue, Field
from memex.core.lenses import Lane
from memex.core.library import FileFailure, LibraryStatus, Progress, Stage
from memex.core.replay import Origin, SessionOutline, TurnOutline
from memex.core.search import LensTable, SearchRequest, SessionCard, Snippet
from memex.core.session import Outcome, Role, ToolCall, ToolKind, Turn, TurnKind

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LANES = tuple(Lane)
TRUST = (0.9, 0.8, 0.7, 1.0, 0.6, 0.5, 0.5, 0.9, 1.0)

# title, project, branch, agent, days ago, turns, prompts, errors, outcome
SESSIONS = (
    ("The Rust CI job fails when linking", "infra", "fix/ci-cache", "claude-code", 3, 12, 3, 2, "resolved"),
    ("The web build is broken on main", "storefront", "main", "codex", 6, 41, 6, 5, "resolved"),
    ("Flaky checkout test under load", "storefront", "test/checkout", "claude-code", 8, 88, 11, 9, "partial"),
    (
        "Move the nightly image to distroless",
        "infra",
        "chore/distroless",
        "claude-code",
        12,
        57,
        8,
        3,
        "resolved",
    ),
    ("Why does the parser drop the last record?", "ledger", "main", "codex", 14, 23, 4, 0, "resolved"),
    (
        "Cross-compile the agent for arm64",
        "edge-agent",
        "feat/arm64",
        "claude-code",
        19,
        132,
        14,
        21,
        "unresolved",
    ),
    (
        "Add retries to the payment client",
        "payments",
        "feat/retries",
        "claude-code",
        22,
        64,
        9,
        1,
        "resolved",
    ),
    ("Upgrade OpenSSL in the base image", "infra", "chore/openssl-3", "codex", 27, 35, 5, 4, "resolved"),
    (
        "Migration locks the orders table",
        "storefront",
        "fix/migration-lock",
        "claude-code",
        33,
        48,
        7,
        2,
        "resolved",
    ),
    (
        "Profile the cold start of the worker",
        "edge-agent",
        "perf/cold-start",
        "codex",
        41,
        76,
        12,
        0,
        "partial",
    ),
    ("Type the settings module", "payments", "refactor/settings", "claude-code", 52, 29, 3, 0, "resolved"),
    (
        "Static musl binary segfaults at start",
        "edge-agent",
        "fix/musl",
        "claude-code",
        60,
        97,
        10,
        17,
        "resolved",
    ),
    ("Explain the event sourcing layer", "ledger", "main", "claude-code", 71, 15, 5, 0, "unknown"),
    ("Rate limiter lets bursts through", "payments", "fix/bursts", "codex", 84, 52, 7, 3, "resolved"),
    (
        "Vendored zlib breaks the Windows build",
        "edge-agent",
        "fix/zlib-windows",
        "claude-code",
        96,
        68,
        8,
        11,
        "resolved",
    ),
    (
        "Write the runbook for the cache outage",
        "infra",
        "docs/runbook",
        "claude-code",
        130,
        18,
        4,
        0,
        "resolved",
    ),
    ("Docker layer cache misses on every push", "infra", "fix/layers", "codex", 171, 44, 6, 2, "partial"),
    (
        "Bump the toolchain and fix new lints",
        "ledger",
        "chore/toolchain",
        "claude-code",
        214,
        39,
        4,
        6,
        "resolved",
    ),
    (
        "Split the monolith's build graph",
        "storefront",
        "build/graph",
        "claude-code",
        298,
        210,
        24,
        31,
        "partial",
    ),
    ("Prototype of the report exporter", "ledger", "spike/exporter", "codex", 402, 73, 15, 4, "unresolved"),
)
SNIPPETS = (
    (
        3,
        "error: could not compile `agent`: cargo build --release said: linker `cc` not found (exit 101)",
    ),
    (
        7,
        "ld: cannot find -lpq: the linker was not found in the slim image, so the build stops at its end",
    ),
    (21, "The container has no C toolchain. Without a linker (cc not found) the -sys crates cannot be built"),
    (11, "FROM gcr.io/distroless/cc: the linker is only needed at build time, so use two stages"),
    (9, "nothing is linked here, but the error reads alike: reader not found for the final record"),
    (54, "error: linker `aarch64-linux-gnu-gcc` not found\n  = note: No such file or directory (os error 2)"),
)


def make_card(key: int) -> SessionCard:
    title, project, branch, agent, days, turns, prompts, errors, outcome = SESSIONS[key % len(SESSIONS)]
    ended = NOW - timedelta(days=days, minutes=37 * key)
    return SessionCard(
        key=key,
        agent=agent,
        id=f"{key:08x}-51f0-4c7e-9d3a-2f6b8a90c1de",
        title=title,
        project=project,
        branch=branch,
        started_at=ended - timedelta(minutes=turns),
        ended_at=ended,
        turn_count=turns,
        prompt_count=prompts,
        error_count=errors,
        outcome=Outcome(outcome),
        source_path=f"/home/ada/.claude/projects/-home-ada-{project}/{key:08x}.jsonl",
    )


CARDS = tuple(make_card(key) for key in range(len(SESSIONS)))


def facet_of(field: Field, *counts: tuple[str, int]) -> Facet:
    return Facet(field, tuple(FacetValue(value, count) for value, count in counts))


FACETS = (
    facet_of(
        Field.PROJECT, ("edge-agent", 4), ("infra", 4), ("ledger", 4), ("storefront", 4), ("payments", 3)
    ),
    facet_of(Field.AGENT, ("claude-code", 13), ("codex", 7)),
    facet_of(Field.BRANCH, ("main", 4), *((f"feat/{number}", 1) for number in range(40))),
    facet_of(Field.MODEL, ("claude-opus-4-8", 13), ("gpt-5.2-codex", 7)),
    facet_of(Field.OUTCOME, ("resolved", 13), ("partial", 4), ("unresolved", 2), ("unknown", 1)),
    facet_of(Field.INTENT, ("debug", 11), ("feature", 5), ("refactor", 4)),
    facet_of(Field.MONTH, ("2026-11", 7), ("2026-10", 5), ("2026-09", 4), ("2026-08", 4)),
)


def make_snippet(key: int) -> Snippet:
    turn, text = SNIPPETS[key % len(SNIPPETS)]
    marks = tuple(
        (at, at + len(word))
        for word in ("linker", "cc", "not found")
        for at in _places(text, word)
        if at >= 0
    )
    return Snippet(turn, text, marks)


def make_table(text: str, count: int = len(CARDS), seed: int = 7) -> LensTable:
    """The first session leads in errors and words, the second in paths: a slider can swap them."""
    random = np.random.default_rng(seed)
    scores = random.beta(1.2, 4.0, (count, len(LANES))).astype(np.float32) * 0.6
    scores *= np.linspace(1.0, 0.35, count, dtype=np.float32)[:, None]
    scores[random.random(scores.shape) < 0.15] = np.nan
    leads = {
        Lane.ERROR: (0.98, 0.30),
        Lane.WORDS: (0.95, 0.4),
        Lane.PATH: (0.35, 0.98),
        Lane.PATH_SPARSE: (0.3, 0.9),
        Lane.CONTENT: (0.8, 0.5),
    }
    for lane, (first, second) in leads.items():
        scores[:2, LANES.index(lane)] = (first, second)[:count]
    cards = tuple(make_card(key) for key in range(count))
    return LensTable(
        request=SearchRequest(text),
        cards=cards,
        lanes=LANES,
        scores=scores.tobytes(),
        trust=TRUST,
        snippets=tuple(make_snippet(key) for key in range(count)),
        took_ms=8.3,
    )


IMAGE_BUILD = """\
   Compiling memchr v2.7.4
error: linker `cc` not found
  |
  = note: No such file or directory (os error 2)

error: could not compile `agent` due to 1 previous error"""
REPAIR = """\
The slim image lost `build-essential`. I add what is missing to the build stage only.

```dockerfile
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
```"""


def make_turns(card: SessionCard) -> tuple[Turn, ...]:
    """A failing build and its repair, at index 3 the error that a search hits."""
    when = card.started_at or NOW
    local = _shell("cargo build --release", "   Compiling memchr v2.7.4\n   Compiling libc v0.2.158", 0)
    in_image = _shell("docker run ci cargo build --release", IMAGE_BUILD, 101)
    turns = [
        _prompt(0, "The release job fails since this morning. Can you see why?"),
        _reply(1, "I run the build as CI does.", local),
        _prompt(2, "It is the container image, not your machine."),
        _reply(3, "In the image it fails: there is no C linker.", in_image),
        _reply(4, REPAIR),
        *(_reply(index, f"Checked step {index} of the job.") for index in range(5, card.turn_count)),
    ]
    return tuple(
        msgspec.structs.replace(turn, time=when + timedelta(minutes=turn.index))
        for turn in turns[: card.turn_count]
    )


def make_outline(card: SessionCard) -> SessionOutline:
    turns = tuple(
        TurnOutline(
            turn.index,
            turn.role,
            turn.kind,
            turn.text.splitlines()[0],
            turn.time,
            tuple(call.kind for call in turn.tool_calls),
            turn.has_error,
        )
        for turn in make_turns(card)
    )
    return SessionOutline(card, Origin.SOURCE, turns, project_path=f"/home/ada/{card.project}")


FAILURES = (
    FileFailure("/home/ada/.codex/sessions/2026/10/02/rollout-2026-10-02.jsonl", "The file is empty."),
    FileFailure(
        "/home/ada/.claude/projects/-home-ada-infra/91aa.jsonl",
        "It may not be read: allow it with chmod u+r.",
    ),
    FileFailure(
        "/home/ada/.claude/projects/-home-ada-ledger/02bf.jsonl", "Line 1 is no JSON, nor is any after it."
    ),
)
EMPTY = LibraryStatus(home="/home/ada/.local/share/memex")
INDEXED = LibraryStatus(
    home=EMPTY.home,
    files=1204,
    sessions=1204,
    with_vectors=1204,
    indexed=1204,
    model="all-minilm-l6-v2-384-int8-0a1b2c3d",
)
EMBEDDING = Progress(Stage.EMBED, 1170, 1204, "sessions", 21.4, 2.0)
BUSY = LibraryStatus(
    home=EMPTY.home, files=1204, sessions=1204, with_vectors=1170, indexed=1204, waiting=34, job=EMBEDDING
)
FIRST_READ = LibraryStatus(
    home=EMPTY.home, files=1204, waiting=1204, job=Progress(Stage.SCAN, 310, 1204, "files", 412.0, 2.2)
)
DEGRADED = "Search is by words only: the weights of the model were not found."
FAILING = LibraryStatus(
    home=EMPTY.home, files=1207, sessions=1204, indexed=1204, failed=FAILURES, degraded=DEGRADED
)


def _places(text: str, word: str) -> list[int]:
    at, found = text.find(word), []
    while at >= 0:
        found.append(at)
        at = text.find(word, at + 1)
    return found


def _shell(command: str, output: str, status: int) -> ToolCall:
    return ToolCall(
        id=f"call-{command}",
        name="Bash",
        kind=ToolKind.SHELL,
        input={"command": command},
        result=output,
        is_error=status != 0,
        command=command,
        exit_status=status,
    )


def _prompt(index: int, text: str) -> Turn:
    return Turn(index, Role.USER, TurnKind.PROMPT, text)


def _reply(index: int, text: str, *calls: ToolCall) -> Turn:
    return Turn(index, Role.ASSISTANT, TurnKind.REPLY, text, tool_calls=calls)
