"""What the verbs on indexes and models print for people."""

from __future__ import annotations

from msgspec import Struct

from memex.core.indexes import (
    GenerationComparison,
    GenerationInfo,
    GenerationQuality,
    ReembedReport,
    ReembedState,
    ReindexReport,
)
from memex.core.models import ModelSignature

MEGABYTE = 1_000_000


class GenerationsOutput(Struct, frozen=True):
    generations: tuple[GenerationInfo, ...]


def reindex_text(report: ReindexReport) -> str:
    lines = [
        f"{report.reread:,} of {report.sessions:,} sessions read again, {report.changed:,} changed; "
        f"{report.indexed:,} in the index, in {report.seconds:.1f} s."
    ]
    if report.cancelled:
        lines.append("Stopped before it was done: what was read again stays, the index is the old one.")
    if report.generation is not None:
        lines.append(f"The new index is generation {report.generation}.")
    lines += [f"failed: {failure.session}: {failure.reason}" for failure in report.failed]
    lines += [f"waiting: {session}: the next refresh embeds it" for session in report.waiting]
    return "\n".join(lines)


def preflight_text(report: ReembedReport) -> str:
    """One line, before anything is done."""
    return (
        f"{report.without_vectors:,} of {report.texts:,} texts to embed in {report.batches:,} batches: "
        f"{_change_of(report)}; about {report.disk_bytes / MEGABYTE:,.1f} MB of disk, {_time_of(report)}."
    )


def reembed_text(report: ReembedReport) -> str:
    if report.state is ReembedState.PLANNED:
        lines = [preflight_text(report)]
    elif report.target is None or report.state is ReembedState.UNCHANGED:
        lines = []
    else:
        lines = [f"{report.embedded:,} texts embedded in {report.seconds:.1f} s: {_change_of(report)}."]
    if report.switched_to is not None:
        lines.append(f"Searches use generation {report.switched_to}.")
    if report.state is ReembedState.UNCHANGED and report.reason:
        lines.append(report.reason)
    lines += [f"skipped: {text.session}: {text.reason}" for text in report.skipped]
    return "\n".join(lines)


def generations_text(found: GenerationsOutput) -> str:
    if not found.generations:
        return "No index yet: `memex index` makes one."
    return "\n".join(map(_generation_text, found.generations))


def comparison_text(comparison: GenerationComparison) -> str:
    if not comparison.queries:
        return "Nothing was opened from a search yet, so there is nothing to compare by."
    return "\n".join(
        (
            f"{comparison.opened:,} sessions opened from {comparison.queries:,} queries:",
            *map(_quality_text, (comparison.first, comparison.second)),
            f"The second is better for {comparison.better:,} queries and worse for {comparison.worse:,}.",
        )
    )


def _quality_text(quality: GenerationQuality) -> str:
    return f"{quality.id:4}  nDCG@10 {quality.ndcg or 0.0:.3f}  {quality.model}"


def _generation_text(info: GenerationInfo) -> str:
    created = info.created_at.astimezone().strftime("%Y-%m-%d %H:%M") if info.created_at else "–" * 16
    size = f"{info.bytes / MEGABYTE:,.1f} MB" if info.bytes is not None else "–"
    return (
        f"{info.id:4}  {info.state:10}  {created}  {info.sessions:7,} sessions  {size:>11}  "
        f"{info.model}  shape {info.shape[:12]}"
    )


def _change_of(report: ReembedReport) -> str:
    return f"{_signature(report.current)} → {_signature(report.target)}"


def _signature(model: ModelSignature | None) -> str:
    return f"{model.name} ({model.dimension} dimensions, {model.variant})" if model else "no model"


def _time_of(report: ReembedReport) -> str:
    if report.probe_texts_per_second is None or report.seconds_estimated is None:
        return "no time, as nothing is to be embedded"
    minutes, seconds = divmod(round(report.seconds_estimated), 60)
    time = f"{minutes:,} min {seconds} s" if minutes else f"{seconds} s"
    return (
        f"about {time}, as a probe of {report.probe_texts} texts "
        f"went at {report.probe_texts_per_second:,.0f} a second"
    )
