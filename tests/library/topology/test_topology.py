"""The map on the real index, from sessions whose vectors are made up: chosen likeness, real storage."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from memex.catalog.catalog import Catalog
from memex.catalog.sessions import SessionOrigin
from memex.core.errors import JobCancelledError, TopologyError
from memex.core.lenses import Lane, Lens
from memex.core.session import Agent, Session, point_id
from memex.core.topology import TopologyRequest
from memex.core.topology_export import graphml
from memex.index.edge import EdgeIndex
from memex.index.matrix import MatrixPair, nearest_pairs
from memex.index.points import IndexPoint
from memex.index.protocol import VectorIndex
from memex.library.topology.mapping import Mapped, lay_out, map_sessions
from memex.library.topology.tree import nearest_graph, spanning_forest
from tests.index.backends import local_mode_warns, started
from tests.index.builders import DIMENSION, SHAPE

NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)
Fill = Callable[..., None]


def silent(_doing: str, _done: int, _total: int) -> None:
    pass


def directions(count: int, seed: int = 1, around: int = 4, spread: float = 0.6) -> NDArray[np.float32]:
    """Unit vectors about so many centres, one after the other."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((around, DIMENSION))
    vectors = centres[np.arange(count) % around] + spread * random.standard_normal((count, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "catalog.db") as catalog:
        yield catalog


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EdgeIndex]:
    index = EdgeIndex.create(tmp_path / "generation", SHAPE)
    yield index
    index.close()


def name(number: int) -> str:
    return f"session-{number:05}"


def fill(
    catalog: Catalog,
    index: VectorIndex,
    vectors: Sequence[NDArray[np.float32] | None],
    projects: Sequence[str] = ("ferry",),
    titles: Sequence[str] = ("Mend the build",),
) -> None:
    """One session a vector, each an hour older than the one before; None: it has no vector."""
    points = []
    with catalog.transaction():
        for number, vector in enumerate(vectors):
            session = Session(
                agent=Agent.CODEX,
                id=name(number),
                title=titles[number % len(titles)],
                project_path=f"/home/ann/{projects[number % len(projects)]}",
                ended_at=NOON - timedelta(hours=number),
            )
            catalog.sessions.write(session, SessionOrigin(f"/t/{number}.jsonl", b""))
            if vector is not None:
                points.append(IndexPoint(session.point_id, {Lane.CONTENT: vector}))
    index.upsert(points)


def mapped(catalog: Catalog, index: VectorIndex, **asked: object) -> Mapped:
    return map_sessions(catalog, index, TopologyRequest(**asked), silent)  # type: ignore[arg-type]


def scipy_weight(graph: nx.Graph) -> float:
    """Of its minimum spanning forest. Weights are raised by 1, as a sparse matrix takes 0 for no edge."""
    places = {node: place for place, node in enumerate(graph)}
    rows, columns, weights = zip(
        *((places[a], places[b], weight + 1) for a, b, weight in graph.edges(data="weight")), strict=True
    )
    matrix = coo_array((weights, (rows, columns)), shape=(len(places), len(places)))
    return float(minimum_spanning_tree(matrix.tocsr()).sum())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("neighbours", [1, 3, 10])
def test_the_forest_weighs_what_scipy_s_does(seed: int, neighbours: int) -> None:
    vectors = directions(120, seed, around=seed + 1, spread=0.3 + 0.3 * seed)
    ids = [point_id(Agent.CODEX, name(number)) for number in range(len(vectors))]
    graph = nearest_graph(nearest_pairs(ids, vectors, neighbours), {id: n for n, id in enumerate(ids)})
    forest = spanning_forest(graph)
    weight = sum(weight + 1 for _, _, weight in forest.edges(data="weight"))
    assert weight == pytest.approx(scipy_weight(graph))
    assert nx.is_forest(forest)
    assert nx.number_connected_components(forest) == nx.number_connected_components(graph)


