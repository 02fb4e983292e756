"""From the library's sessions to the map of them."""

from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
import numpy as np

from memex.catalog.catalog import Catalog
from memex.core.errors import TopologyError
from memex.core.lenses import Lane
from memex.core.search import SessionCard
from memex.core.session import point_id
from memex.core.topology import (
    MOST_NEIGHBOURS,
    TOPOLOGY_LENSES,
    Topology,
    TopologyEdge,
    TopologyLayouts,
    TopologyRequest,
)
from memex.index.plans import Filter
from memex.index.protocol import VectorIndex
from memex.library.topology.clusters import clusters
from memex.library.topology.findings import bridges, duplicates, gaps, outliers
from memex.library.topology.force import force_layout
from memex.library.topology.radial import radial_layout
from memex.library.topology.sampling import sample
from memex.library.topology.tree import nearest_graph, spanning_forest

Tell = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and of how much. To stop, it raises."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A topology and its tree, of which the nodes are places in `topology.nodes`."""

    topology: Topology
    tree: nx.Graph


def map_sessions(catalog: Catalog, index: VectorIndex, request: TopologyRequest, tell: Tell) -> Mapped:
    """TopologyError for a lens or a number that cannot be."""
    _check(request)
    tell("Reading sessions", 0, 0)
    cards, total, sampled = sample(catalog, request)
    if len(cards) < 2:
        alone = Topology(request.lens, cards, total=total, sampled=sampled, remark=_too_few(total))
        return Mapped(alone, _unlinked(len(cards)))
    tell("Comparing sessions", 0, 0)
    points = {point_id(card.agent, card.id): place for place, card in enumerate(cards)}
    pairs = index.matrix_pairs(Lane(request.lens), request.neighbours, Filter(ids=tuple(points)))
    graph = nearest_graph(pairs, points)
    cards, graph = _compared(cards, graph)
    if not cards:
        return Mapped(Topology(request.lens, total=total, remark=_unseen(request)), graph)
    tell("Growing the tree", 0, 0)
    tree = spanning_forest(graph)
    missing = min(total, len(points)) - len(cards)
    return Mapped(_topology(catalog, request, cards, graph, tree, (total, sampled, missing), tell), tree)


def lay_out(mapped: Mapped, tell: Tell) -> TopologyLayouts:
    count = len(mapped.topology.nodes)
    radial = radial_layout(mapped.tree, count)
    edges = np.array(sorted(mapped.tree.edges), np.intp).reshape(-1, 2)
    force = force_layout(radial, edges, lambda done, total: tell("Laying out", done, total))
    return TopologyLayouts(radial.tobytes(), force.tobytes())


def _topology(
    catalog: Catalog,
    request: TopologyRequest,
    cards: tuple[SessionCard, ...],
    graph: nx.Graph,
    tree: nx.Graph,
    counts: tuple[int, str | None, int],
    tell: Tell,
) -> Topology:
    tell("Naming clusters", 0, 0)
    total, sampled, missing = counts
    with catalog.errors():
        texts = catalog.lens_texts.beginnings(card.key for card in cards)
    edges = sorted(tree.edges(data="similarity"), key=lambda edge: (-edge[2], edge[:2]))
    return Topology(
        request.lens,
        cards,
        tuple(TopologyEdge(cards[a].id, cards[b].id, similarity) for a, b, similarity in edges),
        clusters(graph, cards, texts),
        bridges(tree, cards),
        gaps(graph, tree, cards),
        duplicates(graph, cards),
        outliers(tree, cards),
        total,
        sampled,
        _absent(request, missing) if missing else None,
    )


def _compared(cards: tuple[SessionCard, ...], graph: nx.Graph) -> tuple[tuple[SessionCard, ...], nx.Graph]:
    """The sessions that the lens sees, and the graph with their places among these."""
    seen = sorted(graph)
    relabelled = nx.relabel_nodes(graph, {place: rank for rank, place in enumerate(seen)})
    return tuple(cards[place] for place in seen), relabelled


def _check(request: TopologyRequest) -> None:
    if request.lens not in TOPOLOGY_LENSES:
        known = ", ".join(TOPOLOGY_LENSES)
        raise TopologyError(f"The {request.lens} lens compares no sessions: choose one of {known}.")
    if not 0 < request.neighbours <= MOST_NEIGHBOURS:
        raise TopologyError(f"A session has from 1 to {MOST_NEIGHBOURS} neighbours: choose a number between.")


def _unlinked(count: int) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    return graph


def _too_few(total: int) -> str:
    if total == 0:
        return "There are no sessions to map yet: index some first."
    return "A map needs two sessions at least, and there is one."


def _unseen(request: TopologyRequest) -> str:
    return (
        f"No two sessions can be compared by the {request.lens} lens: choose another lens, or wait until "
        "they are embedded."
    )


def _absent(request: TopologyRequest, missing: int) -> str:
    are = "1 session is" if missing == 1 else f"{missing:,} sessions are"
    return f"{are} not on the map: the {request.lens} lens sees nothing of them, or not yet."
