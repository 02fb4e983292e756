"""What may be wrong with a library, each in a sentence, and its repair where nothing is lost by it."""

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from memex.core.errors import IndexingError, MemexError
from memex.core.library import DoctorReport, Finding, Progress, Stage
from memex.core.paths import LibraryPaths
from memex.embedding.whole_files import is_whole
from memex.library.generations import drop, drop_unknown
from memex.library.library import Library
from memex.library.progress import Tell

LEFTOVERS = ("snapshot-*", "*.part", "*.tmp", "catalog-before-import.db", "models/*/part-*")
LEFT = 3_600
"""Seconds after which nobody works on a temporary file any more."""
LEAST_ROOM = 500_000_000
"""Bytes, beside as many as the catalog has."""


@dataclass(frozen=True, slots=True)
class Fault:
    problem: str
    repair: str
    """What would help, as a sentence."""
    fix: Callable[[], object] | None = None


Check = Callable[[Library], Iterator[Fault]]


def examine(library: Library, *, repair: bool, tell: Tell) -> DoctorReport:
    started = time.perf_counter()
    findings: list[Finding] = []
    for number, (name, check) in enumerate(CHECKS.items()):
        tell(Progress(Stage.EXAMINE, number, len(CHECKS), "checks"))
        with library.writer.errors():
            findings += [_finding(name, fault, repair) for fault in check(library)]
    return DoctorReport(tuple(CHECKS), tuple(findings), round(time.perf_counter() - started, 3))


def examine_closed(paths: LibraryPaths, failure: MemexError) -> DoctorReport:
    """Where the library cannot be opened; nothing is moved or repaired."""
    faults = [
        Fault(
            str(failure),
            f"Move {paths.catalog} away, and import a snapshot or index again: nothing was changed.",
        ),
        *_disk_of(paths),
    ]
    findings = tuple(_finding("opening", fault, repair=False) for fault in faults)
    return DoctorReport(("opening",), findings, 0.0)


def _finding(check: str, fault: Fault, repair: bool) -> Finding:
    if not repair or fault.fix is None:
        return Finding(check, fault.problem, fault.repair)
    try:
        fault.fix()
    except (MemexError, OSError) as error:
        return Finding(check, f"{fault.problem} Its repair failed: {error}", fault.repair)
    return Finding(check, fault.problem, fault.repair, is_repaired=True)


def _damage(library: Library) -> Iterator[Fault]:
    checkup = library.writer.checkup
    damage = checkup.damage()
    if damage.integrity:
        yield Fault(
            f"The catalog is damaged: {damage.integrity[0]}.",
            "Its indexes can be rebuilt; if that does not help, restore it from a snapshot.",
            checkup.rebuild_indexes,
        )
    if damage.foreign_keys:
        yield Fault(
            f"{damage.foreign_keys:,} rows refer to what is not there.",
            "They can be removed.",
            checkup.delete_orphans,
        )
    if not checkup.full_text_is_sound():
        yield Fault(
            "The full text's index does not agree with its texts.",
            "It can be built anew from them.",
            checkup.rebuild_full_text,
        )


def _schema(library: Library) -> Iterator[Fault]:
    if strange := library.writer.checkup.strange_tables():
        yield Fault(
            f"The catalog's tables are not as Memex makes them: {', '.join(strange)}.",
            "Restore the library from a snapshot, or update Memex.",
        )


def _orphans(library: Library) -> Iterator[Fault]:
    checkup = library.writer.checkup
    for kind, count in checkup.orphans().items():
        yield Fault(f"{count:,} {kind} belong to no session.", "They can be removed.", checkup.delete_orphans)


def _texts(library: Library) -> Iterator[Fault]:
    catalog = library.writer
    if count := catalog.checkup.sessions_without_text():
        yield Fault(
            f"{count:,} sessions are not in the full text.",
            "Their transcripts can be read again by the next `memex index`; "
            "sessions without a transcript cannot.",
            catalog.sources.ask_again,
        )


def _archive(library: Library) -> Iterator[Fault]:
    checkup = library.writer.checkup
    for content_hash, is_damaged in checkup.damaged_copies():
        if is_damaged:
            yield Fault(
                "A copy of a transcript is damaged.",
                "It can be dropped, and made again by the next `memex index` if the transcript is there.",
                lambda content_hash=content_hash: checkup.read_again(content_hash),  # type: ignore[misc]
            )
    if (lost := checkup.lost_transcripts()) and library.settings.archive_months is None:
        yield Fault(
            f"{len(lost):,} transcripts are gone and have no copy, {lost[0]} for one.",
            "They can be found, but not replayed: put them back, or import a snapshot that has them.",
        )