@local_mode_warns
def test_edge_and_a_server_s_client_give_the_same_tree(
    catalog: Catalog, index: EdgeIndex, tmp_path: Path
) -> None:
    vectors = directions(80, 3, around=5)
    fill(catalog, index, vectors)
    with started("local", tmp_path) as backend:
        other = backend.create(SHAPE)
        points = [
            IndexPoint(point_id(Agent.CODEX, name(number)), {Lane.CONTENT: vector})
            for number, vector in enumerate(vectors)
        ]
        other.upsert(points)
        ours, theirs = mapped(catalog, index).topology, mapped(catalog, other).topology
    assert {(edge.a, edge.b) for edge in ours.edges} == {(edge.a, edge.b) for edge in theirs.edges}
    assert [edge.similarity for edge in ours.edges] == pytest.approx(
        [edge.similarity for edge in theirs.edges], abs=1e-4
    )
    assert ours.clusters == theirs.clusters


def test_clusters_have_names_of_their_own_words(catalog: Catalog, index: EdgeIndex) -> None:
    titles = ("The linker is missing in docker", "Translate the login page", "Gradient overflow in training")
    fill(catalog, index, directions(30, 2, around=3, spread=0.3), ("ferry", "shop", "lab"), titles)
    found = mapped(catalog, index).topology
    assert [len(cluster.members) for cluster in found.clusters] == [10, 10, 10]
    by_project = {cluster.projects[0]: cluster for cluster in found.clusters}
    assert set(by_project["ferry"].terms) <= {"linker", "missing", "docker"}
    assert by_project["shop"].name.endswith("· shop")
    assert len(by_project["lab"].terms) == 3


def test_bridges_gaps_and_duplicates(catalog: Catalog, index: EdgeIndex) -> None:
    """Angles on a circle: ferry at 0 and 10°, shop at 30 and 40°, lab at 75°, twins of ferry's at 0°."""
    angles = np.radians([0, 30, 75, 10, 40, 80, 0.5])
    vectors = np.zeros((len(angles), DIMENSION), np.float32)
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    fill(catalog, index, vectors, ("ferry", "shop", "lab"))
    found = mapped(catalog, index).topology
    assert [bridge.projects for bridge in found.bridges] == [("shop", "ferry"), ("lab", "shop")]
    assert found.bridges[0].similarity == pytest.approx(np.cos(np.radians(20)), abs=1e-4)
    (gap,) = found.gaps
    assert set(gap.projects) == {"ferry", "lab"}
    assert {gap.a, gap.b} == {name(3), name(2)}
    assert (name(0), name(6)) in [group.members[:1] + group.members[-1:] for group in found.duplicates]


def test_a_session_unlike_all_is_an_outlier(catalog: Catalog, index: EdgeIndex) -> None:
    vectors = directions(40, 5, around=1, spread=0.2)
    vectors[7] = -vectors[0]
    fill(catalog, index, vectors)
    found = mapped(catalog, index).topology
    assert found.outliers[0].id == name(7)


def test_a_sample_is_the_newest_and_some_of_the_rest(catalog: Catalog, index: EdgeIndex) -> None:
    fill(catalog, index, directions(60))
    found = mapped(catalog, index, sample=20).topology
    assert [node.id for node in found.nodes[:10]] == [name(number) for number in range(10)]
    assert len(found.nodes) == 20
    assert found.total == 60
    assert found.sampled == ("20 of 60 sessions: the newest 10 and 10 drawn at random from the rest.")
    assert mapped(catalog, index, sample=20).topology == found
    assert mapped(catalog, index, sample=61).topology.sampled is None


@pytest.mark.parametrize(
    ("count", "remark"), [(0, "index some first"), (1, "two sessions at least"), (2, None), (3, None)]
)
def test_few_sessions(catalog: Catalog, index: EdgeIndex, count: int, remark: str | None) -> None:
    fill(catalog, index, directions(count))
    few = mapped(catalog, index)
    assert len(few.topology.nodes) == count
    assert len(few.topology.edges) == max(0, count - 1)
    assert (remark in (few.topology.remark or "")) if remark else few.topology.remark is None
    layouts = lay_out(few, silent)
    assert len(layouts.radial) == len(layouts.force) == 8 * count


def test_all_the_same(catalog: Catalog, index: EdgeIndex) -> None:
    fill(catalog, index, np.repeat(directions(1), 30, axis=0))
    same = mapped(catalog, index)
    assert len(same.topology.edges) == 29
    assert [len(group.members) for group in same.topology.duplicates] == [30]
    assert same.topology.outliers == ()
    assert np.isfinite(np.frombuffer(lay_out(same, silent).force, np.float32)).all()


