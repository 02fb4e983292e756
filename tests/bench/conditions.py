"""Facets and conditions on generated catalogs: how long, and how it grows with the number of sessions."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from memex.catalog.catalog import Catalog
from memex.catalog.sessions import SessionOrigin
from memex.catalog.traits import TOOL_KIND, Trait
from memex.core.filters import Condition, Field, Filters
from memex.core.session import Agent, Intent, Outcome, Session, TouchKind
from tests.bench.figures import Figure, percentile, spread

SIZES = (1_000, 10_000, 50_000)
ROUNDS = 25
FACETS_LIMIT_MS = 30.0
MODELS = tuple(f"claude-{family}-4-{number}" for family in ("opus", "sonnet", "haiku") for number in range(4))
TOOLS = (
    "Bash",
    "Read",
    "Edit",
    "Write",
    "Grep",
    "Glob",
    "Task",
    "WebFetch",
    "TodoWrite",
    "mcp__github__search",
)
NOW = datetime(2026, 11, 21, tzinfo=UTC)

QUERIES = {
    "project": Filters((Condition(Field.PROJECT, "project-7"),)),
    "agent and period": Filters((Condition(Field.AGENT, "codex"),), NOW - timedelta(days=60)),
    "file": Filters((Condition(Field.FILE, "module_77"),)),
    "file glob": Filters((Condition(Field.FILE, "*_77.py"),)),
    "cmd": Filters((Condition(Field.COMMAND, "pytest -k case_77"),)),
    "tool": Filters((Condition(Field.TOOL, "bash"),)),
    "model, not main": Filters((Condition(Field.MODEL, "opus"), Condition(Field.BRANCH, "main", True))),
}


def figures(folder: Path) -> Iterator[Figure]:
    for size in SIZES:
        path = folder / f"catalog-{size}.db"
        with Catalog(path) as catalog:
            write(catalog, size)
            yield from _of(catalog, path, size)


def write(catalog: Catalog, size: int) -> None:
    """Sessions with some twenty files and commands each, of which most are shared with others."""
    chance = random.Random(size)
    with catalog.transaction():
        for number in range(size):
            session = a_session(chance, number)
            origin = SessionOrigin(f"/transcripts/{number}.jsonl", b"h", b"x" * 400)
            key, _ = catalog.sessions.write(session, origin)
            catalog.traits.replace(key, some_traits(chance, session))


def a_session(chance: random.Random, number: int) -> Session:
    started = NOW - timedelta(minutes=chance.expovariate(1 / 200_000))
    return Session(
        chance.choices((Agent.CLAUDE_CODE, Agent.CODEX, Agent.GEMINI, Agent.PI), (6, 3, 1, 1))[0],
        f"{number:08x}-0000",
        f"Session {number}",
        models=(chance.choice(MODELS),),
        project_path=f"/work/project-{int(chance.expovariate(1 / 30))}",
        branch=chance.choices(("main", f"feature/{number % 3_000}"), (2, 1))[0],
        started_at=started,
        ended_at=started + timedelta(hours=1),
        outcome=chance.choice(tuple(Outcome)),
        intent=chance.choice(tuple(Intent)),
        is_subagent=chance.random() < 0.2,
    )


def some_traits(chance: random.Random, session: Session) -> list[Trait]:
    root = session.project_path
    files = {f"{root}/src/part_{chance.randrange(9)}/module_{chance.randrange(150)}.py" for _ in range(12)}
    commands = {f"pytest -k case_{chance.randrange(2_000)} tests/{chance.randrange(40)}" for _ in range(10)}
    return [
        *(Trait(Field.FILE, file, TouchKind.EDITED, 2, 3) for file in files),
        *(Trait(Field.COMMAND, command, "", 1, 4) for command in commands),
        *(Trait(Field.TOOL, tool, "", 5, 1) for tool in set(chance.choices(TOOLS, k=5))),
        Trait(TOOL_KIND, "shell", "", 5, 1),
    ]


def _of(catalog: Catalog, path: Path, size: int) -> Iterator[Figure]:
    db = sqlite3.connect(path)
    raw = timed(lambda: db.execute("SELECT project_name, count(*) FROM session GROUP BY 1").fetchall())
    db.close()
    beside = f"one count(*) GROUP BY {spread(raw)}"
    for name, filters in {"all": Filters(), **QUERIES}.items():
        times = timed(lambda filters=filters: catalog.facets.count(filters))
        yield Figure(
            f"facets, {name}, {size:,} sessions",
            spread(times),
            f"p95 {FACETS_LIMIT_MS:g} ms",
            percentile(times, 0.95) <= FACETS_LIMIT_MS,
            beside,
        )
    for name, filters in QUERIES.items():
        times = timed(lambda filters=filters: catalog.sessions.keys_where(filters))
        yield Figure(f"sessions where {name}, {size:,}", spread(times), "told", True, beside)


def timed(ask: Callable[[], object]) -> list[float]:
    """Milliseconds of each round, after one that warms the cache."""
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1000)
    return times[1:]
