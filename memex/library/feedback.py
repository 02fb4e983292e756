"""What the user said of found sessions, as Qdrant's relevance feedback on the running query."""

from collections.abc import Iterator, Mapping

import numpy as np

from memex.catalog.catalog import Catalog
from memex.core.lenses import DENSE_LANES, Lane
from memex.core.models import ModelSignature
from memex.core.search import SearchRequest
from memex.index.discovery_plans import Judged, with_feedback
from memex.index.plans import ALL, Filter, Plan
from memex.index.query_vectors import QueryVector
from memex.library.points import point_of

LIKED, NEUTRAL, DISLIKED = 1.0, 0.5, 0.0
"""The query itself is the neutral one, so that a single verdict makes a pair, too."""
PROPOSED = 30
"""Sessions that each lane adds to those that the query alone proposes."""


def feedback_plans(
    catalog: Catalog,
    model: ModelSignature,
    queries: Mapping[Lane, QueryVector],
    request: SearchRequest,
    where: Filter = ALL,
) -> list[Plan]:
    """One for each dense lane in which any judged session has something; none where nothing was judged.

    They propose: the table's own scores stay those of the query, and its ranking says what a verdict adds.
    """
    verdicts = {**dict.fromkeys(request.liked, LIKED), **dict.fromkeys(request.disliked, DISLIKED)}
    known = catalog.sessions.cards(verdicts)
    points = {key: point_of(catalog, catalog.sessions.indexable(key), model) for key in known}
    plans = []
    for lane, query in _dense(queries):
        judged = [
            Judged(points[key].dense[lane], verdicts[key]) for key in points if lane in points[key].dense
        ]
        if judged:
            plans.append(with_feedback(lane, query, [Judged(query, NEUTRAL), *judged], PROPOSED, where=where))
    return plans


def _dense(queries: Mapping[Lane, QueryVector]) -> Iterator[tuple[Lane, np.ndarray]]:
    for lane in DENSE_LANES:
        query = queries.get(lane)
        if isinstance(query, np.ndarray):
            yield lane, query
