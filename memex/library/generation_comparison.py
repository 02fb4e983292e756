"""Which of two generations puts higher what the user opened from past searches."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import numpy as np

from memex.core.indexes import GenerationComparison, GenerationQuality
from memex.core.library import Progress, Stage
from memex.core.search import SearchRequest
from memex.library.evaluation.metrics import ndcg
from memex.library.evaluation.runs import all_lenses
from memex.library.generation_history import check_shape, embedder_for, find_generation
from memex.library.generations import shape_for
from memex.library.library import Library
from memex.library.progress import Pace
from memex.library.search import search
from memex.library.vector_side import VectorSide


class Comparison:
    """A job: iterate `steps`, then ask for the `report`.

    A session that was opened from a query counts as right for it, and all others as wrong. What was shown
    higher is opened more, so this favours the generation that was in use then.
    """

    def __init__(self, library: Library, first: int, second: int) -> None:
        self._library = library
        self._numbers = (first, second)
        self._opened = library.writer.opened_results.by_query()
        self._qualities: list[list[float]] = [[], []]

    def steps(self) -> Iterator[Progress]:
        pace = Pace(Stage.COMPARE, 2 * len(self._opened), "queries")
        with ExitStack() as stack:
            sides = {number: self._side(number, stack) for number in self._numbers}
            for number, qualities in zip(self._numbers, self._qualities, strict=True):
                for query, sessions in self._opened.items():
                    grades = dict.fromkeys(sessions, 1)
                    qualities.append(ndcg(self._found(sides[number], query), grades))
                    yield pace.at(sum(map(len, self._qualities)))

    def report(self) -> GenerationComparison:
        first, second = (
            GenerationQuality(number, find_generation(self._library.writer, number).model, _mean(qualities))
            for number, qualities in zip(self._numbers, self._qualities, strict=True)
        )
        gains = [after - before for before, after in zip(*self._qualities, strict=True)]
        return GenerationComparison(
            len(self._opened),
            sum(map(len, self._opened.values())),
            first,
            second,
            better=sum(gain > 0 for gain in gains),
            worse=sum(gain < 0 for gain in gains),
        )

    def _side(self, number: int, stack: ExitStack) -> VectorSide:
        """The one in use as it is open: two openings of one index would damage it."""
        library = self._library
        generation = find_generation(library.writer, number)
        if library.vectors and library.vectors.generation.id == number:
            return library.vectors
        model = library.writer.vectors.signature(generation.model)
        check_shape(library, generation, model)
        embedder, is_own = embedder_for(library, model)
        if is_own:
            stack.callback(embedder.close)
        index = library.store.open(number, shape_for(model))
        stack.callback(index.close)
        return VectorSide(embedder, index, generation)

    def _found(self, side: VectorSide, query: str) -> Sequence[int]:
        return all_lenses(search(self._library.writer, side, SearchRequest(query)))


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