def _generations(library: Library) -> Iterator[Fault]:
    catalog, store = library.writer, library.store
    kept = store.kept()
    here = [each for each in catalog.generations.all() if each.place == store.place]
    for generation in here:
        if generation.id not in kept:
            yield Fault(
                f"The index generation {generation.id} is missing.",
                "It can be struck off: the index is built again from the catalog, without the model.",
                lambda generation=generation: drop(store, catalog, generation),  # type: ignore[misc]
            )
    if unknown := kept - {each.id for each in here}:
        yield Fault(
            f"{len(unknown):,} index generations are there that the catalog does not know.",
            "They can be removed.",
            lambda: drop_unknown(store, catalog),
        )


def _index(library: Library) -> Iterator[Fault]:
    side = library.vectors
    if side is None:
        return
    recorded = library.writer.generations.count(side.generation)
    try:
        held = side.index.count()
    except IndexingError as error:
        yield Fault(f"The index does not answer: {error}", "It can be built again.", library.rebuild_index)
        return
    if held != recorded:
        yield Fault(
            f"The index holds {held:,} sessions, the catalog says {recorded:,}.",
            "It can be built again from the catalog, without the model.",
            library.rebuild_index,
        )


def _forgotten(library: Library) -> Iterator[Fault]:
    catalog = library.writer
    if library.left_hidden or catalog.forgotten.leaves_traces():
        yield Fault("Forgotten sessions may have left traces.", "The next `memex index` erases them.")


def _engine_address(library: Library) -> Iterator[Fault]:
    """Whoever runs this holds the library's lock, so an address of another process is a dead one's."""
    file = library.paths.engine_address
    try:
        pid = msgspec.json.decode(file.read_bytes(), type=dict[str, object]).get("pid")
    except FileNotFoundError:
        return
    except (OSError, msgspec.MsgspecError):
        pid = None
    if pid != os.getpid():
        yield Fault("An engine that is gone left its address.", "It can be removed.", file.unlink)


def _leftovers(library: Library) -> Iterator[Fault]:
    before = time.time() - LEFT
    for pattern in LEFTOVERS:
        for path in library.paths.home.glob(pattern):
            if path.lstat().st_mtime < before:
                yield Fault(
                    f"{path} was left by something that was cut short.",
                    "It can be removed.",
                    lambda path=path: _remove(path),  # type: ignore[misc]
                )


def _model(library: Library) -> Iterator[Fault]:
    for record in library.paths.models.glob("*/*.sha256"):
        file = record.with_suffix("")
        if not record.name.startswith("part-") and not is_whole(file):
            yield Fault(
                f"The model's file {file} is damaged or missing.",
                "It can be dropped, and is prepared again from the weights when it is needed.",
                record.unlink,
            )


def _disk(library: Library) -> Iterator[Fault]:
    yield from _disk_of(library.paths)


def _disk_of(paths: LibraryPaths) -> Iterator[Fault]:
    size = paths.catalog.stat().st_size if paths.catalog.exists() else 0
    free = shutil.disk_usage(paths.home).free
    if free < LEAST_ROOM + size:
        yield Fault(
            f"There are {free / 1e6:,.0f} MB left on the disk of {paths.home}.",
            f"Free {(LEAST_ROOM + size - free) / 1e6:,.0f} MB: building an index or forgetting needs room.",
        )
    if os.name == "posix" and (open_to := stat.S_IMODE(paths.home.stat().st_mode) & 0o077):
        yield Fault(
            f"Other users of this machine may look into {paths.home} (mode {0o700 | open_to:o}).",
            "It can be closed to them.",
            lambda: paths.home.chmod(0o700),
        )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


CHECKS: dict[str, Check] = {
    "catalog": _damage,
    "schema": _schema,
    "orphans": _orphans,
    "full text": _texts,
    "archive": _archive,
    "generations": _generations,
    "index": _index,
    "forgotten": _forgotten,
    "engine": _engine_address,
    "leftovers": _leftovers,
    "model": _model,
    "disk": _disk,
}
