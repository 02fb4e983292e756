"""The order of what a search found, when it is not by relevance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memex.core.filters import Order
from memex.core.search import LensTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from memex.core.ranking import Ranking

ORDER_NAMES = {
    Order.RELEVANCE: "Relevance",
    Order.NEWEST: "Newest first",
    Order.OLDEST: "Oldest first",
    Order.LONGEST: "Longest first",
}
CLOSE_SHARE = 1 / 3
"""Of the best score: what has less would be amid the hits where the order is not by score."""


class Sorter:
    """One table's orders; what no slider changes is worked out once."""

    def __init__(self, table: LensTable) -> None:
        import numpy as np

        times = (card.ended_at or card.started_at for card in table.cards)
        self._seconds = np.array([when.timestamp() if when else -np.inf for when in times])
        self._turns = np.array([card.turn_count for card in table.cards], np.float64)

    def places(self, ranking: Ranking, order: Order) -> NDArray[np.intp]:
        """Equal ones by relevance."""
        if order is Order.RELEVANCE:
            return ranking.order
        close = ranking.order[ranking.score[ranking.order] >= CLOSE_SHARE * ranking.score.max(initial=0.0)]
        by_key: NDArray[np.intp] = close[self._key(order)[close].argsort(kind="stable")]
        return by_key

    def _key(self, order: Order) -> NDArray[np.float64]:
        """Least first."""
        match order:
            case Order.OLDEST:
                import numpy as np

                return np.where(np.isinf(self._seconds), np.inf, self._seconds)
            case Order.LONGEST:
                return -self._turns
            case _:
                return -self._seconds
