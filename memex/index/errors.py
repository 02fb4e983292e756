"""What can go wrong with the vector index, by what the library does about it.

IndexingError (memex.core.errors)     try again, or give up on this call
├── RefusedPointError                 leave this session out and say so; the index is untouched
├── PlanError                         a query plan is malformed: a bug of whoever wrote the plan
├── BrokenIndexError                  the engine crashed: drop this handle, reopen or rebuild the generation
├── StaleGenerationError              another shape or engine wrote this generation, or it is gone: rebuild it
└── IndexUnreachableError             the server is down, slow, not itself or closed: go on without, try later
"""

from memex.core.errors import IndexingError


class RefusedPointError(IndexingError):
    pass


class PlanError(IndexingError):
    pass


class BrokenIndexError(IndexingError):
    pass


class StaleGenerationError(IndexingError):
    pass


class IndexUnreachableError(IndexingError):
    pass
