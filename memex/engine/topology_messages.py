"""What an engine and its clients say to one another about the map; a part of the protocol."""

from msgspec import Struct

from memex.core.topology import Topology, TopologyLayouts, TopologyRequest


class GetTopology(Struct, frozen=True, tag=True):
    request: TopologyRequest
    with_layouts: bool = False
    ticket: str = ""
    """Of the client's making: its progress is told, and it can be cancelled, under this name."""


class CancelTopology(Struct, frozen=True, tag=True):
    ticket: str


class TopologyMade(Struct, frozen=True, tag=True):
    topology: Topology
    layouts: TopologyLayouts | None = None


class TopologyProgressed(Struct, frozen=True, tag=True):
    ticket: str
    doing: str
    done: int
    total: int
    """0: how far it is cannot be told."""


TopologyRequests = GetTopology | CancelTopology
TopologyReply = TopologyMade
TopologyEvent = TopologyProgressed
