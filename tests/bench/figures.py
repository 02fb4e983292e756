"""How a figure is told: what was measured, the limit it is held to, and the raw limit of the same run."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    measured: str
    wanted: str
    holds: bool
    raw: str = ""
    """What the machine could do at best in the same run."""

    def row(self) -> str:
        mark = "ok " if self.holds else "NOT"
        return f"{mark}  {self.name:44} {self.measured:>26}  {self.wanted:>21}  {self.raw}"


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def spread(values: Sequence[float], unit: str = "ms") -> str:
    """Median, p95, p99 and maximum."""
    at = [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)]
    return "/".join(f"{value:.1f}" for value in at) + f" {unit}"
