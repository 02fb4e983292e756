"""The map as files: JSON as the command line prints it, and GraphML for other programs."""

import io
import re

import msgspec

from memex.core.topology import Topology

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""In XML 1.0: https://www.w3.org/TR/xml/#charsets"""


def topology_json(topology: Topology) -> bytes:
    return msgspec.json.encode(topology) + b"\n"


def graphml(topology: Topology) -> bytes:
    """Sessions and the edges of the tree; what is not known of a session is left out."""
    import networkx as nx  # not before it is asked for: the window imports this room

    graph = nx.Graph(lens=str(topology.lens))
    for card in topology.nodes:
        facts = {
            "title": card.title,
            "project": card.project,
            "branch": card.branch,
            "agent": card.agent,
            "started_at": card.started_at.isoformat() if card.started_at else None,
            "ended_at": card.ended_at.isoformat() if card.ended_at else None,
            "turn_count": card.turn_count,
            "prompt_count": card.prompt_count,
            "error_count": card.error_count,
            "outcome": str(card.outcome),
        }
        graph.add_node(card.id, **{name: _legal(value) for name, value in facts.items() if value is not None})
    for edge in topology.edges:
        graph.add_edge(edge.a, edge.b, similarity=edge.similarity)
    for cluster, number in zip(topology.clusters, range(1, len(topology.clusters) + 1), strict=True):
        for member in cluster.members:
            graph.nodes[member]["cluster"] = _legal(cluster.name)
            graph.nodes[member]["cluster_number"] = number
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph, buffer, encoding="utf-8")
    return buffer.getvalue()


def _legal(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    return ILLEGAL.sub("", value)
