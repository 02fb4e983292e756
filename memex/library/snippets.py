"""The few lines of a turn that show why a session was found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from memex.catalog.catalog import Catalog
from memex.catalog.fulltext import CARD_TURN, TurnHit
from memex.catalog.word_forms import HUMP
from memex.core.lenses import Lens
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

    def densest(self, body: str) -> tuple[int, int]:
        """Where the most different words stand within a snippet's length, and how many; 0 without any."""
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
        return start, best


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
    start = max(0, matcher.densest(body)[0] - LEAD)
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
        # The card's own row is what the list shows anyway: its session shows how it began.
        best.setdefault(hit.session, 0 if hit.turn == CARD_TURN else hit.turn)
    turns = [(key, best[key]) for key in keys if key in best]
    bodies = catalog.full_text.bodies(turns)
    return {key: snippet(turn, bodies[key, turn], matcher) for key, turn in turns if (key, turn) in bodies}


def passage_snippets(
    catalog: Catalog, nearest: Mapping[int, int], keys: Iterable[int], matcher: Matcher
) -> dict[int, Snippet]:
    """Session → its content passage of the ordinal given by `nearest`."""
    found = {}
    for key in keys:
        if key in nearest:
            text = catalog.lens_texts.one(key, Lens.CONTENT, nearest[key])
            found[key] = snippet(text.first_turn, text.body, matcher)
    return found
