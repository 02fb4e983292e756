"""Sessions forgotten for good: out of the catalog at once, then out of every byte that a deletion leaves.

The user's own transcripts are not touched. Hashes of what was forgotten keep it from coming back.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from uuid import UUID

from memex.catalog.catalog import Catalog
from memex.catalog.erasing import Erased
from memex.catalog.forgotten import session_hash
from memex.core.errors import JobCancelledError, MemexError
from memex.core.library import ForgetReport, Progress, Stage
from memex.core.search import SessionCard
from memex.library.generation_build import GenerationBuild
from memex.library.generations import drop, drop_unknown
from memex.library.library import Library
from memex.library.progress import Tell

log = logging.getLogger(__name__)

STOPPED = "the rest of it was stopped, and is done by the next refresh"
LATER = "it is tried again by each refresh"


def families(catalog: Catalog, names: Iterable[str]) -> list[SessionCard]:
    """The sessions of these names, each with those of its sub-agents. SessionNotFoundError if one is none."""
    with catalog.errors():
        keys = [key for name in names for key in catalog.sessions.family_of(catalog.sessions.resolve(name))]
        return list(catalog.sessions.cards(dict.fromkeys(keys)).values())


def forget(library: Library, keys: Sequence[int], tell: Tell) -> ForgetReport:
    """Where erasing fails or is stopped, the sessions are gone all the same; the report says what is left."""
    started = time.perf_counter()
    erased = take_out(library, keys)
    remains = None
    try:
        for progress in erase_traces(library):
            tell(progress)
    except JobCancelledError:
        remains = f"Deleted text may still be on the disk: {STOPPED}."
    except MemexError as error:
        remains = f"Deleted text may still be on the disk, and {LATER}: {error}"
    seconds = round(time.perf_counter() - started, 3)
    return ForgetReport(erased.sessions, erased.copies, erased.shared, remains, seconds)


def take_out(library: Library, keys: Sequence[int]) -> Erased:
    """Nothing lists, finds or opens them from now on."""
    catalog, side = library.writer, library.vectors
    with catalog.errors():
        if side and (points := catalog.generations.keys_of(side.generation, (), keys)):
            try:
                side.index.delete(UUID(int=number) for number in points)
                side.index.flush()
            except MemexError as error:
                log.warning("the index still holds what was forgotten: %s", error)
        with catalog.transaction(durable=True):
            erased = catalog.erase(keys)
    library.growing.forget()
    library.content_changed()
    return erased


def forget_hidden(library: Library) -> Iterator[Progress]:
    """Part of a job: what was hidden before the library was opened, and traces that an earlier run left."""
    hidden, library.left_hidden = library.left_hidden, ()
    try:
        if keys := set(hidden) & set(library.writer.hidden.keys()):
            families = {each for key in keys for each in library.writer.sessions.family_of(key)}
            take_out(library, sorted(families))
        if library.writer.forgotten.leaves_traces():
            yield from erase_traces(library)
    except JobCancelledError:
        raise
    except MemexError as error:
        log.warning("traces of forgotten sessions are left, and %s: %s", LATER, error)


def erase_traces(library: Library) -> Iterator[Progress]:
    """An index marks its points as deleted, SQLite its rows: both are written anew without them."""
    yield Progress(Stage.ERASE, 0, 3, "parts")
    yield from _without_old_generations(library)
    yield Progress(Stage.ERASE, 1, 3, "parts")
    catalog = library.writer
    with catalog.errors():
        catalog.overwrite_remains()
        for path in library.paths.all_before():
            path.unlink(missing_ok=True)
        _empty_log(library)
        yield Progress(Stage.ERASE, 2, 3, "parts")
        with catalog.transaction(durable=True):
            catalog.forgotten.mark_erased()
    yield Progress(Stage.ERASE, 3, 3, "parts")


def without_forgotten(copy: Catalog, ours: Catalog) -> None:
    """Another library's catalog, before it is taken in: what was forgotten here does not come back by it."""
    forgotten = ours.forgotten.hashes()
    keys = [key for key, agent, name in copy.sessions.names() if session_hash(agent, name) in forgotten]
    with copy.errors(), copy.transaction():
        copy.hidden.unhide(copy.hidden.keys())
        families = {each for key in keys for each in copy.sessions.family_of(key)}
        copy.erase(sorted(families))
        copy.forgotten.add(forgotten, is_erased=True)
        copy.forgotten.mark_erased()


def _without_old_generations(library: Library) -> Iterator[Progress]:
    """The next one is built beside; without a model there is none to build, and all go."""
    store, catalog = library.store, library.writer
    if not store.kept():
        return
    if library.vectors is None:
        library.open_vectors()
    if library.vectors:
        yield from GenerationBuild(library, library.vectors.embedder).steps()
    used = library.vectors.generation.id if library.vectors else None
    for generation in catalog.generations.all():
        if generation.id != used:
            drop(store, catalog, generation)
    drop_unknown(store, catalog)


def _empty_log(library: Library) -> None:
    """It names files, and may quote them. Other processes go on writing to its end."""
    try:
        with closing(library.paths.log.open("r+b")) as file:
            file.truncate(0)
    except FileNotFoundError:
        pass
