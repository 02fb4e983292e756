"""The sessions that were marked, as examples for the index."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from memex.catalog.catalog import Catalog
from memex.core.errors import MixError
from memex.core.lenses import LANES_OF, Lane, Lens
from memex.core.mixing import MIX_LENSES, MixRequest
from memex.core.models import ModelSignature
from memex.core.safe_text import one_line
from memex.core.search import SessionCard
from memex.index.points import SHORTEST_NORM, IndexPoint
from memex.index.query_vectors import QueryVector
from memex.library.points import point_of


@dataclass(frozen=True, slots=True)
class Mark:
    card: SessionCard
    point: IndexPoint

    def example(self, lane: Lane) -> QueryVector | None:
        """None: the session has nothing there, or nothing that the index could compare."""
        vector = self.point.dense.get(lane)
        if vector is None:
            return self.point.sparse.get(lane)
        return vector if np.linalg.norm(vector) >= SHORTEST_NORM else None  # false for NaN


@dataclass(frozen=True, slots=True)
class Marks:
    likes: tuple[Mark, ...]
    unlikes: tuple[Mark, ...]
    target: Mark | None
    """One of the likes, if there are any."""
    notes: tuple[str, ...]

    @property
    def all(self) -> tuple[Mark, ...]:
        return self.likes + self.unlikes


def lanes_of(lens: Lens | None) -> tuple[Lane, ...]:
    """Without the late one: to compare all passages of many sessions with all of others takes seconds."""
    return tuple(lane for each in ((lens,) if lens else MIX_LENSES) for lane in LANES_OF[each])


def read_marks(catalog: Catalog, model: ModelSignature, request: MixRequest) -> Marks:
    """What can be used of what was marked, and a sentence for each that cannot.

    Raises `MixError` if nothing is left.
    """
    keys, notes = _keys_of(catalog, request)
    likes, unlikes = (_known(keys, ids) for ids in (request.likes, request.unlikes))
    target = keys.get(request.target) if request.target else None
    if target is not None:
        likes = tuple(dict.fromkeys((*likes, target)))
    torn = set(likes) & set(unlikes)
    cards = catalog.sessions.cards({*likes, *unlikes})
    notes += [f"“{_name(cards[key])}” is marked both + and −: it counts as neither." for key in sorted(torn)]
    marks = {key: Mark(cards[key], _point(catalog, key, model)) for key in cards if key not in torn}
    notes += _without_lens(marks.values(), request.lens)
    usable = {key: mark for key, mark in marks.items() if _has_any(mark, request.lens)}
    chosen = Marks(
        tuple(usable[key] for key in likes if key in usable),
        tuple(usable[key] for key in unlikes if key in usable),
        usable.get(target) if target is not None else None,
        tuple(notes),
    )
    if not chosen.all:
        raise MixError(" ".join((*notes, "Mark at least one other session with + or −.")) if notes else NONE)
    if not chosen.likes and marks.keys() & set(likes):
        raise MixError(" ".join((*notes, "Mark another with +, or choose another lens.")))
    return chosen


LONGEST_NAME = 80
NONE = "Nothing is marked: mark at least one session with + or −."


def _keys_of(catalog: Catalog, request: MixRequest) -> tuple[dict[str, int], list[str]]:
    keys: dict[str, int] = {}
    notes = []
    for name in dict.fromkeys((*request.likes, *request.unlikes, request.target)):
        key = catalog.sessions.named(name) if name else None
        if name and key is None:
            notes.append(f"The session {name} is no longer in this library: the mix goes on without it.")
        elif name and key is not None:
            keys[name] = key
    return keys, notes


def _name(card: SessionCard) -> str:
    return one_line(card.title, LONGEST_NAME) or card.id


def _known(keys: dict[str, int], ids: Sequence[str]) -> tuple[int, ...]:
    """Each once, in their order."""
    return tuple(dict.fromkeys(keys[name] for name in ids if name in keys))


def _point(catalog: Catalog, key: int, model: ModelSignature) -> IndexPoint:
    return point_of(catalog, catalog.sessions.indexable(key), model)


def _has_any(mark: Mark, lens: Lens | None) -> bool:
    return any(mark.example(lane) is not None for lane in lanes_of(lens))


def _without_lens(marks: Iterable[Mark], lens: Lens | None) -> Iterator[str]:
    for mark in marks:
        if not _has_any(mark, lens):
            lacks = f"nothing under the {lens} lens" if lens and mark.point.dense else "no vectors yet"
            yield f"“{_name(mark.card)}” has {lacks}: the mix goes on without it."
