"""`memex topology` over some of the demo."""

from pathlib import Path

import networkx as nx
import pytest

from memex.core.paths import LibraryPaths
from memex.core.topology import Topology
from memex.engine.client import attach_or_start
from memex.engine.protocol import StatusChanged
from tests.cli.commands import json_of, run, text_of


def test_the_map_as_json_text_and_graphml(library: Path, tmp_path: Path) -> None:
    made = json_of(Topology, library, "topology")
    assert len(made.nodes) == made.total > 2
    assert len(made.edges) == len(made.nodes) - 1
    assert made.sampled is None
    ids = {node.id for node in made.nodes}
    assert {end for edge in made.edges for end in (edge.a, edge.b)} == ids
    file = tmp_path / "work.graphml"
    done = run(library, "topology", "--graphml", str(file))
    assert done.stdout.startswith(f"{len(made.nodes)} sessions, {len(made.edges)} edges.\n")
    assert str(file) in done.stderr
    graph = nx.read_graphml(file)
    assert sum(similarity for _, _, similarity in graph.edges(data="similarity")) == pytest.approx(
        sum(edge.similarity for edge in made.edges)
    )


def test_an_open_window_s_engine_gives_the_same_map(library: Path) -> None:
    alone = text_of(library, "topology", "--lens", "path", "--sample", "5", "--json")
    client = attach_or_start(LibraryPaths(library))
    try:
        # The vectors are loaded after the first paint's work: until then there is no map.
        assert any(
            isinstance(frame.body, StatusChanged) and frame.body.status.degraded is None
            for frame in client.frames()
        )
        attached = run(library, "topology", "--lens", "path", "--sample", "5", "--json")
    finally:
        client.close()
    assert attached.stdout == alone


def test_refusals_are_sentences(prepared_home: LibraryPaths, tmp_path: Path, library: Path) -> None:
    empty = run(prepared_home.home, "topology")
    assert empty.returncode == 0
    assert "There are no sessions to map yet" in empty.stdout
    wrong = run(library, "topology", "--lens", "words")
    assert wrong.returncode == 2
    assert "'content', 'tool', 'path', 'error', 'code'" in wrong.stderr
    lost = run(library, "topology", "--graphml", str(tmp_path / "nowhere" / "file"))
    assert lost.returncode == 1
    assert "choose another file" in lost.stderr
