"""How well search finds what engineers look for: nDCG@10 and success@1 by class of query, and landing.

`python -m tests.evaluation.measure HOME` measures an indexed library of the corpus; `Quality.of` is the same
for tests. A sub-agent's transcript counts as the session that started it.
"""

import math
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from memex.core.lenses import Lane, RankOptions, Recency
from memex.core.ranking import rank
from memex.core.search import LensTable, SearchRequest
from memex.library.library import Library
from memex.library.search import search

QUERIES = Path(__file__).with_name("queries.jsonl")
NEGATIVE = "negative"
AT_ONCE = 10


class Relevant(msgspec.Struct, frozen=True):
    session: str
    path: str
    grade: int
    turn_text: str


class Query(msgspec.Struct, frozen=True, rename={"kind": "class"}):
    id: str
    kind: str
    query: str
    relevant: tuple[Relevant, ...]
    split: str


@dataclass
class Quality:
    """Per class the values of its queries."""

    ndcg: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    first_is_right: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def mean_ndcg(self, kind: str | None = None) -> float:
        return _mean(self.ndcg, kind)

    def success_at_1(self, kind: str | None = None) -> float:
        return _mean(self.first_is_right, kind)

    def row(self) -> str:
        kinds = "".join(f"{self.mean_ndcg(kind):>12.3f}" for kind in sorted(self.ndcg))
        return f"{kinds}{self.mean_ndcg():>12.3f}{self.success_at_1():>12.3f}"


Order = Callable[[LensTable], Sequence[str]]
"""A table's source paths, best first."""


def read_queries(split: str) -> list[Query]:
    lines = QUERIES.read_bytes().splitlines()
    queries = (msgspec.json.decode(line, type=Query) for line in lines)
    return [query for query in queries if query.split == split and query.kind != NEGATIVE]


def by_all_lenses(table: LensTable) -> list[str]:
    ranking = rank(table, RankOptions(recency=Recency(0.0)), datetime.now(UTC))
    return [table.cards[row].source_path for row in ranking.order]


def by_lane(lane: Lane) -> Order:
    def order(table: LensTable) -> list[str]:
        scores = table.matrix[:, table.lanes.index(lane)]
        rows = sorted((row for row in range(len(scores)) if scores[row] > 0), key=lambda row: -scores[row])
        return [table.cards[row].source_path for row in rows]

    return order


def measure(
    library: Library, corpus: Path, queries: Iterable[Query], orders: Mapping[str, Order]
) -> dict[str, Quality]:
    """One search a query; every order is judged on the same table."""
    main_of = _main_sessions(library)
    found = {name: Quality() for name in orders}
    for query in queries:
        table = search(library.reader, library.vectors, SearchRequest(query.query))
        grades = {str(corpus / relevant.path): relevant.grade for relevant in query.relevant}
        for name, order in orders.items():
            paths = list(dict.fromkeys(main_of.get(path, path) for path in order(table)))
            found[name].ndcg[query.kind].append(ndcg(paths, grades))
            found[name].first_is_right[query.kind].append(float(bool(paths) and paths[0] in grades))
    return found


def ndcg(paths: Sequence[str], grades: Mapping[str, int]) -> float:
    """At 10, with gains of 2^grade − 1 (Burges et al. 2005)."""
    gains = [2 ** grades.get(path, 0) - 1 for path in paths[:AT_ONCE]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:AT_ONCE]
    return _discounted(gains) / _discounted(ideal)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _mean(values: Mapping[str, list[float]], kind: str | None) -> float:
    chosen = values[kind] if kind else [value for of_kind in values.values() for value in of_kind]
    return sum(chosen) / len(chosen)


def _main_sessions(library: Library) -> dict[str, str]:
    """Source path of a sub-agent → of its main session."""
    keys = library.reader.sessions.keys_newest_first()
    cards = library.reader.sessions.cards(keys).values()
    path_of = {card.id: card.source_path for card in cards}
    return {card.source_path: path_of[card.parent_id] for card in cards if card.parent_id in path_of}


def main() -> None:
    corpus = Path(os.environ.get("MEMEX_CORPUS", "../shared/corpus")).resolve()
    library = Library(Path(sys.argv[1]))
    library.open_vectors()
    orders = {"all lenses": by_all_lenses} | {str(lane): by_lane(lane) for lane in Lane}
    for split in ("tune", "test"):
        found = measure(library, corpus, read_queries(split), orders)
        kinds = sorted(found["all lenses"].ndcg)
        print(f"{split:14}" + "".join(f"{kind:>12}" for kind in (*kinds, "nDCG@10", "success@1")))
        for name, quality in found.items():
            print(f"{name:14}{quality.row()}")
    library.close()


if __name__ == "__main__":
    main()
