"""A file written whole or not at all."""

import os
import secrets
from pathlib import Path

from memex.catalog.catalog import Catalog
from memex.core.errors import ExportError


def check_place(catalog: Catalog, path: Path, *, overwrite: bool) -> None:
    """Before the work is done: a place that will not do is told at once."""
    if path.is_dir():
        raise ExportError(f"{path} is a folder: name a file in it.")
    if catalog.sources.size_of(str(path.resolve())) is not None:
        raise ExportError(f"{path} is a transcript, which Memex never writes to: name another file.")
    if not path.parent.is_dir():
        raise ExportError(f"The folder {path.parent} does not exist: make it first, or name another.")
    if not overwrite:
        refuse_existing(path)


def refuse_existing(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise ExportError(f"{path} exists already: name another file, or allow it to be replaced.")


def write_whole(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Beside it first, then in its place, so that what was there before is lost only to a whole file."""
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        try:
            with beside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if not overwrite:
                refuse_existing(path)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as cause:
        raise ExportError(f"{path} cannot be written: {cause.strerror}.") from cause
