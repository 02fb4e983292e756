"""What every block widget is given beside its value."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from memex.window.theme import Palette

LEAST_MARKED, SHORT = 2, 3
"""Characters: a letter alone would be marked everywhere, and `no` in every `not` and `note`."""
MAX_MARKED = 200
"""Matches marked in one view."""


@dataclass(frozen=True, slots=True)
class BlockContext:
    palette: Palette
    matches: re.Pattern[str] | None
    open_session: Callable[[str], None]


def match_pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Any of the words, whatever their case and, of those that are not short, their ending.

    The longest comes first where several begin alike.
    """
    wanted = sorted({word for word in words if len(word.strip()) >= LEAST_MARKED}, key=len, reverse=True)
    forms = (re.escape(word) + ("" if len(word) > SHORT else r"(?![^\W_])") for word in wanted)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})", re.IGNORECASE) if wanted else None
