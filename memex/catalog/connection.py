"""Opening catalog.db, and the one place where SQLite's errors become sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from memex.catalog.schema import STEPS, migrate, schema_version
from memex.core.errors import CatalogError, DiskFullError

BUSY_TIMEOUT_SECONDS = 10.0
MAPPED_BYTES = 2**30
"""Of the file, read without copying: a query reads a few thousand pages, and a commit of the job's connection
empties the query connection's own cache."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; creates and migrates the catalog where needed."""
    with catalog_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise CatalogError(
                f"The library folder {path.parent} cannot be made: {cause.strerror}."
            ) from cause
        db = sqlite3.connect(path, BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            version = schema_version(db)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA cache_size = -32000")
            db.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
            if 0 < version < len(STEPS):
                _keep_copy(db, path, version + 1)
            migrate(db)
        except BaseException:
            db.close()
            raise
        return db


def _keep_copy(db: sqlite3.Connection, catalog: Path, step: int) -> None:
    """Of an older library, whole before its first new step; it replaces the copy of an earlier time."""
    copy = catalog.with_stem(f"{catalog.stem}-before-{step}")
    draft = copy.with_suffix(".part")
    try:
        draft.unlink(missing_ok=True)
        with closing(sqlite3.connect(draft)) as target:
            db.backup(target)
        draft.replace(copy)
        for older in catalog.parent.glob(f"{catalog.stem}-before-[0-9]*{catalog.suffix}"):
            if older != copy:
                older.unlink()
    except OSError as cause:
        raise CatalogError(
            f"The library cannot be copied before it is brought up to date ({cause.strerror}): "
            f"check the permissions of {catalog.parent}."
        ) from cause


@contextmanager
def transaction(db: sqlite3.Connection, *, durable: bool = False) -> Iterator[None]:
    """All of the block is committed, or none of it; durable: on the disk itself when it ends.

    What is not durable can be lost in a power cut, the last of it, and nothing is torn.
    """
    if durable:
        db.execute("PRAGMA synchronous = FULL")
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # A full disk makes SQLite roll back by itself.
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
    finally:
        if durable:
            db.execute("PRAGMA synchronous = NORMAL")


@contextmanager
def catalog_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as cause:
        raise _operational(path, str(cause)) from cause
    except sqlite3.DatabaseError as cause:
        raise CatalogError(
            f"The library {path} is damaged ({cause}): move it away, or restore it from a snapshot."
        ) from cause


def _operational(path: Path, text: str) -> CatalogError:
    if "disk is full" in text or "disk I/O" in text:
        return DiskFullError(f"No room left for the library on the disk of {path.parent}: free some space.")
    if "locked" in text:
        return CatalogError(f"Another program keeps {path} locked: close it and try again.")
    if "readonly" in text or "unable to open" in text:
        return CatalogError(f"The library {path} cannot be written: check the folder's permissions.")
    return CatalogError(f"The library {path} could not answer: {text}.")
