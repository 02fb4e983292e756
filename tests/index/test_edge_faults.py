"""Kills, damage, panics and strangers: acknowledged points stay, and every failure is a sentence."""

import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from memex.core.errors import IndexingError
from memex.core.lenses import Lane
from memex.index.edge import SHARD_FOLDER, EdgeIndex
from memex.index.errors import BrokenIndexError, StaleGenerationError
from memex.index.generation import STAMP_FILE
from memex.index.plans import candidates, exact_scores
from memex.index.points import IndexPoint
from memex.index.shape import CollectionShape
from memex.index.sparse import SparseVector
from tests.index.builders import DIMENSION, SHAPE, number, question, session

ROOT = Path(__file__).parents[2]
POISON = IndexPoint(number(666), {}, {Lane.PATH_SPARSE: SparseVector((1, 2), (1.0,))})

KILLED = """
import os, sys
from pathlib import Path
from memex.index.edge import EdgeIndex
from tests.index.builders import SHAPE, number, session
index = EdgeIndex.create(Path(sys.argv[1]), SHAPE)
index.upsert([session(seed) for seed in range(40)])
index.flush()
index.upsert([session(seed) for seed in range(40, 60)])
index.delete([number(0)])
os._exit(1)
"""


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    """A closed, healthy generation of 30 sessions."""
    index = EdgeIndex.create(tmp_path / "healthy", SHAPE)
    index.upsert([session(seed) for seed in range(30)])
    index.flush()
    index.close()
    return tmp_path / "healthy"


def test_a_killed_process_loses_nothing_it_had_stored(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "killed")], cwd=ROOT, check=False)
    assert killed.returncode == 1
    index = EdgeIndex.open(tmp_path / "killed", SHAPE)
    assert index.ids() == {number(seed) for seed in range(1, 60)}
    own = exact_scores({Lane.ERROR: session(59).dense[Lane.ERROR]}, [number(59)])
    assert index.query_batch(own)[0][0].score == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_a_second_handle_is_told_who_is_in_the_way(generation: Path) -> None:
    index = EdgeIndex.open(generation, SHAPE)
    with pytest.raises(IndexingError, match="Another program has"):
        EdgeIndex.open(generation, SHAPE)
    assert index.count() == 30
    index.close()


def test_a_generation_is_never_created_over_another(generation: Path) -> None:
    with pytest.raises(IndexingError, match="could not be created"):
        EdgeIndex.create(generation, SHAPE)
    index = EdgeIndex.open(generation, SHAPE)
    assert index.count() == 30
    index.close()


def test_another_shape_is_stale(generation: Path) -> None:
    with pytest.raises(StaleGenerationError, match="must be rebuilt"):
        EdgeIndex.open(generation, CollectionShape(DIMENSION, version=99))


