from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memex.index.edge import EdgeIndex
from memex.index.points import IndexPoint
from tests.index.builders import SHAPE, session


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EdgeIndex]:
    index = EdgeIndex.create(tmp_path / "generation", SHAPE)
    yield index
    index.close()


@pytest.fixture
def indexed(index: EdgeIndex) -> Callable[[int], list[IndexPoint]]:
    """Fills the index with sessions 0 to n and returns them."""

    def fill(count: int) -> list[IndexPoint]:
        points = [session(seed) for seed in range(count)]
        index.upsert(points)
        return points

    return fill
