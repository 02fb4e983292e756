"""Judged queries through search itself: what it finds, by class, against baselines in the same harness."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from memex.core.evaluation import Estimate, Evaluation, RunQuality
from memex.core.search import LensTable, SearchRequest
from memex.library.evaluation import baselines, metrics, runs
from memex.library.evaluation.queries import Judged, Query, judged, main_sessions
from memex.library.library import Library
from memex.library.search import search

OVERALL = "overall"
BY_SESSION = "FTS5 by session"
BY_TURN = "FTS5 by turn"
LANDING = 2
"""Turns that the one shown may be away from a right one."""


@dataclass
class Tally:
    """One run's values, by class of query."""

    ndcg: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    mrr: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    success_at_1: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    success_at_5: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, keys: Sequence[int], grades: Mapping[int, int]) -> None:
        for name in (kind, OVERALL):
            self.ndcg[name].append(metrics.ndcg(keys, grades))
            self.mrr[name].append(metrics.reciprocal_rank(keys, grades))
            self.success_at_1[name].append(metrics.success(keys, grades, 1))
            self.success_at_5[name].append(metrics.success(keys, grades, 5))

    def quality(self, name: str) -> RunQuality:
        return RunQuality(name, *map(_estimates, (self.ndcg, self.mrr, self.success_at_1, self.success_at_5)))


class Evaluator:
    """Adds query after query. `heads`: compare with one vector of a head, which each session must get."""

    def __init__(self, library: Library, *, ablate: bool = False, heads: bool = True) -> None:
        catalog = library.reader
        self._library = library
        self._main = main_sessions(catalog.sessions.cards(catalog.sessions.keys_newest_first()))
        self._of_table = {runs.ALL: runs.all_lenses, "plain RRF": runs.plain_rrf, **runs.single_lanes()}
        if ablate:
            self._of_table |= runs.ablations()
        self._of_text: dict[str, baselines.Order] = {
            BY_SESSION: baselines.by_session(catalog),
            BY_TURN: baselines.by_turn(catalog),
        }
        if heads and library.vectors:
            self._of_text["one head vector"] = baselines.by_head_vector(catalog, library.vectors.embedder)
        self._tallies: dict[str, Tally] = defaultdict(Tally)
        self._landed: dict[str, list[float]] = defaultdict(list)
        self._confidence: dict[bool, list[float]] = {True: [], False: []}
        self._called_close: dict[bool, list[float]] = {True: [], False: []}

    def run(self, queries: Sequence[Query]) -> Iterator[int]:
        """Yields how many queries are done, after each."""
        for done, each in enumerate(judged(self._library.reader, queries), start=1):
            self._add(each)
            yield done

    def report(self) -> Evaluation:
        return Evaluation(
            queries=sum(map(len, self._confidence.values())),
            runs=tuple(tally.quality(name) for name, tally in self._tallies.items()),
            landing=_estimates(self._landed),
            separation=metrics.auroc(self._confidence[True], self._confidence[False]),
            positives_called_close=metrics.estimate(self._called_close[True]),
            negatives_called_close=metrics.estimate(self._called_close[False]),
        )

    def _add(self, each: Judged) -> None:
        table = search(self._library.reader, self._library.vectors, SearchRequest(each.query.query))
        self._confidence[not each.is_negative].append(table.confidence)
        self._called_close[not each.is_negative].append(float(table.is_close))
        if each.is_negative:
            return
        grades = {self._main.get(key, key): answer.grade for key, answer in each.answers.items()}
        for name, run in self._of_table.items():
            self._tallies[name].add(each.query.kind, self._main_keys(run(table)), grades)
        for name, order in self._of_text.items():
            self._tallies[name].add(each.query.kind, self._main_keys(order(each.query.query)), grades)
        if (landed := _landed(table, each)) is not None:
            self._landed[each.query.kind].append(landed)
            self._landed[OVERALL].append(landed)

    def _main_keys(self, keys: Sequence[int]) -> list[int]:
        """A sub-agent counts as the session that started it."""
        return list(dict.fromkeys(self._main.get(key, key) for key in keys))


def _landed(table: LensTable, each: Judged) -> float | None:
    """Whether the first right session shows a right turn; None where it is not shown or none is known."""
    snippets = {card.key: shown for card, shown in zip(table.cards, table.snippets, strict=True)}
    for key in runs.all_lenses(table)[: metrics.AT_MOST]:
        answer, shown = each.answers.get(key), snippets.get(key)
        if answer and answer.turns and shown:
            return float(min(abs(shown.turn - turn) for turn in answer.turns) <= LANDING)
    return None


def _estimates(values: Mapping[str, list[float]]) -> dict[str, Estimate]:
    kinds = sorted(kind for kind in values if kind != OVERALL)
    return {kind: metrics.estimate(values[kind]) for kind in (*kinds, OVERALL) if kind in values}
