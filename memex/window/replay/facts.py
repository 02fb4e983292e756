"""What the head of the replay says of a session, in words."""

from datetime import timedelta

from memex.core.replay import Origin, SessionOutline, WithdrawnBranch
from memex.core.safe_text import one_line
from memex.core.session import Outcome, TokenUsage
from memex.window.wording import OUTCOME_NAMES, agent_name, count, exact_time, seconds_in_words

ORIGIN_NAMES = {
    Origin.SOURCE: "Read from the source.",
    Origin.GROWN: "The source has grown since it was indexed.",
    Origin.ARCHIVE: "Archived copy: the source is gone or cannot be read.",
    Origin.DIVERGED: "The source no longer agrees with what was indexed: this is the archived copy.",
}


def facts_line(outline: SessionOutline) -> str:
    """Project, branch, agent and models, when and how long."""
    card = outline.card
    models = ", ".join(one_line(model, 40) for model in outline.models)
    parts = (card.project, card.branch, models or agent_name(card.agent), times(outline))
    return " · ".join(one_line(part, 60) for part in parts if part)


def times(outline: SessionOutline) -> str:
    started = outline.started_at or outline.card.started_at
    ended = outline.ended_at or outline.card.ended_at
    if started is None or ended is None:
        return ""
    return f"{exact_time(started)}, {seconds_in_words((ended - started) / timedelta(seconds=1))}"


def tokens_in_short(tokens: TokenUsage) -> str:
    return f"{_short(tokens.input)} in · {_short(tokens.output)} out · {_short(_cached(tokens))} cached"


def has_tokens(tokens: TokenUsage) -> bool:
    return bool(tokens.input or tokens.output or _cached(tokens))


def tokens_in_full(tokens: TokenUsage) -> str:
    kinds = (
        ("input", tokens.input),
        ("output", tokens.output),
        ("read from the cache", tokens.cache_read),
        ("written to the cache", tokens.cache_write),
    )
    return "Tokens: " + ", ".join(f"{number:,} {kind}" for kind, number in kinds)


def outcome_line(outline: SessionOutline) -> str:
    """Empty where nothing is known."""
    if outline.outcome is Outcome.UNKNOWN:
        return ""
    if outline.outcome is Outcome.RESOLVED and outline.outcome_evidence.turns:
        return f"solved in turn {outline.outcome_evidence.turns[-1] + 1:,}"
    return OUTCOME_NAMES[outline.outcome]


def branch_line(branch: WithdrawnBranch) -> str:
    where = "at the beginning" if branch.after is None else f"after turn {branch.after + 1:,}"
    return f"Taken back {where}: {count(len(branch.turns), 'turn')}"


def remarks(outline: SessionOutline) -> tuple[str, ...]:
    """What is to be known before one relies on what is shown."""
    said = []
    if outline.origin is not Origin.SOURCE:
        said.append(ORIGIN_NAMES[outline.origin])
    if outline.problem_count:
        said.append(f"{count(outline.problem_count, 'line')} could not be read.")
    return tuple(said)


def problems_in_full(outline: SessionOutline, most: int = 20) -> str:
    lines = [f"Line {one.line:,}: {one.what} ({one.why})" for one in outline.problems[:most]]
    if outline.problem_count > most:
        lines.append(f"and {outline.problem_count - most:,} more")
    return "\n".join(lines)


def _cached(tokens: TokenUsage) -> int:
    return tokens.cache_read + tokens.cache_write


def _short(number: int) -> str:
    """`812`, `3.4k`, `81k`, `1.2M`."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= size:
            value = number / size
            return f"{value:.1f}{unit}" if value < 10 else f"{value:.0f}{unit}"
    return str(number)
