"""What every block widget is given beside its value."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from memex.window.replay.asking import Ask, ask_nobody
from memex.window.theme import Palette

LEAST_MARKED, SHORT = 2, 3
"""Characters: a letter alone would be marked everywhere, and `no` in every `not` and `note`."""
MAX_MARKED = 200
"""Matches marked in one view."""


@dataclass(slots=True)
class Choices:
    """What the user chose for every turn of the pane."""

    is_side_by_side: bool = False


@dataclass(frozen=True, slots=True)
class BlockContext:
    palette: Palette
    matches: re.Pattern[str] | None
    open_session: Callable[[str], None]
    go_to_turn: Callable[[int], None]
    session_key: int = 0
    turn: int = 0
    ask: Ask = ask_nobody
    choices: Choices = field(default_factory=Choices)
    depth: int = 0
    """How many sessions this turn is nested in."""

    def nested(self, session_key: int, turn: int) -> "BlockContext":
        """For a turn of a sub-agent's session; its links to turns lead nowhere in the list at the left."""
        return replace(self, session_key=session_key, turn=turn, depth=self.depth + 1, go_to_turn=_stay)


def _stay(turn: int) -> None:
    """The turn is not one of the session at the left."""


def match_pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Any of the words, whatever their case and, of those that are not short, their ending.

    The longest comes first where several begin alike.
    """
    wanted = sorted({word for word in words if len(word.strip()) >= LEAST_MARKED}, key=len, reverse=True)
    forms = (re.escape(word) + ("" if len(word) > SHORT else r"(?![^\W_])") for word in wanted)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})", re.IGNORECASE) if wanted else None
