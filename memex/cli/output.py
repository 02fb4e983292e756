"""What commands print: the documented JSON shapes, text for people, and progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import msgspec
from msgspec import Struct

from memex.core.lenses import Lens
from memex.core.library import ImportReport, IndexReport, LibraryStatus, Progress, SnapshotReport
from memex.core.names import redaction_in_words
from memex.core.query import QueryProblem
from memex.core.replay import Exported, SessionOutline
from memex.core.safe_text import safe_text
from memex.core.search import LensTable, SessionCard
from memex.core.session import Turn
from memex.engine.protocol import SessionList

if TYPE_CHECKING:  # numpy
    from memex.core.ranking import Ranking


class SearchHit(Struct, frozen=True):
    """`lenses` and recency (under its own name) sum to `score`."""

    session_id: str
    agent: str
    title: str
    project: str | None
    branch: str | None
    started_at: datetime | None
    score: float
    lenses: dict[str, float]
    turn: int | None
    snippet: str | None
    source_path: str


class RelaxationOutput(Struct, frozen=True):
    dropped: str
    query: str
    count: int


class SearchOutput(Struct, frozen=True):
    query: str
    hits: tuple[SearchHit, ...]
    took_ms: float
    degraded: str | None
    problems: tuple[QueryProblem, ...] = ()
    relaxations: tuple[RelaxationOutput, ...] = ()


class SessionOutput(Struct, frozen=True):
    session_id: str
    agent: str
    title: str
    project: str | None
    branch: str | None
    started_at: datetime | None
    ended_at: datetime | None
    turn_count: int
    prompt_count: int
    error_count: int
    outcome: str
    source_path: str
    parent_id: str | None


class ToolCallOutput(Struct, frozen=True):
    id: str
    name: str
    input: object
    result: str | None
    is_error: bool


class TurnOutput(Struct, frozen=True):
    index: int
    role: str
    kind: str
    text: str
    time: datetime | None
    tool_calls: tuple[ToolCallOutput, ...]


class ReplayOutput(Struct, frozen=True):
    session: SessionOutput
    origin: str
    turns: tuple[TurnOutput, ...]


class SessionsOutput(Struct, frozen=True):
    total: int
    sessions: tuple[SessionOutput, ...]
    problems: tuple[QueryProblem, ...] = ()


def search_output(
    table: LensTable, ranking: Ranking, limit: int, problems: tuple[QueryProblem, ...] = ()
) -> SearchOutput:
    hits = tuple(_hit(table, ranking, int(row)) for row in ranking.order[:limit])
    relaxations = tuple(
        RelaxationOutput(each.dropped, each.request.text, each.count) for each in table.relaxations
    )
    return SearchOutput(table.request.text, hits, table.took_ms, table.degraded, problems, relaxations)


def replay_output(outline: SessionOutline, turns: tuple[Turn, ...]) -> ReplayOutput:
    return ReplayOutput(_session(outline.card), outline.origin.value, tuple(map(_turn, turns)))


def sessions_output(found: SessionList, problems: tuple[QueryProblem, ...] = ()) -> SessionsOutput:
    return SessionsOutput(found.total, tuple(map(_session, found.cards)), problems)


def printable(text: str) -> str:
    """What a transcript holds must not command the terminal: no colours, no control characters."""
    return safe_text(click.unstyle(text))


def search_text(output: SearchOutput) -> str:
    lines = [_hit_text(number, hit) for number, hit in enumerate(output.hits, start=1)]
    if not lines:
        lines = [f"Nothing found for “{output.query}”."]
        lines += [f"Without {each.dropped}: {each.count:,}" for each in output.relaxations]
    if output.degraded:
        lines.append(f"Without vectors: {output.degraded}")
    return "\n".join(lines)


def report_text(report: IndexReport) -> str:
    lines = [
        f"{report.sessions:,} sessions from {report.files:,} files: {report.new:,} new, "
        f"{report.changed:,} changed, {report.unchanged:,} unchanged; "
        f"{report.texts_embedded:,} texts embedded in {report.seconds:.1f} s."
    ]
    if report.cancelled:
        lines.append("Cancelled before it was done: `memex index` goes on from there.")
    elif not report.files:
        lines.append("No transcripts found: name a folder that holds some, as in `memex index FOLDER`.")
    lines += [f"failed: {failure.reason}" for failure in report.failed]
    if report.skipped:
        lines.append(f"{len(report.skipped):,} files are no transcripts of a known agent: --json lists them.")
    return "\n".join(lines)


def sessions_text(output: SessionsOutput) -> str:
    if not output.sessions:
        return "No sessions yet: `memex index` takes in your agents' transcripts, `memex demo` shows a demo."
    return "\n".join(
        f"{_day(card.started_at)}  {card.session_id[:13]:13}  {card.project or '–':18.18}  {card.title}"
        for card in output.sessions
    )


def status_text(status: LibraryStatus) -> str:
    lines = [
        f"Library   {status.home}",
        f"Sessions  {status.sessions:,} from {status.files:,} files; {status.with_vectors:,} with vectors, "
        f"{status.indexed:,} in the index, {status.waiting:,} waiting",
        f"Model     {status.model or 'none yet'}",
    ]
    lines += [f"failed: {failure.reason}" for failure in status.failed]
    return "\n".join(lines)


def export_text(exported: Exported) -> str:
    where = f" to {exported.path}" if exported.path else ""
    turns = "1 turn" if exported.turns == 1 else f"{exported.turns:,} turns"
    lines = [f"{turns}, {exported.size:,} bytes{where}."]
    lines += [f"redacted {redaction_in_words(one)}" for one in exported.redactions]
    return "\n".join(lines)


def replay_text(output: ReplayOutput) -> str:
    head = (
        f"{output.session.title}\n{output.session.agent} · {output.session.project or '–'} · {output.origin}"
    )
    return "\n\n".join((head, *map(_turn_text, output.turns)))


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """On a terminal only, and never on stdout, which may be a pipe."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    with Bars(console=Console(stderr=True), transient=True) as bars:
        rows: dict[str, TaskID] = {}

        def show(progress: Progress) -> None:
            if progress.stage not in rows:
                rows[progress.stage] = bars.add_task(f"{progress.stage} {progress.unit}")
            bars.update(rows[progress.stage], completed=progress.done, total=progress.total or None)

        yield show


