"""The orders that are compared: as Memex has it, without a part of it, by one lane, by plain fusion."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from memex.core.lenses import SPARSE_LANES, Fusion, Lane, RankOptions, Recency
from memex.core.ranking import rank
from memex.core.search import LensTable

ALL = "all lenses"
NO_RECENCY = Recency(0.0)

Run = Callable[[LensTable], Sequence[int]]
"""A table → session keys, best first."""

ABLATED: Mapping[str, tuple[Lane, ...]] = {
    "full text": (Lane.WORDS,),
    "passages": (Lane.CONTENT_LATE,),
    "content": (Lane.CONTENT,),
    "sparse": SPARSE_LANES,
    "tool": (Lane.TOOL,),
    "path": (Lane.PATH,),
    "error": (Lane.ERROR,),
    "code": (Lane.CODE,),
}


def single_lanes() -> dict[str, Run]:
    return {f"{lane} alone": _lane_alone(lane) for lane in Lane}


def fused(options: RankOptions) -> Run:
    def run(table: LensTable) -> list[int]:
        return [table.cards[row].key for row in rank(table, options, datetime.now(UTC)).order]

    return run


def plain_rrf(table: LensTable) -> Sequence[int]:
    """Every lane with the same weight."""
    return _DEFAULTS[Fusion.RRF](_equally_trusted(table))


def ablations() -> dict[str, Run]:
    without = {f"without {part}": _without(lanes) for part, lanes in ABLATED.items()}
    return without | {
        "without trust": lambda table: _DEFAULTS[Fusion.LENS](_equally_trusted(table)),
        "with recency": fused(RankOptions()),
        "weighted RRF": _DEFAULTS[Fusion.RRF],
        "DBSF": _DEFAULTS[Fusion.DBSF],
    }


_DEFAULTS = {fusion: fused(RankOptions(recency=NO_RECENCY, fusion=fusion)) for fusion in Fusion}
all_lenses = _DEFAULTS[Fusion.LENS]


def _lane_alone(lane: Lane) -> Run:
    def run(table: LensTable) -> list[int]:
        if lane not in table.lanes:
            return []
        scores = table.matrix[:, table.lanes.index(lane)]
        rows = sorted((row for row in range(len(scores)) if scores[row] > 0), key=lambda row: -scores[row])
        return [table.cards[row].key for row in rows]

    return run


def _without(lanes: Sequence[Lane]) -> Run:
    def run(table: LensTable) -> Sequence[int]:
        trust = (0.0 if lane in lanes else own for lane, own in zip(table.lanes, table.trust, strict=True))
        return all_lenses(msgspec.structs.replace(table, trust=tuple(trust)))

    return run


def _equally_trusted(table: LensTable) -> LensTable:
    return msgspec.structs.replace(table, trust=(1.0,) * len(table.lanes))
