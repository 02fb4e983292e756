"""One connection to a library's catalog, and the stores that share it."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from memex.catalog.archive import Archive
from memex.catalog.checkup import Checkup
from memex.catalog.connection import catalog_errors, connect, transaction
from memex.catalog.copies import replace_content
from memex.catalog.erasing import Erased, erase_sessions, overwrite_remains
from memex.catalog.facets import Facets
from memex.catalog.forgotten import Forgotten, Hidden
from memex.catalog.fulltext import FullText
from memex.catalog.generations import Generations
from memex.catalog.index_failures import IndexFailures
from memex.catalog.lens_texts import LensTexts, Vectors
from memex.catalog.merging import Merged, merge
from memex.catalog.opened_results import OpenedResults
from memex.catalog.saved_searches import SavedSearches
from memex.catalog.sessions import Sessions
from memex.catalog.sources import Sources
from memex.catalog.traits import Traits


class Catalog:
    """Not to be shared by threads that work at the same time: each opens its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = connect(path)
        self.sources = Sources(self._db)
        self.sessions = Sessions(self._db)
        self.traits = Traits(self._db)
        self.facets = Facets(self._db)
        self.full_text = FullText(self._db)
        self.lens_texts = LensTexts(self._db)
        self.vectors = Vectors(self._db)
        self.archive = Archive(self._db)
        self.saved_searches = SavedSearches(self._db)
        self.generations = Generations(self._db)
        self.forgotten = Forgotten(self._db)
        self.hidden = Hidden(self._db)
        self.index_failures = IndexFailures(self._db)
        self.checkup = Checkup(self._db)
        self.opened_results = OpenedResults(self._db)

    def transaction(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """All of the block is committed, or none of it; durable: for what exists nowhere else."""
        return transaction(self._db, durable=durable)

    def errors(self) -> AbstractContextManager[None]:
        """Within it, SQLite's errors leave as `CatalogError`s with a sentence."""
        return catalog_errors(self.path)

    def erase(self, keys: Collection[int]) -> Erased:
        """Sessions out of every table; they do not come back. What was deleted may leave remains."""
        return erase_sessions(self._db, keys)

    def overwrite_remains(self) -> None:
        """Of all that was deleted: this takes seconds for each 100 MB."""
        overwrite_remains(self._db)

    def merge(self, other: Path) -> Merged:
        """The sessions of another catalog, of the same schema, that are missing here or longer there."""
        return merge(self._db, other)

    def replace_content(self, other: Path) -> None:
        """All that is here becomes what is there, in one step; `other` is of the same schema."""
        replace_content(self._db, other)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> "Catalog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
