"""What is answered about mixes and saved searches."""

from collections.abc import Callable
from functools import partial

from memex.catalog.catalog import Catalog
from memex.engine.mix_messages import (
    DeleteSavedSearch,
    ListSavedSearches,
    Mixed,
    MixReply,
    MixRequests,
    MixSessions,
    RenameSavedSearch,
    SavedSearchChange,
    SavedSearchList,
    SaveSearch,
)
from memex.library.library import Library
from memex.library.mixing.mix import mix


def answer_mix(library: Library, request: MixRequests) -> MixReply | Callable[[], MixReply]:
    """A change is made later, in another thread: it may have to wait for a job that writes."""
    match request:
        case MixSessions(request=wanted):
            with library.searching() as vectors:
                return Mixed(mix(library.reader, vectors, wanted, library.degraded))
        case ListSavedSearches():
            with library.reader.errors():
                return SavedSearchList(library.reader.saved_searches.all())
        case _:
            return partial(_change, library, request)


def _change(library: Library, request: SavedSearchChange) -> SavedSearchList:
    with Catalog(library.paths.catalog) as catalog, catalog.errors():
        with catalog.transaction():
            match request:
                case SaveSearch(search=search):
                    catalog.saved_searches.save(search)
                case RenameSavedSearch(name=name, new_name=new_name):
                    catalog.saved_searches.rename(name, new_name)
                case DeleteSavedSearch(name=name):
                    catalog.saved_searches.delete(name)
        return SavedSearchList(catalog.saved_searches.all())
