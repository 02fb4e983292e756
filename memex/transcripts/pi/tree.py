"""Which turns stand on the branch that goes on, and which on branches that the user left."""

from collections.abc import Iterator

from memex.transcripts.draft import TurnDraft
from memex.transcripts.fields import text_of
from memex.transcripts.records import Record


class EntryTree:
    """The branch that goes on is the one that the last entry stands on."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._turns: list[tuple[str, TurnDraft]] = []
        self._leaf = ""

    def add(self, record: Record, turns: list[TurnDraft]) -> None:
        entry = text_of(record.get("id"))
        if entry and "parentId" in record:
            self._parents[entry] = text_of(record.get("parentId"))
            self._turns.extend((entry, turn) for turn in turns)
            self._leaf = entry

    def abandoned(self) -> Iterator[list[TurnDraft]]:
        """Runs of turns on other branches; those whose line of parents is broken are not known to be."""
        active = set(self._ancestry(self._leaf, set()))
        astray: dict[str, bool] = {}
        stretch: list[TurnDraft] = []
        for entry, turn in self._turns:
            if entry in active or not self._meets(entry, active, astray):
                if stretch:
                    yield stretch
                stretch = []
            else:
                stretch.append(turn)
        if stretch:
            yield stretch

    def _ancestry(self, entry: str, stop: set[str]) -> Iterator[str]:
        """The entry and its parents, up to the root, a gap, or one that is in `stop`; cycles end."""
        seen: set[str] = set()
        while entry in self._parents and entry not in seen:
            yield entry
            if entry in stop:
                return
            seen.add(entry)
            entry = self._parents[entry]

    def _meets(self, entry: str, active: set[str], known: dict[str, bool]) -> bool:
        """Whether its parents lead to the branch that goes on; what is found is noted for all on the way."""
        climbed: list[str] = []
        answer = False
        for parent in self._ancestry(entry, active):
            if parent in active or parent in known:
                answer = parent in active or known[parent]
                break
            climbed.append(parent)
        known.update(dict.fromkeys(climbed, answer))
        return answer
