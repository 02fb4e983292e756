"""Which sessions are on the map."""

import random

from memex.catalog.catalog import Catalog
from memex.core.errors import TopologyError
from memex.core.search import SessionCard
from memex.core.topology import DEFAULT_SAMPLE, LARGEST_SAMPLE, TopologyRequest

SEED = 7


def sample(catalog: Catalog, request: TopologyRequest) -> tuple[tuple[SessionCard, ...], int, str | None]:
    """The cards, newest first; how many sessions there are; which these are, when they are not all.

    Half of a sample is the newest sessions, the other half is drawn from the rest, the same each time.
    """
    wanted = DEFAULT_SAMPLE if request.sample is None else request.sample
    if not 0 < wanted <= LARGEST_SAMPLE:
        raise TopologyError(f"A map holds from 1 to {LARGEST_SAMPLE:,} sessions: choose a number between.")
    with catalog.errors():
        keys = catalog.sessions.main_keys(request.filters)
        chosen = keys if len(keys) <= wanted else _drawn(keys, wanted)
        cards = catalog.sessions.cards(chosen)
    sentence = None if len(chosen) == len(keys) else _sentence(wanted, len(keys))
    return tuple(cards[key] for key in chosen), len(keys), sentence


def _drawn(keys: list[int], wanted: int) -> list[int]:
    newest = (wanted + 1) // 2
    rest = sorted(random.Random(SEED).sample(range(newest, len(keys)), wanted - newest))
    return keys[:newest] + [keys[place] for place in rest]


def _sentence(wanted: int, total: int) -> str:
    newest = (wanted + 1) // 2
    return (
        f"{wanted:,} of {total:,} sessions: the newest {newest:,} and {wanted - newest:,} drawn at random "
        "from the rest."
    )
