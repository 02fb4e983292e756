"""The map, made beside the queries on a catalog connection of its own."""

import time
from collections.abc import Callable

from memex.catalog.catalog import Catalog
from memex.core.errors import JobCancelledError, TopologyError
from memex.engine.topology_messages import (
    CancelTopology,
    GetTopology,
    TopologyMade,
    TopologyProgressed,
    TopologyRequests,
)
from memex.library.library import Library
from memex.library.topology.mapping import lay_out, map_sessions

EVENTS_APART = 0.1
"""Seconds between two tellings of how far one step is."""
NO_VECTORS = "There are no vectors to compare sessions by yet: index some sessions first."
REMEMBERED_CANCELS = 100

Publish = Callable[[TopologyProgressed], None]


class TopologyAnswers:
    def __init__(self, library: Library, publish: Publish) -> None:
        self._library = library
        self._publish = publish
        self._cancelled: dict[str, None] = {}

    def answer(self, request: TopologyRequests) -> Callable[[], TopologyMade] | None:
        """The rest, for another thread; None: done."""
        if isinstance(request, CancelTopology):
            self._cancelled[request.ticket] = None
            while len(self._cancelled) > REMEMBERED_CANCELS:
                del self._cancelled[next(iter(self._cancelled))]
            return None
        return lambda: self._make(request)

    def _make(self, wanted: GetTopology) -> TopologyMade:
        tell = self._teller(wanted.ticket)
        with self._library.searching() as vectors, Catalog(self._library.paths.catalog) as catalog:
            if vectors is None:
                raise TopologyError(self._library.degraded or NO_VECTORS)
            mapped = map_sessions(catalog, vectors.index, wanted.request, tell)
        return TopologyMade(mapped.topology, lay_out(mapped, tell) if wanted.with_layouts else None)

    def _teller(self, ticket: str) -> Callable[[str, int, int], None]:
        said, last = "", 0.0

        def tell(doing: str, done: int, total: int) -> None:
            nonlocal said, last
            if ticket in self._cancelled:
                raise JobCancelledError("The map was not finished: it was stopped.")
            now = time.monotonic()
            if ticket and (doing != said or now - last >= EVENTS_APART):
                said, last = doing, now
                self._publish(TopologyProgressed(ticket, doing, done, total))

        return tell
