"""The few lines of a turn that show why a session was found."""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.catalog.fulltext import CARD_TURN, TurnHit
from memex.catalog.word_forms import HUMP
from memex.core.lenses import Lens
from memex.core.models import ModelSignature
from memex.core.search import Snippet

LENGTH = 220
LEAD = 40
"""Characters shown before the first match."""
LONGEST_SEARCHED = 100_000
SHORT = 3
MOST_PLACES = 40
"""Of one word, that are weighed against each other."""
SPACE = re.compile(r"\s+")


class Matcher:
    """Finds words in a text, whatever separates their parts: `getUserData` also as `get_user_data`."""

    def __init__(self, words: Iterable[str]) -> None:
        self._needles: list[tuple[str, ...]] = []
        forms = []
        for word in sorted(set(words), key=len, reverse=True):
            parts = HUMP.findall(word) if word.isascii() else []
            written = {word, "".join(parts), "_".join(parts)} - {""}
            self._needles.append(tuple(form.lower() for form in written))
            form = r"[\W_]?".join(map(re.escape, parts)) if len(parts) > 1 else re.escape(word)
            # A short word is marked where it stands alone: “no” is not what was found in “now”.
            forms.append(form if len(word) > SHORT else rf"{form}(?![^\W_])")
        self._pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})", re.IGNORECASE) if forms else None

    def marks(self, text: str) -> tuple[tuple[int, int], ...]:
        return tuple(match.span() for match in self._pattern.finditer(text)) if self._pattern else ()

    def densest(self, body: str) -> int:
        """Where the most different words stand within a snippet's length; 0 without any."""
        lowered = body.lower()
        found = sorted(
            (place, number)
            for number, needles in enumerate(self._needles)
            for needle in needles
            for place in _places(lowered, needle)
        )
        best, start = 0, 0
        for i, (place, _) in enumerate(found):
            near = {number for at, number in found[i : i + 16] if at < place + LENGTH - LEAD}
            if len(near) > best:
                best, start = len(near), place
        return start


def _places(text: str, needle: str) -> Iterator[int]:
    place = text.find(needle)
    for _ in range(MOST_PLACES):
        if place < 0:
            return
        yield place
        place = text.find(needle, place + 1)


def snippet(turn: int, body: str, matcher: Matcher) -> Snippet:
    """Around the place where the most different words stand together; else the beginning."""
    body = body[:LONGEST_SEARCHED]
    start = max(0, matcher.densest(body) - LEAD)
    text = SPACE.sub(" ", body[start : start + LENGTH]).strip()
    if start:
        text = f"…{text.split(' ', 1)[-1]}"
    return Snippet(turn, text, matcher.marks(text))


def word_snippets(
    catalog: Catalog, hits: Sequence[TurnHit], keys: Iterable[int], matcher: Matcher
) -> dict[int, Snippet]:
    """Session → its best turn by words, for those of the sessions that have one."""
    best: dict[int, int] = {}
    for hit in hits:
        best.setdefault(hit.session, hit.turn)
    # The card's own row is what the list shows anyway: its session shows how it began.
    shown = {key: 0 if turn == CARD_TURN else turn for key, turn in best.items()}
    bodies = catalog.full_text.bodies((key, shown[key]) for key in keys if key in shown)
    return {key: snippet(turn, body, matcher) for (key, turn), body in bodies.items()}


def passage_snippets(
    catalog: Catalog, model: ModelSignature, query: NDArray[np.float32], keys: Iterable[int], matcher: Matcher
) -> dict[int, Snippet]:
    """Session → its content passage nearest to the query vector."""
    found = {}
    for key, (ordinals, vectors) in catalog.vectors.matrices(model, keys, Lens.CONTENT).items():
        nearest = ordinals[int((vectors @ query).argmax())]
        text = catalog.lens_texts.one(key, Lens.CONTENT, nearest)
        found[key] = snippet(text.first_turn, text.body, matcher)
    return found
