"""A topology as arrays: what the canvas draws and the table lists, by the places of sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from memex.core.search import SessionCard
from memex.core.topology import Topology, TopologyLayouts

SMALLEST, LARGEST = 7.0, 22.0
"""Pixels across a session's dot."""
ROOM = ((300, 1.6), (1_500, 1.25), (np.inf, 1.0))
"""Up to so many sessions, dots are larger by so much."""

Places = NDArray[np.intp]


@dataclass(frozen=True)
class MapData:
    topology: Topology
    layouts: dict[str, NDArray[np.float64]]
    """Name → (nodes, 2), within the unit circle."""
    edges: Places
    """(edges, 2)"""
    places: dict[str, int]
    """Id → place."""

    @property
    def cards(self) -> Sequence[SessionCard]:
        return self.topology.nodes

    @cached_property
    def sizes(self) -> NDArray[np.float64]:
        """By the root of the user's turns, so that areas compare."""
        turns = np.array([card.prompt_count for card in self.cards], np.float64)
        sizes = np.clip(SMALLEST + 2.5 * (np.sqrt(np.maximum(turns, 1)) - 1), SMALLEST, LARGEST)
        room = next(factor for most, factor in ROOM if len(turns) <= most)
        rounded: NDArray[np.float64] = (room * sizes).round()
        return rounded

    def places_of(self, ids: Iterable[str]) -> tuple[int, ...]:
        return tuple(self.places[session] for session in ids if session in self.places)


def map_data(topology: Topology, layouts: TopologyLayouts) -> MapData:
    places = {card.id: place for place, card in enumerate(topology.nodes)}
    edges = np.array([(places[edge.a], places[edge.b]) for edge in topology.edges], np.intp).reshape(-1, 2)
    named = {"force": layouts.force, "radial": layouts.radial}
    arrays = {
        name: np.frombuffer(data, np.float32).reshape(-1, 2).astype(np.float64)
        for name, data in named.items()
    }
    return MapData(topology, arrays, edges, places)
