"""Which of the sessions found are so alike that a list need show only the best of them."""

from collections.abc import Mapping, Sequence

from memex.catalog.catalog import Catalog
from memex.core.search import SessionCard


def groups(catalog: Catalog, cards: Sequence[SessionCard]) -> tuple[int, ...]:
    """Per card the key of the first of its group: of one family, or that open with the same words.

    A sub-agent belongs to the session that started it. A resumed or repeated session opens as its model did,
    in the same project. The same library always groups the same sessions in the same way.
    """
    openings = catalog.lens_texts.openings(card.key for card in cards)
    by_id = {(card.agent, card.id): card.key for card in cards}
    first: dict[object, int] = {}
    group_of: dict[int, int] = {}
    for card in sorted(cards, key=lambda card: card.key):
        family = by_id.get((card.agent, card.parent_id or ""), card.key)
        if family == card.key and (opening := openings.get(card.key)):
            family = first.setdefault((card.project, opening), card.key)
        group_of[card.key] = family
    return tuple(_first_of(card.key, group_of) for card in cards)


def _first_of(key: int, group_of: Mapping[int, int]) -> int:
    """Where the chain of sub-agents ends, or where one that is broken would repeat itself."""
    seen = {key}
    while (following := group_of[key]) not in seen:
        key = following
        seen.add(key)
    return key
