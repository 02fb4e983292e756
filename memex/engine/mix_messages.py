"""What an engine and its clients say of Mix & Match and of saved searches; a part of the protocol."""

from msgspec import Struct

from memex.core.mixing import Mix, MixRequest, SavedSearch


class MixSessions(Struct, frozen=True, tag=True):
    request: MixRequest


class ListSavedSearches(Struct, frozen=True, tag=True):
    pass


class SaveSearch(Struct, frozen=True, tag=True):
    """In place of what had its name before."""

    search: SavedSearch


class RenameSavedSearch(Struct, frozen=True, tag=True):
    name: str
    new_name: str


class DeleteSavedSearch(Struct, frozen=True, tag=True):
    name: str


SavedSearchChange = SaveSearch | RenameSavedSearch | DeleteSavedSearch
MixRequests = MixSessions | ListSavedSearches | SavedSearchChange


class Mixed(Struct, frozen=True, tag=True):
    mix: Mix


class SavedSearchList(Struct, frozen=True, tag=True):
    """All of them, as they are after the change that was asked for."""

    searches: tuple[SavedSearch, ...]


MixReply = Mixed | SavedSearchList
