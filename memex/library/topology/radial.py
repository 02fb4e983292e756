"""The tree around its centre: a ring for each step from it, a wedge for each branch."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin

import networkx as nx
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class _Branch:
    node: int
    parent: int | None
    depth: int


def radial_layout(tree: nx.Graph, count: int) -> NDArray[np.float32]:
    """(count, 2) within the unit circle. Of a forest, the centres lie on the first ring."""
    branches = list(_outwards(tree))
    leaves = _leaves(branches)
    places = np.zeros((count, 2), np.float32)
    rings = max((branch.depth for branch in branches), default=0) or 1
    whole = sum(leaves[branch.node] for branch in branches if branch.parent is None)
    begins: dict[int | None, float] = {None: 0.0}
    """Where the next branch from a node begins, as an angle."""
    for branch in branches:
        begin = begins[branch.parent]
        width = 2 * pi * leaves[branch.node] / whole
        begins[branch.parent], begins[branch.node] = begin + width, begin
        radius, angle = branch.depth / rings, begin + width / 2
        places[branch.node] = radius * cos(angle), radius * sin(angle)
    return places


def _outwards(tree: nx.Graph) -> Iterator[_Branch]:
    """From the centre of each tree, the largest tree first, breadth first."""
    trees = sorted(nx.connected_components(tree), key=lambda nodes: (-len(nodes), min(nodes)))
    first = 0 if len(trees) == 1 else 1
    for nodes in trees:
        centre = min(nx.tree.center(tree.subgraph(nodes)))
        depths = {centre: first}
        yield _Branch(centre, None, first)
        for parent, node in nx.bfs_edges(tree, centre, sort_neighbors=sorted):
            depths[node] = depths[parent] + 1
            yield _Branch(node, parent, depths[node])


def _leaves(branches: list[_Branch]) -> dict[int, int]:
    """How many ends lie beyond each node; itself, if it is one."""
    leaves = {branch.node: 0 for branch in branches}
    for branch in reversed(branches):
        leaves[branch.node] = leaves[branch.node] or 1
        if branch.parent is not None:
            leaves[branch.parent] += leaves[branch.node]
    return leaves
