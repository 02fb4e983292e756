"""What each kind of job does to the library's indexes and models."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress

from memex.core.errors import JobCancelledError
from memex.core.library import Progress, Stage
from memex.engine.index_messages import (
    CompareGenerations,
    DropGeneration,
    GenerationList,
    GenerationsCompared,
    IndexJob,
    IndexOutcome,
    Reembed,
    Reembedded,
    Reindex,
    Reindexed,
    RollBack,
)
from memex.library import reembed, reindex
from memex.library.generation_comparison import Comparison
from memex.library.generation_history import drop_generation, list_generations, roll_back
from memex.library.library import Library
from memex.library.progress import Tell


def do_to_indexes(job: IndexJob, library: Library, tell: Tell) -> IndexOutcome:
    """On the calling thread. `tell` may raise `JobCancelledError`."""
    match job:
        case Reindex():
            rebuilding = reindex.Reindex(library)
            _until_cancelled(rebuilding.steps, tell)
            return Reindexed(rebuilding.report())
        case Reembed():
            changing = _reembed(job, library, tell)
            _until_cancelled(changing.steps, tell)
            return Reembedded(changing.report())
        case CompareGenerations(first=first, second=second):
            comparison = Comparison(library, first, second)
            for progress in comparison.steps():
                tell(progress)
            return GenerationsCompared(comparison.report())
        case RollBack(generation=generation):
            roll_back(library, generation)
        case DropGeneration(generation=generation):
            drop_generation(library, generation)
    return GenerationList(list_generations(library.writer, library.store))


def _reembed(job: Reembed, library: Library, tell: Tell) -> reembed.Reembed:
    def on_download(done: int, total: int) -> None:
        tell(Progress(Stage.DOWNLOAD, done, total, "bytes"))

    return reembed.Reembed(
        library,
        job.model,
        project=job.project,
        batch=job.batch,
        dry_run=job.dry_run,
        on_download=on_download if job.may_download else None,
    )


def _until_cancelled(steps: Callable[[], Iterator[Progress]], tell: Tell) -> None:
    """What was done before the user stopped it stays."""
    with suppress(JobCancelledError), closing(steps()) as running:  # type: ignore[type-var]
        for progress in running:
            tell(progress)
