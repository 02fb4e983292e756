"""A snapshot's sessions into a library: verified whole before anything here changes."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from memex.catalog.catalog import Catalog
from memex.catalog.copies import back_up, bring_up_to_date, check_untrusted
from memex.catalog.merging import map_paths
from memex.core.errors import CatalogError, MemexError, SnapshotError
from memex.core.library import ImportReport, SnapshotReport, Stage
from memex.index.errors import IndexUnreachableError
from memex.library.embedders import open_wanted_embedder
from memex.library.forgetting import without_forgotten
from memex.library.generation_build import GenerationBuild
from memex.library.library import Library
from memex.library.progress import Pace, Tell
from memex.library.snapshot.container import CATALOG, Manifest, read_container
from memex.library.snapshot.exporting import report_of


def verify_snapshot(file: Path, home: Path, tell: Tell) -> SnapshotReport:
    """Unpacks it below `home` to see that all is as its manifest says; SnapshotError where it is not."""
    with _unpacked(file, home, tell) as (_, manifest):
        return report_of(file, manifest)


def import_snapshot(
    library: Library, file: Path, *, replace: bool, path_map: Mapping[str, str], tell: Tell
) -> ImportReport:
    """Merges, or replaces all that the library holds; the index is then built anew beside the old one.

    Until the new index is in use the library before stays in a file, and is put back if building fails.
    """
    started = time.perf_counter()
    with _unpacked(file, library.paths.home, tell) as (copy, manifest):
        _make_ours(library, copy, path_map)
        before = library.paths.before_import
        pages = Pace(Stage.IMPORT, 0, "pages")
        back_up(library.paths.catalog, before, lambda done, total: tell(pages.of(done, total)))
        added, replaced, kept = _take(library, copy, replace)
        try:
            _rebuild(library, tell)
        except BaseException:
            with library.writer.errors():
                library.writer.replace_content(before)
            library.content_changed()
            raise
        finally:
            before.unlink(missing_ok=True)
    seconds = round(time.perf_counter() - started, 3)
    return ImportReport(report_of(file, manifest), added, replaced, kept, seconds)


def _take(library: Library, copy: Path, replace: bool) -> tuple[int, int, int]:
    catalog = library.writer
    with catalog.errors():
        if replace:
            gone = catalog.sessions.count()
            catalog.replace_content(copy)
            added, replaced, kept = catalog.sessions.count(), gone, 0
        else:
            merged = catalog.merge(copy)
            added, replaced, kept = merged.added, merged.replaced, merged.kept
    library.content_changed()
    return added, replaced, kept


def _rebuild(library: Library, tell: Tell) -> None:
    """Without the model of the vectors full text answers, and the index follows once there is one."""
    model = library.writer.vectors.wanted()
    if model is None:
        return
    side = library.vectors
    if side is None or side.model != model:
        try:
            embedder = open_wanted_embedder(library.paths, library.settings, library.writer)
        except MemexError as error:
            library.degraded = str(error)
            return
    else:
        embedder = side.embedder
    try:
        for progress in GenerationBuild(library, embedder).steps():
            tell(progress)
    except IndexUnreachableError as error:
        library.go_without_index(embedder, error)


def _make_ours(library: Library, copy: Path, path_map: Mapping[str, str]) -> None:
    bring_up_to_date(copy)
    with Catalog(copy) as theirs:
        without_forgotten(theirs, library.writer)
    if path_map:
        map_paths(copy, path_map)


@contextmanager
def _unpacked(file: Path, home: Path, tell: Tell) -> Iterator[tuple[Path, Manifest]]:
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="snapshot-", dir=home) as name:
        folder = Path(name)
        pace = Pace(Stage.VERIFY, 0, "bytes")
        manifest = read_container(file, folder, lambda done, total: tell(pace.of(done, total)))
        try:
            held = check_untrusted(folder / CATALOG)
        except CatalogError as cause:
            raise SnapshotError(f"{file.name} is not opened: {cause}") from cause
        if (held.schema, held.counts, held.models) != (manifest.schema, manifest.counts, manifest.models):
            raise SnapshotError(f"{file.name} is not opened: it holds something else than its manifest says.")
        yield folder / CATALOG, manifest
