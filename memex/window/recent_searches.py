"""The searches that led somewhere, the newest first, each once."""

MOST = 20


class RecentSearches:
    def __init__(self) -> None:
        self.searches: tuple[str, ...] = ()

    def add(self, text: str) -> None:
        if text:
            others = tuple(search for search in self.searches if search != text)
            self.searches = (text, *others)[:MOST]
