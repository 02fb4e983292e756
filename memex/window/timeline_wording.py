"""The timeline in words: for tooltips and for screen readers."""

from collections.abc import Sequence
from datetime import timedelta

from memex.core.timeline import TimeBar, Timeline, TimeStep
from memex.window import wording

DAY = timedelta(days=1)
FORMATS = {TimeStep.DAY: "%a %d %b %Y", TimeStep.MONTH: "%B %Y", TimeStep.YEAR: "%Y"}


def bar_in_words(timeline: Timeline, bar: TimeBar) -> str:
    if timeline.step is TimeStep.WEEK:
        when = f"{bar.start:%d %b} – {bar.end - DAY:%d %b %Y}"
    else:
        when = bar.start.strftime(FORMATS[timeline.step])
    errors = f", {bar.with_errors:,} with errors" if bar.with_errors else ""
    counts = zip((*timeline.projects, "others"), bar.counts, strict=True)
    projects = ", ".join(f"{name} {number:,}" for name, number in counts if number)
    by_project = f" ({projects})" if projects else ""
    return f"{when}: {wording.count(bar.total, 'session')}{errors}{by_project}"


def timeline_in_words(timeline: Timeline, chosen: Sequence[TimeBar]) -> str:
    """What is chosen; else what there is, and how one chooses."""
    if not timeline.bars:
        return "No sessions yet."
    if len(chosen) == 1:
        return f"{bar_in_words(timeline, chosen[0])}. Escape shows all times."
    if chosen:
        return f"{_span(chosen)}. Escape shows all times."
    return f"{_span(timeline.bars)}, by {timeline.step.value}. Arrow keys choose one."


def _span(bars: Sequence[TimeBar]) -> str:
    sessions = wording.count(sum(bar.total for bar in bars), "session")
    return f"{sessions} from {bars[0].start:%d %b %Y} to {bars[-1].end - DAY:%d %b %Y}"