def test_sessions_without_vectors_are_counted(catalog: Catalog, index: EdgeIndex) -> None:
    fill(catalog, index, [*directions(5), None, None])
    assert len(mapped(catalog, index).topology.nodes) == 5
    assert "2 sessions are not on the map" in (mapped(catalog, index).topology.remark or "")
    nobody = mapped(catalog, index, lens=Lens.ERROR).topology
    assert nobody.nodes == ()
    assert "No two sessions can be compared by the error lens" in (nobody.remark or "")


class OfPairs(EdgeIndex):
    """Says that these pairs are near."""

    def __init__(self, pairs: list[MatrixPair]) -> None:
        self.pairs = pairs

    def matrix_pairs(self, *_asked: object) -> list[MatrixPair]:
        return self.pairs


def test_what_is_not_a_number_is_no_edge(catalog: Catalog, index: EdgeIndex) -> None:
    fill(catalog, index, directions(4))
    a, b, c, d = (point_id(Agent.CODEX, name(number)) for number in range(4))
    unknown = UUID(int=1)
    pairs = [MatrixPair(a, b, 0.5), MatrixPair(b, c, float("nan")), MatrixPair(c, d, 1.0000002)]
    found = mapped(catalog, OfPairs([*pairs, MatrixPair(a, unknown, 0.9), MatrixPair(a, a, 1.0)])).topology
    assert [(edge.a, edge.b, edge.similarity) for edge in found.edges] == [
        (name(2), name(3), 1.0),
        (name(0), name(1), 0.5),
    ]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"lens": Lens.WORDS}, "choose one of content, tool, path, error, code"),
        ({"sample": 0}, "from 1 to 20,000"),
        ({"sample": 20_001}, "from 1 to 20,000"),
        ({"neighbours": 0}, "from 1 to 50"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    catalog: Catalog, index: EdgeIndex, asked: dict[str, object], sentence: str
) -> None:
    with pytest.raises(TopologyError, match=sentence):
        mapped(catalog, index, **asked)


def test_layouts_are_the_same_each_time_and_apart(catalog: Catalog, index: EdgeIndex) -> None:
    fill(catalog, index, directions(200, 8, around=6, spread=0.8))
    forest = mapped(catalog, index, neighbours=4)
    layouts = lay_out(forest, silent)
    assert lay_out(mapped(catalog, index, neighbours=4), silent) == layouts
    for layout in (layouts.radial, layouts.force):
        places = np.frombuffer(layout, np.float32).reshape(-1, 2)
        assert np.linalg.norm(places, axis=1).max() <= 1.0001
        gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
        assert np.partition(gaps, 1, axis=1)[:, 1].min() > 1e-3
    places = np.frombuffer(layouts.force, np.float32).reshape(-1, 2)
    joined = np.array(forest.tree.edges)
    drawn = np.linalg.norm(places[joined[:, 0]] - places[joined[:, 1]], axis=1)
    assert np.median(drawn) < 0.06
    assert drawn.max() < 0.2


def test_it_stops_where_it_is_told_to(catalog: Catalog, index: EdgeIndex) -> None:
    fill(catalog, index, directions(20))
    forest = mapped(catalog, index)

    def stop(doing: str, done: int, _total: int) -> None:
        if (doing, done) == ("Laying out", 3):
            raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        lay_out(forest, stop)


def test_graphml_is_read_by_others(catalog: Catalog, index: EdgeIndex) -> None:
    fill(catalog, index, directions(9, around=3, spread=0.1), titles=("Colour \x1b[31m & <tags> \U0001f980",))
    found = mapped(catalog, index).topology
    graph = nx.parse_graphml(graphml(found).decode())
    assert set(graph) == {node.id for node in found.nodes}
    assert graph.number_of_edges() == len(found.edges)
    assert graph.nodes[name(0)]["title"] == "Colour [31m & <tags> \U0001f980"
    assert {graph.nodes[node].get("cluster_number") for node in graph} >= {1}
