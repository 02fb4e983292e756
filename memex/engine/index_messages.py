"""What is asked of a library's indexes and models, and what is told of them."""

from msgspec import Struct

from memex.core.indexes import GenerationComparison, GenerationInfo, ReembedReport, ReindexReport


class Reindex(Struct, frozen=True, tag=True):
    """All texts by today's rules, then a new index of the vectors that there are."""


class Reembed(Struct, frozen=True, tag=True):
    """Its fields are those of `memex.library.reembed`. Refreshes run between two of its batches."""

    model: str | None = None
    project: str | None = None
    batch: int = 0
    dry_run: bool = False
    may_download: bool = False
    """The user agreed to the download of a model that is not on this machine."""


class CompareGenerations(Struct, frozen=True, tag=True):
    first: int
    second: int


class RollBack(Struct, frozen=True, tag=True):
    """None: to the newest of the others that are complete."""

    generation: int | None = None


class DropGeneration(Struct, frozen=True, tag=True):
    generation: int


class ListGenerations(Struct, frozen=True, tag=True):
    pass


class RecordOpened(Struct, frozen=True, tag=True):
    """The user opened a session from what a search found."""

    query: str
    session_key: int


IndexJob = Reindex | Reembed | CompareGenerations | RollBack | DropGeneration
IndexRequest = ListGenerations | RecordOpened


class GenerationList(Struct, frozen=True, tag=True):
    """The newest first. Also the outcome of a job that changed which there are."""

    generations: tuple[GenerationInfo, ...]


class Reindexed(Struct, frozen=True, tag=True):
    report: ReindexReport


class Reembedded(Struct, frozen=True, tag=True):
    report: ReembedReport


class GenerationsCompared(Struct, frozen=True, tag=True):
    comparison: GenerationComparison


IndexOutcome = Reindexed | Reembedded | GenerationsCompared | GenerationList
