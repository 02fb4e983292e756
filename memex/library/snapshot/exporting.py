"""A library into one file, while it is worked on."""

import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from memex.catalog.copies import back_up, check_untrusted, without_texts, without_what_stays
from memex.core.errors import SnapshotError
from memex.core.library import SnapshotReport, Stage
from memex.core.paths import LibraryPaths
from memex.library.progress import Pace, Tell
from memex.library.snapshot.container import CATALOG, FORMAT, Manifest, part_of, write_container


def export_snapshot(paths: LibraryPaths, file: Path, *, with_texts: bool, tell: Tell) -> SnapshotReport:
    """Of the moment at which it begins. Needs no lock: SQLite gives a consistent copy beside any writer.

    Without texts there are metadata, titles and vectors alone. With them there is everything that the archive
    holds, secrets that transcripts quoted included.
    """
    if not paths.catalog.exists():
        raise SnapshotError(f"There is no library in {paths.home} yet: index your sessions first.")
    with tempfile.TemporaryDirectory(prefix="snapshot-", dir=paths.home) as name:
        folder = Path(name)
        manifest = _prepare(paths, folder, with_texts, tell)
        (part,) = manifest.parts
        pace = Pace(Stage.EXPORT, part.size, "bytes")
        write_container(file, manifest, folder, lambda done, _: tell(pace.at(done)))
    return report_of(file, manifest)


def report_of(file: Path, manifest: Manifest) -> SnapshotReport:
    return SnapshotReport(
        str(file),
        file.stat().st_size,
        manifest.counts.get("session", 0),
        manifest.has_texts,
        tuple(model.key for model in manifest.models),
        manifest.created_at,
    )


def _prepare(paths: LibraryPaths, folder: Path, with_texts: bool, tell: Tell) -> Manifest:
    """The parts in `folder`, and what the manifest says of them."""
    copy, whole = folder / CATALOG, folder / "whole.db"
    pages = Pace(Stage.EXPORT, 0, "pages")
    back_up(paths.catalog, whole, lambda done, total: tell(pages.of(done, total)))
    without_what_stays(whole)
    if with_texts:
        whole.replace(copy)
    else:
        without_texts(whole, copy)
        whole.unlink()
    held = check_untrusted(copy)
    return Manifest(
        FORMAT,
        version("memex"),
        held.schema,
        datetime.now(UTC),
        with_texts,
        held.counts,
        held.models,
        (part_of(copy),),
    )
