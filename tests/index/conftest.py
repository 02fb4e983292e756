from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memex.index.edge import EdgeIndex
from memex.index.points import IndexPoint
from memex.index.protocol import VectorIndex
from tests.index.backends import Backend, started
from tests.index.builders import SHAPE, session


@pytest.fixture
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """For tests marked with `on_every_backend` or `on_backends_that`."""
    with started(request.param, tmp_path) as backend:
        yield backend


@pytest.fixture
def index(backend: Backend) -> Iterator[VectorIndex]:
    index = backend.create(SHAPE)
    yield index
    index.close()


@pytest.fixture
def edge_index(tmp_path: Path) -> Iterator[EdgeIndex]:
    index = EdgeIndex.create(tmp_path / "generation", SHAPE)
    yield index
    index.close()


@pytest.fixture
def indexed(index: VectorIndex) -> Callable[[int], list[IndexPoint]]:
    """Fills the index with sessions 0 to n and returns them."""

    def fill(count: int) -> list[IndexPoint]:
        points = [session(seed) for seed in range(count)]
        index.upsert(points)
        return points

    return fill