def test_another_engine_is_stale(generation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memex.index.edge.ENGINE", "qdrant-edge-py 9.9")
    with pytest.raises(
        StaleGenerationError, match=r"written by qdrant-edge-py 0.*this is qdrant-edge-py 9\.9"
    ):
        EdgeIndex.open(generation, SHAPE)


@pytest.mark.parametrize("stamp", [None, b"", b"{}", b"\xff", b'{"engine": 1}'])
def test_an_unfinished_generation_is_stale(generation: Path, stamp: bytes | None) -> None:
    if stamp is None:
        (generation / STAMP_FILE).unlink()
    else:
        (generation / STAMP_FILE).write_bytes(stamp)
    with pytest.raises(StaleGenerationError, match="incomplete"):
        EdgeIndex.open(generation, SHAPE)


def test_a_stamp_without_its_shard_says_so(generation: Path) -> None:
    shutil.rmtree(generation / SHARD_FOLDER)
    with pytest.raises(IndexingError, match="could not be opened"):
        EdgeIndex.open(generation, SHAPE)


def opened_and_asked(generation: Path) -> str | None:
    """What went wrong, if something did."""
    try:
        index = EdgeIndex.open(generation, SHAPE)
        index.query_batch(candidates(question(1), 5))
        index.close()
    except IndexingError as error:
        return str(error)
    return None


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def scramble(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(min(file.stat().st_size, 4096)))


@pytest.mark.parametrize("harm", [truncate, scramble, Path.unlink])
@pytest.mark.parametrize(
    "pattern",
    ["edge_config.json", "**/segment.json", "**/mutable_id_tracker*", "**/vector_storage*/**/*.dat"],
)
def test_a_damaged_directory_opens_or_says_so(
    generation: Path, pattern: str, harm: Callable[[Path], None]
) -> None:
    """Whatever the engine makes of it, panics included: an IndexingError or an index that answers."""
    files = [file for file in (generation / SHARD_FOLDER).glob(pattern) if file.is_file()]
    assert files
    for file in files:
        harm(file)
    said = opened_and_asked(generation)
    assert said is None or (said.startswith("The vector index") and "\n" not in said)


def test_after_a_panic_every_call_says_that_it_must_be_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The validator is taken out to let the poison through to the engine."""
    index = EdgeIndex.create(tmp_path / "poisoned", SHAPE)
    index.upsert([session(1)])
    with monkeypatch.context() as without:
        without.setattr("memex.index.edge.validate", lambda point, shape: None)
        with pytest.raises(BrokenIndexError, match="must be rebuilt"):
            index.upsert([POISON])
    for call in (
        lambda: index.upsert([session(2)]),
        lambda: index.delete([number(1)]),
        lambda: index.query_batch(candidates(question(1), 5)),
        index.count,
        index.ids,
        index.flush,
    ):
        with pytest.raises(BrokenIndexError, match="must be rebuilt"):
            call()
    index.close()


def test_the_next_generation_works_beside_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = EdgeIndex.create(tmp_path / "1", SHAPE)
    with monkeypatch.context() as without:
        without.setattr("memex.index.edge.validate", lambda point, shape: None)
        with pytest.raises(BrokenIndexError):
            broken.upsert([POISON])
    fresh = EdgeIndex.create(tmp_path / "2", SHAPE)
    fresh.upsert([session(1)])
    broken.close()
    shutil.rmtree(tmp_path / "1")
    assert fresh.count() == 1
    fresh.close()


def test_an_engine_error_is_a_sentence_and_no_break(edge_index: EdgeIndex) -> None:
    edge_index.upsert([session(1)])
    with pytest.raises(IndexingError, match=r"could not answer a search.*Not existing vector name"):
        edge_index.query_batch([{"query": {"nearest": [1.0]}, "using": "summary"}])
    with pytest.raises(IndexingError, match="could not understand a search"):
        edge_index.query_batch([{"query": {"nearest": [1.0]}, "using": "content", "limit": -1}])
    assert edge_index.count() == 1


def test_a_closed_index_says_so(edge_index: EdgeIndex) -> None:
    edge_index.close()
    with pytest.raises(IndexingError, match="closed"):
        edge_index.count()


def test_an_interrupt_is_not_an_indexing_error(
    edge_index: EdgeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupting:
        def count(self, request: object) -> int:
            raise KeyboardInterrupt

        def close(self) -> None:
            pass

    monkeypatch.setattr(edge_index, "_shard", Interrupting())
    with pytest.raises(KeyboardInterrupt):
        edge_index.count()


def test_queries_are_answered_between_the_pieces_of_an_upsert(edge_index: EdgeIndex) -> None:
    """While one upsert of 600 sessions runs on another thread, answers see it half done."""
    edge_index.upsert([session(0)])
    writer = threading.Thread(target=edge_index.upsert, args=[[session(seed) for seed in range(600)]])
    [plan] = candidates({Lane.CONTENT: question(1)[Lane.CONTENT]}, 1000)
    seen = set()
    writer.start()
    while writer.is_alive():
        seen.add(len(edge_index.query_batch([plan])[0]))
    writer.join()
    assert len(seen - {1, 600}) >= 2
    assert edge_index.count() == 600
