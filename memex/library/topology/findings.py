"""What the map answers: bridges, gaps, duplicates and outliers."""

from collections.abc import Iterator, Sequence

import networkx as nx
import numpy as np

from memex.core.search import SessionCard
from memex.core.topology import Bridge, Duplicates, Gap, Outlier

NEAR_IDENTICAL = 0.97
MOST_ROWS = 50
"""Of bridges, of gaps and of outliers."""
OUTER_FENCE = 1.5
"""Tukey's: so many interquartile ranges below the first quartile."""
LEAST_FOR_OUTLIERS = 8

Link = tuple[int, int, float]
"""Two places and their similarity."""


def bridges(tree: nx.Graph, cards: Sequence[SessionCard]) -> tuple[Bridge, ...]:
    """The strongest first."""
    across = sorted(_across(tree, cards), key=_strongest)[:MOST_ROWS]
    return tuple(Bridge(*_ends(link, cards), _projects(link, cards)) for link in across)


def gaps(graph: nx.Graph, tree: nx.Graph, cards: Sequence[SessionCard]) -> tuple[Gap, ...]:
    """The closest first."""
    touching = {frozenset(_projects(link, cards)) for link in _across(tree, cards)}
    closest: dict[frozenset[str], Link] = {}
    for link in sorted(_across(graph, cards), key=_strongest):
        projects = frozenset(_projects(link, cards))
        if projects not in touching:
            closest.setdefault(projects, link)
    return tuple(Gap(*_ends(link, cards), _projects(link, cards)) for link in [*closest.values()][:MOST_ROWS])


def duplicates(graph: nx.Graph, cards: Sequence[SessionCard]) -> tuple[Duplicates, ...]:
    """The largest groups first."""
    alike = nx.Graph()
    alike.add_weighted_edges_from(
        (a, b, similarity)
        for a, b, similarity in graph.edges(data="similarity")
        if similarity >= NEAR_IDENTICAL
    )
    found = []
    for group in nx.connected_components(alike):
        holding = nx.maximum_spanning_edges(alike.subgraph(group), data=True)
        least = min(data["weight"] for _, _, data in holding)
        found.append((sorted(group), least))
    found.sort(key=lambda each: (-len(each[0]), -each[1], each[0]))
    return tuple(Duplicates(tuple(cards[place].id for place in group), least) for group, least in found)


def outliers(tree: nx.Graph, cards: Sequence[SessionCard]) -> tuple[Outlier, ...]:
    """Those whose nearest is less like them than is usual. The tree holds every session's nearest."""
    if len(tree) < LEAST_FOR_OUTLIERS:
        return ()
    nearest = [
        max(((similarity, other) for _, other, similarity in tree.edges(place, data="similarity")))
        for place in tree
    ]
    first, third = np.quantile([similarity for similarity, _ in nearest], (0.25, 0.75))
    fence = first - OUTER_FENCE * (third - first)
    lonely = sorted(
        (similarity, place, other)
        for place, (similarity, other) in zip(tree, nearest, strict=True)
        if similarity < fence
    )
    return tuple(
        Outlier(cards[place].id, cards[other].id, similarity)
        for similarity, place, other in lonely[:MOST_ROWS]
    )


def _across(graph: nx.Graph, cards: Sequence[SessionCard]) -> Iterator[Link]:
    """Between sessions of two projects; what belongs to none is no project."""
    for a, b, similarity in graph.edges(data="similarity"):
        if cards[a].project and cards[b].project and cards[a].project != cards[b].project:
            yield min(a, b), max(a, b), similarity


def _strongest(link: Link) -> tuple[float, int, int]:
    return -link[2], link[0], link[1]


def _ends(link: Link, cards: Sequence[SessionCard]) -> tuple[str, str, float]:
    return cards[link[0]].id, cards[link[1]].id, link[2]


def _projects(link: Link, cards: Sequence[SessionCard]) -> tuple[str, str]:
    return cards[link[0]].project or "", cards[link[1]].project or ""