def _hit(table: LensTable, ranking: Ranking, row: int) -> SearchHit:
    card, snippet = table.cards[row], table.snippets[row] if table.snippets else None
    lenses = {lens.value: float(part) for lens, part in zip(Lens, ranking.contributions[row], strict=True)}
    return SearchHit(
        session_id=card.id,
        agent=card.agent,
        title=card.title,
        project=card.project,
        branch=card.branch,
        started_at=card.started_at,
        score=float(ranking.score[row]),
        lenses={**lenses, "recency": float(ranking.recency[row])},
        turn=snippet.turn if snippet else None,
        snippet=snippet.text if snippet else None,
        source_path=card.source_path,
    )


def _session(card: SessionCard) -> SessionOutput:
    return SessionOutput(
        session_id=card.id,
        agent=card.agent,
        title=card.title,
        project=card.project,
        branch=card.branch,
        started_at=card.started_at,
        ended_at=card.ended_at,
        turn_count=card.turn_count,
        prompt_count=card.prompt_count,
        error_count=card.error_count,
        outcome=card.outcome.value,
        source_path=card.source_path,
        parent_id=card.parent_id,
    )


def written_text(report: SnapshotReport) -> str:
    return f"Wrote {_snapshot(report)}."


def verified_text(report: SnapshotReport) -> str:
    return f"Whole and unchanged since it was written: {_snapshot(report)}."


def import_text(report: ImportReport) -> str:
    return (
        f"{report.added} sessions new, {report.replaced} replaced, {report.kept} kept as they were, "
        f"in {report.seconds:.1f} s."
    )


def _snapshot(report: SnapshotReport) -> str:
    holds = "with transcripts and full text" if report.has_texts else "metadata, titles and vectors alone"
    return (
        f"{report.file} ({report.bytes / 1e6:,.1f} MB): {report.sessions} sessions, {holds}, "
        f"of {report.created_at.astimezone():%Y-%m-%d %H:%M}"
    )


def _turn(turn: Turn) -> TurnOutput:
    calls = tuple(
        ToolCallOutput(call.id, call.name, call.input, call.result, call.is_error) for call in turn.tool_calls
    )
    return TurnOutput(turn.index, turn.role.value, turn.kind.value, turn.text, turn.time, calls)


def _hit_text(number: int, hit: SearchHit) -> str:
    best = sorted(hit.lenses.items(), key=lambda item: -item[1])[:3]
    why = "  ".join(f"{name} {part:.2f}" for name, part in best if part >= 0.005)
    head = f"{number:2}. {hit.score:.2f}  {hit.title}"
    where = f"    {hit.project or '–'} · {hit.agent} · {_day(hit.started_at)} · {hit.session_id}"
    shown = f"    t {hit.turn}: {hit.snippet}" if hit.snippet else ""
    return "\n".join(line for line in (head, where, shown, f"    {why}") if line.strip())


def _turn_text(turn: TurnOutput) -> str:
    lines = [f"[{turn.index}] {turn.role} · {turn.kind}", turn.text]
    for call in turn.tool_calls:
        lines.append(f"▸ {call.name}{' ✖' if call.is_error else ''}")
        lines.append(_input_text(call.input))
        lines.append(call.result or "")
    return "\n".join(line for line in lines if line)


def _input_text(arguments: object) -> str:
    if not isinstance(arguments, dict):
        return _value_text(arguments)
    return "\n".join(f"  {name}: {_value_text(value)}" for name, value in arguments.items())


def _value_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _day(when: datetime | None) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d") if when else "–         "
