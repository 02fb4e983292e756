"""Other orders than relevance, of what a search found."""

import msgspec
import numpy as np

from memex.core.filters import Order
from memex.core.lenses import RankOptions
from memex.core.ranking import rank
from memex.window.sorting import CLOSE_SHARE, Sorter
from tests.window import values

TABLE = values.make_table("linker", 12)
RANKING = rank(TABLE, RankOptions(), values.NOW)


def test_relevance_is_the_ranking_itself() -> None:
    assert Sorter(TABLE).places(RANKING, Order.RELEVANCE) is RANKING.order


def test_what_is_far_from_the_best_is_left_out_of_the_other_orders() -> None:
    places = Sorter(TABLE).places(RANKING, Order.NEWEST)
    scores = RANKING.score[places]
    assert 0 < len(places) < len(TABLE.cards)
    assert (scores >= CLOSE_SHARE * RANKING.score.max()).all()


def test_newest_oldest_longest() -> None:
    level = msgspec.structs.replace(TABLE, scores=np.ones((12, len(TABLE.lanes)), np.float32).tobytes())
    ranking, sorter = rank(level, RankOptions(), values.NOW), Sorter(level)
    newest = sorter.places(ranking, Order.NEWEST)
    assert list(newest) == list(range(12))
    assert list(sorter.places(ranking, Order.OLDEST)) == list(newest)[::-1]
    turns = [level.cards[place].turn_count for place in sorter.places(ranking, Order.LONGEST)]
    assert turns == sorted(turns, reverse=True)


def test_sessions_of_unknown_time_come_last_by_time() -> None:
    cards = (msgspec.structs.replace(TABLE.cards[0], started_at=None, ended_at=None), *TABLE.cards[1:])
    scores = np.ones((12, len(TABLE.lanes)), np.float32).tobytes()
    level = msgspec.structs.replace(TABLE, cards=cards, scores=scores)
    ranking, sorter = rank(level, RankOptions(), values.NOW), Sorter(level)
    assert sorter.places(ranking, Order.NEWEST)[-1] == 0
    assert sorter.places(ranking, Order.OLDEST)[-1] == 0
