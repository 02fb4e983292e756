"""Why a session is an answer: what it is nearest to, what it keeps away from, what they have in common."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.core.filters import Field
from memex.core.lenses import LANES_OF, Lens
from memex.core.mixing import MixReason
from memex.core.search import LensTable, SessionCard
from memex.core.session import point_id
from memex.index.protocol import VectorIndex
from memex.library.mixing.marks import Mark, Marks

NAMED = 5
"""Of the files, and of the errors, that are shared."""

Vectors = Mapping[int, NDArray[np.float32]]
"""Session key → unit vector."""


def vectors_seen(index: VectorIndex, lens: Lens | None, cards: Iterable[SessionCard]) -> Vectors:
    """Through the lens; through all of them at once, of the content."""
    keys = {point_id(card.agent, card.id): card.key for card in cards}
    found = index.vectors(LANES_OF[lens or Lens.CONTENT][0], keys)
    return {keys[point]: vector for point, vector in found.items() if np.isfinite(vector).all()}


def reasons(
    catalog: Catalog,
    table: LensTable,
    marks: Marks,
    seen: Vectors,
    proposed_by: Mapping[int, tuple[Lens, ...]],
) -> tuple[MixReason, ...]:
    """One a card."""
    keys = [card.key for card in table.cards]
    liked = [mark.card.key for mark in marks.likes]
    files = catalog.traits.in_common(keys, liked, Field.FILE)
    errors = catalog.traits.in_common(keys, liked, Field.ERROR)
    near, far = _nearest(keys, marks.likes, seen), _nearest(keys, marks.unlikes, seen)
    return tuple(
        _reason(
            proposed_by.get(key, ()), near.get(key), far.get(key), files.get(key, []), errors.get(key, [])
        )
        for key in keys
    )


Nearest = tuple[int, float]
"""The key of a mark, and the cosine with it."""


def _reason(
    lenses: tuple[Lens, ...],
    near: Nearest | None,
    far: Nearest | None,
    files: list[str],
    errors: list[str],
) -> MixReason:
    keeps_away = far is not None and (near is None or far[1] < near[1])
    return MixReason(
        lenses,
        nearest=near[0] if near else None,
        likeness=near[1] if near else None,
        away_from=far[0] if far and keeps_away else None,
        unlikeness=far[1] if far else None,
        files=tuple(files[:NAMED]),
        errors=tuple(errors[:NAMED]),
    )


def _nearest(keys: Iterable[int], marks: Iterable[Mark], seen: Vectors) -> dict[int, Nearest]:
    there = [mark.card.key for mark in marks if mark.card.key in seen]
    answers = [key for key in keys if key in seen]
    if not there or not answers:
        return {}
    cosines = np.stack([seen[key] for key in answers]) @ np.stack([seen[key] for key in there]).T
    best = cosines.argmax(axis=1)
    return {
        key: (there[mark], round(float(row[mark]), 4))
        for key, mark, row in zip(answers, best, cosines, strict=True)
    }
