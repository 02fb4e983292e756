"""The turns at hand, in pages, and which pages to ask for next."""

from collections import OrderedDict
from collections.abc import Iterable

from memex.core.session import Turn

PAGE = 20
MAX_PAGES = 12
MAX_ASKED = 2
"""Pages on their way at a time, so that dragging over a thousand turns asks no faster than it is answered."""


class TurnCache:
    """Keeps the pages used last. Page n holds the turns from n × `PAGE` on."""

    def __init__(self, count: int = 0) -> None:
        self._count = count
        self._pages: OrderedDict[int, dict[int, Turn]] = OrderedDict()
        self._asked: list[int] = []

    def __len__(self) -> int:
        return sum(len(page) for page in self._pages.values())

    def get(self, index: int) -> Turn | None:
        page = self._pages.get(index // PAGE)
        if page is None:
            return None
        self._pages.move_to_end(index // PAGE)
        return page.get(index)

    def has_page_of(self, index: int) -> bool:
        """True also for a page that came without this turn."""
        return index // PAGE in self._pages

    def put(self, turns: Iterable[Turn]) -> None:
        """Replies come in the order of the questions, so an empty one answers the oldest."""
        numbers: set[int] = set()
        for turn in turns:
            number = turn.index // PAGE
            self._pages.setdefault(number, {})[turn.index] = turn
            numbers.add(number)
        for number in numbers or self._asked[:1]:
            self._pages.setdefault(number, {})
            self._pages.move_to_end(number)
            if number in self._asked:
                self._asked.remove(number)
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)

    def grow(self, first: int, count: int) -> None:
        """The turns from `first` on have changed, and are `count` with those before."""
        self._count = count
        for page in [number for number in self._pages if number >= first // PAGE]:
            del self._pages[page]
        self._asked.clear()

    def forget_asked(self) -> None:
        """What was asked for will not come."""
        self._asked.clear()

    def ask(self, index: int, direction: int) -> list[tuple[int, int]]:
        """(first, count) of the pages to ask for now: the one under `index`, then the next in `direction`."""
        here = index // PAGE
        last = (self._count - 1) // PAGE
        wanted = [here, here + (1 if direction >= 0 else -1)]
        missing = [n for n in wanted if 0 <= n <= last and n not in self._pages and n not in self._asked]
        now = missing[: max(0, MAX_ASKED - len(self._asked))]
        self._asked.extend(now)
        return [(n * PAGE, min(PAGE, self._count - n * PAGE)) for n in now]
