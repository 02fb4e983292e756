"""Whole catalogs: copied while they are written to, emptied of texts, and checked before they are trusted."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import msgspec
from msgspec import Struct

from memex.catalog.connection import catalog_errors
from memex.catalog.schema import STEPS, migrate
from memex.core.errors import CatalogError, NewerLibraryError
from memex.core.models import ModelSignature

PAGES_A_STEP = 1_000
KEPT_WITHOUT_TEXTS = {"session", "lens_text", "model", "vector"}
"""Of a copy without texts; every other table is emptied, so that a table added later gives nothing away."""

OnPages = Callable[[int, int], None]
"""Told the pages done and in all; may raise to stop."""


def back_up(source: Path, target: Path, on_pages: OnPages) -> None:
    """By SQLite's online backup, of one moment: those who write the source meanwhile are not in it."""
    with catalog_errors(source), closing(_read_only(source)) as db, closing(sqlite3.connect(target)) as copy:
        db.execute("BEGIN")
        # Without a read transaction of its own, a backup begins again whenever somebody writes.
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        db.backup(
            copy, pages=PAGES_A_STEP, progress=lambda _, left, total: on_pages(total - left, total), sleep=0
        )


def without_texts(source: Path, target: Path) -> None:
    """A copy with the metadata, titles and vectors alone; the source is emptied on the way."""
    with catalog_errors(source), closing(sqlite3.connect(source, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        for table in _tables_with_rows(db):
            if table not in KEPT_WITHOUT_TEXTS:
                db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE lens_text SET body = ''")
        # A new file: pages that were freed still hold what they held.
        db.execute("VACUUM INTO ?", (str(target),))


def without_what_stays(path: Path) -> None:
    """The index stays on its machine, as do what the catalog says of it and what was searched and opened."""
    with catalog_errors(path), closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute("DELETE FROM opened_result")
        db.execute("DELETE FROM indexed")
        db.execute("DELETE FROM generation")
        db.execute("DELETE FROM index_failure")


def bring_up_to_date(path: Path) -> None:
    """A catalog that is a copy itself, so that none is kept of it."""
    with catalog_errors(path), closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db)


class Contents(Struct, frozen=True):
    schema: int
    counts: dict[str, int]
    """Rows by table."""
    models: tuple[ModelSignature, ...]


def check_untrusted(path: Path) -> Contents:
    """What it holds. Raises `CatalogError` unless it is a sound catalog with our tables and no others."""
    with catalog_errors(path), closing(_unchanging(path)) as db:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > len(STEPS):
            raise NewerLibraryError("It was written by a newer Memex: update Memex to open it.")
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as ours:
            migrate(ours, version)
            if _schema(db) != _schema(ours):
                raise CatalogError("Its tables are not those of a Memex library.")
        ((answer,),) = db.execute("PRAGMA integrity_check(1)").fetchall()
        if answer != "ok" or db.execute("PRAGMA foreign_key_check").fetchone():
            raise CatalogError("Its tables are damaged.")
        return Contents(version, _counts(db), _models(db))


def _models(db: sqlite3.Connection) -> tuple[ModelSignature, ...]:
    models = []
    for key, signature in db.execute("SELECT key, signature FROM model ORDER BY key").fetchall():
        try:
            model = msgspec.json.decode(signature, type=ModelSignature)
        except msgspec.MsgspecError as cause:
            raise CatalogError(f"Its model {key} is not described as a model is.") from cause
        (wrong,) = db.execute(
            "SELECT count(*) FROM vector WHERE model = ? AND length(float32) <> ?", (key, 4 * model.dimension)
        ).fetchone()
        if wrong or model.key != key:
            raise CatalogError(f"Its vectors of {key} are not of that model.")
        models.append(model)
    return tuple(models)


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    tables = _tables_with_rows(db)
    return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def replace_content(target: sqlite3.Connection, source: Path) -> None:
    """All of the catalog becomes the source's, in one step that a crash undoes."""
    with closing(_unchanging(source)) as db:
        db.backup(target)


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{_uri(path)}?mode=ro", uri=True, isolation_level=None)


def _unchanging(path: Path) -> sqlite3.Connection:
    """Of a file that nobody writes: nothing is put beside it."""
    return sqlite3.connect(f"{_uri(path)}?mode=ro&immutable=1", uri=True, isolation_level=None)


def _uri(path: Path) -> str:
    return f"file:{quote(str(path.resolve()))}"


def _schema(db: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    return set(db.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"))


def _tables_with_rows(db: sqlite3.Connection) -> list[str]:
    """Neither the tables that a virtual one keeps for itself, nor those that only show another's rows."""
    virtual: dict[str, str] = dict(
        db.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
    )
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    shadows = {name for name in names for owner in virtual if name.startswith(f"{owner}_")}
    views = {name for name, sql in virtual.items() if "fts5vocab" in sql.lower()}
    return [name for name in names if name not in shadows | views and not name.startswith("sqlite_")]
