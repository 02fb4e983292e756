"""The map of all work: sessions, the tree of their likeness, and what can be read from it."""

from msgspec import Struct

from memex.core.filters import Filters
from memex.core.lenses import Lens
from memex.core.search import SessionCard

TOPOLOGY_LENSES = (Lens.CONTENT, Lens.TOOL, Lens.PATH, Lens.ERROR, Lens.CODE)
"""Those that see a whole session at once, and so can compare one with another."""
DEFAULT_SAMPLE = 5_000
"""Sessions on a map, where no other number was asked for."""
LARGEST_SAMPLE = 20_000
DEFAULT_NEIGHBOURS = 8
MOST_NEIGHBOURS = 50


class TopologyRequest(Struct, frozen=True):
    lens: Lens = Lens.CONTENT
    sample: int | None = None
    """Sessions at most; None: `DEFAULT_SAMPLE`."""
    neighbours: int = DEFAULT_NEIGHBOURS
    filters: Filters = Filters()


class TopologyEdge(Struct, frozen=True):
    """Between two sessions, by their ids; `similarity` is a cosine."""

    a: str
    b: str
    similarity: float


class Cluster(Struct, frozen=True):
    name: str
    """Its terms and projects, as a heading."""
    terms: tuple[str, ...]
    """Words that its sessions open with and others do not, the most telling first."""
    projects: tuple[str, ...]
    """The most frequent first."""
    members: tuple[str, ...]


class Bridge(Struct, frozen=True):
    """An edge of the tree between two projects."""

    a: str
    b: str
    similarity: float
    projects: tuple[str, str]


class Gap(Struct, frozen=True):
    """Two projects with near sessions, that no edge of the tree joins; `a` and `b` are the nearest."""

    a: str
    b: str
    similarity: float
    projects: tuple[str, str]


class Duplicates(Struct, frozen=True):
    """Near-identical sessions; `similarity` is the least of the links that hold them together."""

    members: tuple[str, ...]
    similarity: float


class Outlier(Struct, frozen=True):
    """A session that even its nearest is unlike."""

    id: str
    nearest: str
    similarity: float


class Topology(Struct, frozen=True):
    lens: Lens
    nodes: tuple[SessionCard, ...] = ()
    """The newest first."""
    edges: tuple[TopologyEdge, ...] = ()
    """Of the minimum spanning tree; of a forest where not all are linked. The strongest first."""
    clusters: tuple[Cluster, ...] = ()
    """The largest first."""
    bridges: tuple[Bridge, ...] = ()
    gaps: tuple[Gap, ...] = ()
    duplicates: tuple[Duplicates, ...] = ()
    outliers: tuple[Outlier, ...] = ()
    """The loneliest first."""
    total: int = 0
    """Sessions that there are; fewer may be on the map."""
    sampled: str | None = None
    """Which sessions these are, in one sentence, when they are not all."""
    remark: str | None = None
    """Who is missing for another reason, or why there is no map."""


class TopologyLayouts(Struct, frozen=True):
    """Where each node lies, in their order: float32 (nodes, 2), row-major, within the unit circle."""

    radial: bytes = b""
    force: bytes = b""
