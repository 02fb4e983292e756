"""What `memex eval` reports."""

from msgspec import Struct


class Estimate(Struct, frozen=True):
    """A mean over `count` queries, with the bounds of its 95 % interval; nothing where there are none."""

    mean: float | None
    low: float | None
    high: float | None
    count: int


class RunQuality(Struct, frozen=True):
    """One way of ordering; each measure by class of query, and `overall`."""

    name: str
    ndcg: dict[str, Estimate]
    mrr: dict[str, Estimate]
    success_at_1: dict[str, Estimate]
    success_at_5: dict[str, Estimate]


class Evaluation(Struct, frozen=True):
    queries: int
    runs: tuple[RunQuality, ...]
    landing: dict[str, Estimate]
    """The share of right sessions shown that open within two turns of a right one."""
    separation: Estimate
    """AUROC of the confidence: positives against negatives."""
    positives_called_close: Estimate
    negatives_called_close: Estimate
