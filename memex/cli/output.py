"""What commands print: the documented JSON shapes, text for people, and progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

import click
import msgspec
from msgspec import Struct

from memex.core.evaluation import Estimate, Evaluation
from memex.core.lenses import Lens
from memex.core.library import (
    EMBEDDED,
    DoctorReport,
    ForgetReport,
    ImportReport,
    IndexReport,
    LibraryStatus,
    MoveReport,
    Progress,
    RepairQueue,
    SnapshotReport,
)
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
    """`lenses`, and recency under its own name, sum to `score`, and so do `lanes` with recency."""

    session_id: str
    agent: str
    title: str
    project: str | None
    branch: str | None
    started_at: datetime | None
    score: float
    lenses: dict[str, float]
    lanes: dict[str, float]
    turn: int | None
    snippet: str | None
    words: tuple[str, ...]
    like_it: tuple[str, ...]
    source_path: str


class RelaxationOutput(Struct, frozen=True):
    dropped: str
    query: str
    count: int


class SearchOutput(Struct, frozen=True):
    query: str
    hits: tuple[SearchHit, ...]
    is_close: bool
    confidence: float
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
    source_state: str | None
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
    """The best of each group of copies."""
    from memex.core.ranking import grouped  # numpy

    found = islice(grouped(ranking.order.tolist(), table.groups).items(), limit)
    return SearchOutput(
        query=table.request.text,
        hits=tuple(hit_of(table, ranking, row, like_it) for row, like_it in found),
        is_close=table.is_close,
        confidence=table.confidence,
        took_ms=table.took_ms,
        degraded=table.degraded,
        problems=problems,
        relaxations=tuple(
            RelaxationOutput(each.dropped, each.request.text, each.count) for each in table.relaxations
        ),
    )


def replay_output(outline: SessionOutline, turns: tuple[Turn, ...]) -> ReplayOutput:
    return ReplayOutput(_session(outline.card), outline.origin.value, tuple(map(_turn, turns)))


def sessions_output(found: SessionList, problems: tuple[QueryProblem, ...] = ()) -> SessionsOutput:
    return SessionsOutput(found.total, tuple(map(_session, found.cards)), problems)


def printable(text: str) -> str:
    """What a transcript holds must not command the terminal: no colours, no control characters."""
    return safe_text(click.unstyle(text))


def search_text(output: SearchOutput) -> str:
    lines = [hit_text(number, hit) for number, hit in enumerate(output.hits, start=1)]
    if lines and not output.is_close:
        lines.insert(0, "Nothing close was found. The nearest misses:")
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
        f"{report.texts_embedded:,} texts embedded, {report.passages_embedded:,} of them passages, "
        f"in {report.seconds:.1f} s."
    ]
    if report.cancelled:
        lines.append("Cancelled before it was done: `memex index` goes on from there.")
    elif not report.files:
        lines.append("No transcripts found: name a folder that holds some, as in `memex index FOLDER`.")
    lines += [f"failed: {failure.reason}" for failure in report.failed]
    lines += [f"left as they were: {each.count:,} {each.what}: {each.reason}" for each in report.stale]
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


def evaluation_text(report: Evaluation) -> str:
    """nDCG@10 by class, and overall its interval and the other measures."""
    kinds = list(report.runs[0].ndcg) if report.runs else []
    width = max((len(run.name) for run in report.runs), default=0)
    head = "".join(f"{kind[:10]:>11}" for kind in kinds)
    lines = [f"{'nDCG@10':{width}}{head}{'95 %':>13}{'MRR@10':>9}{'s@1':>7}{'s@5':>7}"]
    for run in report.runs:
        values = "".join(f"{_value(run.ndcg[kind].mean):>11}" for kind in kinds)
        overall = run.ndcg[kinds[-1]]
        others = (run.mrr[kinds[-1]], run.success_at_1[kinds[-1]], run.success_at_5[kinds[-1]])
        interval = f"{_value(overall.low)}–{_value(overall.high)}"
        mrr, first, five = (_value(each.mean) for each in others)
        lines.append(f"{run.name:{width}}{values}{interval:>13}{mrr:>9}{first:>7}{five:>7}")
    landing = report.landing.get("overall")
    lines += [
        "",
        f"Opens within two turns of a right one: {_estimate(landing) if landing else '–'}",
        f"Negatives told apart (AUROC): {_estimate(report.separation)}",
        f"Called close: {_value(report.positives_called_close.mean)} of the queries with an answer, "
        f"{_value(report.negatives_called_close.mean)} of those without",
    ]
    return "\n".join(lines)


def status_text(status: LibraryStatus) -> str:
    lines = [
        f"Library   {status.home}",
        f"Sessions  {status.sessions:,} from {status.files:,} files; {status.with_vectors:,} with vectors, "
        f"{status.indexed:,} in the index, {status.waiting:,} waiting",
        f"Model     {status.model or 'none yet'}",
        f"Index     {status.backend}, {status.health}",
    ]
    if status.degraded:
        lines.append(f"Without vectors: {status.degraded}")
    if status.repairs.last_error:
        lines.append(f"To be repaired: {_repairs(status.repairs)}")
    if status.sources_gone:
        lines.append(f"Gone      {status.sources_gone:,} transcripts: the library's own copies are replayed")
    if status.reembed:
        done = f"{status.reembed.done:,} of {status.reembed.texts:,} texts"
        lines.append(f"Re-embed  {done} with {status.reembed.model}, which is not in use yet")
    if status.model_advice:
        lines.append(status.model_advice)
    lines += [f"failed: {failure.reason}" for failure in status.failed]
    return "\n".join(lines)


def _repairs(queue: RepairQueue) -> str:
    since = f" since {queue.oldest.astimezone():%Y-%m-%d %H:%M}" if queue.oldest else ""
    return f"{queue.count:,} sessions wait for the index{since}. {queue.last_error}"


def move_text(report: MoveReport) -> str:
    where = "this library's folder" if report.backend == EMBEDDED else report.backend
    return f"The index is in {where}: {report.sessions:,} sessions in {report.seconds:.1f} s."


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


def hit_of(table: LensTable, ranking: Ranking, row: int, like_it: Sequence[int]) -> SearchHit:
    card, snippet = table.cards[row], table.snippets[row] if table.snippets else None
    lenses = {lens.value: float(part) for lens, part in zip(Lens, ranking.contributions[row], strict=True)}
    lanes = {lane.value: float(part) for lane, part in zip(table.lanes, ranking.by_lane[row], strict=True)}
    recency = {"recency": float(ranking.recency[row])}
    return SearchHit(
        session_id=card.id,
        agent=card.agent,
        title=card.title,
        project=card.project,
        branch=card.branch,
        started_at=card.started_at,
        score=float(ranking.score[row]),
        lenses=lenses | recency,
        lanes=lanes | recency,
        turn=snippet.turn if snippet else None,
        snippet=snippet.text if snippet else None,
        words=snippet.words if snippet else (),
        like_it=tuple(table.cards[other].id for other in like_it),
        source_path=card.source_path,
    )


def _estimate(estimate: Estimate) -> str:
    return f"{_value(estimate.mean)} ({_value(estimate.low)}–{_value(estimate.high)}, n = {estimate.count})"


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


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
        source_state=card.source_state,
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


def doctor_text(report: DoctorReport) -> str:
    if not report.findings:
        return f"Nothing is wrong: {', '.join(report.checked)} were examined."
    return "\n".join(
        f"{finding.check}: {finding.problem}\n    {'Repaired.' if finding.is_repaired else finding.repair}"
        for finding in report.findings
    )


def forgotten_text(report: ForgetReport) -> str:
    lines = [
        f"{report.sessions:,} sessions forgotten, and {report.copies:,} copies of transcripts, "
        f"in {report.seconds:.1f} s. Your own transcripts, and snapshots that you exported, are as they were."
    ]
    lines += [f"The copy of {path} stays, as it holds other sessions too." for path in report.shared]
    return "\n".join([*lines, *filter(None, [report.remains])])


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


def hit_text(number: int, hit: SearchHit) -> str:
    best = sorted(hit.lenses.items(), key=lambda item: -item[1])[:3]
    why = "  ".join(f"{name} {part:.2f}" for name, part in best if part >= 0.005)
    head = f"{number:2}. {hit.score:.2f}  {hit.title}"
    where = f"    {hit.project or '–'} · {hit.agent} · {_day(hit.started_at)} · {hit.session_id}"
    shown = f"    t {hit.turn}: {hit.snippet}" if hit.snippet else ""
    alike = f"    +{len(hit.like_it)} like it" if hit.like_it else ""
    return "\n".join(line for line in (head, where, shown, f"    {why}", alike) if line.strip())


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
