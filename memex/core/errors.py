"""Errors that a user can act on.

MemexError
├── SettingsError           settings.json cannot be read
├── TranscriptError         a file is not a transcript, or cannot be read
├── CatalogError            catalog.db cannot be opened or written
│   ├── NewerLibraryError   it was written by a newer Memex
│   └── DiskFullError       no room left
├── ModelError              an embedding model cannot be found, checked or loaded
│   └── ModelMissingError   it is not on this machine, and may be downloaded
├── IndexingError           the vector index refused, failed or is broken
├── EngineError             the engine process is unreachable
│   └── LibraryBusyError    another process holds the library
├── JobCancelledError       the user stopped a job
├── SnapshotError           a snapshot file is damaged, not one, or not to be trusted
├── SessionNotFoundError    no such session in the library
├── EvaluationError         judged queries cannot be read, or mean no session
├── TopologyError           the map cannot be drawn as it was asked for
├── QueryError              the words in the search box cannot be understood
├── MixError                sessions cannot be mixed as they are marked
├── SavedSearchError        a saved search cannot be kept under this name, or is gone
└── ExportError             a session cannot be written where it was asked for
"""


class MemexError(Exception):
    """Its text is one sentence that says what to do; it is shown to the user as it stands."""


class SettingsError(MemexError):
    pass


class TranscriptError(MemexError):
    pass


class CatalogError(MemexError):
    pass


class NewerLibraryError(CatalogError):
    pass


class DiskFullError(CatalogError):
    pass


class ModelError(MemexError):
    pass


class ModelMissingError(ModelError):
    pass


class IndexingError(MemexError):
    pass


class EngineError(MemexError):
    pass


class LibraryBusyError(EngineError):
    pass


class JobCancelledError(MemexError):
    pass


class SnapshotError(MemexError):
    pass


class SessionNotFoundError(MemexError):
    pass


class EvaluationError(MemexError):
    pass


class TopologyError(MemexError):
    pass


class QueryError(MemexError):
    pass


class MixError(MemexError):
    pass


class SavedSearchError(MemexError):
    pass


class ExportError(MemexError):
    pass
