"""What every block widget is given beside its value."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from memex.window.theme import Palette

MAX_MARKED = 200
"""Matches marked in one view."""


@dataclass(frozen=True, slots=True)
class BlockContext:
    palette: Palette
    matches: re.Pattern[str] | None
    open_session: Callable[[str], None]


def match_pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Any of the words, whatever their case; the longest where several begin alike."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE) if wanted else None
