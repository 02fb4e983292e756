"""Why a session stands where it does: every number of its score, for tooltip, details and a screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import isnan
from typing import TYPE_CHECKING

from memex.core.lenses import LANES_OF, Lane, Lens
from memex.core.search import LensTable

if TYPE_CHECKING:
    from memex.core.ranking import Ranking

LENS_OF = {lane: lens for lens, lanes in LANES_OF.items() for lane in lanes}
LANE_NAMES = {
    Lane.PATH_SPARSE: "path words",
    Lane.TOOL_SPARSE: "tool words",
    Lane.CONTENT_LATE: "late",
}


@dataclass(frozen=True, slots=True)
class LanePart:
    """`score` × `weight` is what the lane adds; no score: the session has nothing in it."""

    lane: Lane
    lens: Lens
    score: float | None
    weight: float
    adds: float

    @property
    def name(self) -> str:
        return LANE_NAMES.get(self.lane, self.lane.value)


@dataclass(frozen=True, slots=True)
class Explanation:
    """`total` is the sum of all that the others add."""

    lanes: tuple[LanePart, ...]
    recency: float
    errors: float
    feedback: float
    total: float
    words: tuple[str, ...] = ()
    """Of the search, those that the session's best passage holds."""
    turn: int | None = None

    def extras(self) -> Iterator[tuple[str, float]]:
        """Recency always; the others where they add something."""
        yield "recency", self.recency
        for name, adds in (("errors met", self.errors), ("your marks", self.feedback)):
            if adds:
                yield name, adds

    def as_sentence(self) -> str:
        """For screen readers: the total, and what adds to it, the greatest first."""
        adds = {part.name: part.adds for part in self.lanes} | dict(self.extras())
        parts = sorted((item for item in adds.items() if item[1]), key=lambda item: -item[1])
        said = ", ".join(f"{name} {value:.3f}" for name, value in parts)
        return f"Score {self.total:.3f}: {said}"

    def as_html(self, title: str, when: str) -> str:
        """A small table of aligned numbers, as tooltips of Qt show it."""
        rows = [_row("lane", "score", "weight", "adds", tag="th")]
        rows += [
            _row(part.name, _number(part.score), f"{part.weight:.2f}", f"{part.adds:.3f}")
            for part in self.lanes
        ]
        rows += [_row(name, "", "", f"{adds:.3f}") for name, adds in self.extras()]
        rows.append(_row("<b>score</b>", "", "", f"<b>{self.total:.3f}</b>"))
        head = f"<p style='white-space:pre'><b>{escape(_cut(title))}</b><br>{escape(when)}</p>"
        return f"{head}<table cellspacing='0' cellpadding='2'>{''.join(rows)}</table>{self._foot()}"

    def _foot(self) -> str:
        if self.turn is None:
            return ""
        words = f"matches {', '.join(self.words)} " if self.words else "nearest passage "
        return f"<p>{escape(words)}in turn {self.turn + 1}</p>"


def explain_score(table: LensTable, ranking: Ranking, place: int) -> Explanation:
    known = table.matrix[place].tolist()
    adds, shares = ranking.by_lane[place].tolist(), ranking.shares.tolist()
    parts = [
        LanePart(lane, LENS_OF[lane], _scored(score, added, share), share, added)
        for lane, score, added, share in zip(table.lanes, known, adds, shares, strict=True)
    ]
    snippet = table.snippets[place] if place < len(table.snippets) else None
    return Explanation(
        tuple(parts),
        float(ranking.recency[place]),
        float(ranking.errors[place]),
        float(ranking.feedback[place]),
        float(ranking.score[place]),
        snippet.words if snippet else (),
        snippet.turn if snippet else None,
    )


def _scored(score: float, adds: float, share: float) -> float | None:
    """What the fusion made of the lane's score; the score itself where it does not count."""
    if isnan(score):
        return None
    return adds / share if share else score


def _number(score: float | None) -> str:
    return "–" if score is None else f"{score:.3f}"


def _row(name: str, *numbers: str, tag: str = "td") -> str:
    cells = "".join(f"<{tag} align='right' style='padding-left:12px'>{number}</{tag}>" for number in numbers)
    return f"<tr><{tag} align='left'>{name}</{tag}>{cells}</tr>"


def _cut(title: str, longest: int = 60) -> str:
    return title if len(title) <= longest else title[: longest - 1] + "…"
