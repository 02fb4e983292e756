"""The graph of nearest sessions and its minimum spanning forest; nodes are the places of sessions."""

from collections.abc import Iterable, Mapping
from math import isfinite
from uuid import UUID

import networkx as nx

from memex.index.matrix import MatrixPair

DECIMALS = 5
"""Backends differ in the sixth: what differs by less is equal, and then the order of sessions decides."""


def nearest_graph(pairs: Iterable[MatrixPair], places: Mapping[UUID, int]) -> nx.Graph:
    """Each pair once, with `similarity` and `weight` = 1 − similarity, in one order on every backend."""
    found: dict[tuple[int, int], float] = {}
    for pair in pairs:
        a, b = places.get(pair.a), places.get(pair.b)
        if a is not None and b is not None and a != b and isfinite(pair.score):
            found[min(a, b), max(a, b)] = round(min(1.0, max(-1.0, pair.score)), DECIMALS)
    graph = nx.Graph()
    graph.add_nodes_from(sorted({place for edge in found for place in edge}))
    for (a, b), similarity in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        graph.add_edge(a, b, similarity=similarity, weight=1.0 - similarity)
    return graph


def spanning_forest(graph: nx.Graph) -> nx.Graph:
    """Equal weights are taken in the order of `nearest_graph`: Kruskal's sort is stable."""
    return nx.minimum_spanning_tree(graph, weight="weight", algorithm="kruskal")
