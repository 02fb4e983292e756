"""What each kind of job does to the library."""

from pathlib import Path

from memex.core.errors import JobCancelledError
from memex.core.library import Progress, Stage
from memex.engine.index_messages import CompareGenerations, DropGeneration, Reembed, Reindex, RollBack
from memex.engine.index_work import do_to_indexes
from memex.engine.protocol import (
    ExamineLibrary,
    ExportSnapshot,
    FetchModel,
    ForgetSessions,
    ImportSnapshot,
    Indexed,
    Job,
    JobOutcome,
    LibraryExamined,
    Moved,
    MoveIndex,
    SessionsForgotten,
    SnapshotExported,
    SnapshotImported,
    SnapshotJob,
    SnapshotVerified,
    StartIndexing,
    VerifySnapshot,
)
from memex.library.doctor import examine
from memex.library.forgetting import families, forget
from memex.library.library import Library
from memex.library.moving import Move
from memex.library.progress import Tell
from memex.library.refresh import Refresh
from memex.library.snapshot.exporting import export_snapshot
from memex.library.snapshot.importing import import_snapshot, verify_snapshot

BESIDE_OTHERS = (ExportSnapshot, VerifySnapshot)
"""Jobs that write nothing to the library: they need not wait for the one under way."""


def do(job: Job, library: Library, tell: Tell) -> JobOutcome:
    """On the calling thread. `tell` may raise `JobCancelledError`."""
    match job:
        case StartIndexing(folders=folders, changed=changed):
            files = None if changed is None else tuple(map(Path, changed))
            return _refresh(Refresh(library, tuple(map(Path, folders)), files), tell)
        case MoveIndex(server=server):
            move = Move(library, server)
            for progress in move.steps():
                tell(progress)
            return Moved(move.report())
        case FetchModel():
            library.open_vectors(lambda done, all_: tell(Progress(Stage.DOWNLOAD, done, all_, "bytes")))
            return _refresh(Refresh(library), tell)
        case ForgetSessions(names=names):
            keys = [card.key for card in families(library.writer, names)]
            return SessionsForgotten(forget(library, keys, tell))
        case ExamineLibrary(repair=repair):
            return LibraryExamined(examine(library, repair=repair, tell=tell))
        case Reindex() | Reembed() | CompareGenerations() | RollBack() | DropGeneration():
            return do_to_indexes(job, library, tell)
        case _:
            return _snapshot(job, library, tell)


def _snapshot(job: SnapshotJob, library: Library, tell: Tell) -> JobOutcome:
    match job:
        case ExportSnapshot(file=file, with_texts=with_texts):
            return SnapshotExported(
                export_snapshot(library.paths, Path(file), with_texts=with_texts, tell=tell)
            )
        case VerifySnapshot(file=file):
            return SnapshotVerified(verify_snapshot(Path(file), library.paths.home, tell))
        case ImportSnapshot():
            return SnapshotImported(
                import_snapshot(
                    library, Path(job.file), replace=job.replace, path_map=job.path_map, tell=tell
                )
            )


def _refresh(refresh: Refresh, tell: Tell) -> Indexed:
    """What was taken in before the user stopped it stays."""
    try:
        for progress in refresh.steps():
            tell(progress)
    except JobCancelledError:
        pass
    return Indexed(refresh.report())
