"""Files that are whole or not there: written beside, renamed, and vouched for by their SHA-256."""

import hashlib
from collections.abc import Callable
from pathlib import Path


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(path: Path) -> bool:
    """Whether the file is, byte for byte, what `write_whole` wrote."""
    try:
        return _record_of(path).read_text("ascii") == sha256_of(path)
    except FileNotFoundError:
        return False


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """`write` is given a draft beside `path`; a crash leaves the old file or one that `is_whole` rejects."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"part-{path.name}")
    write(draft)
    record = _record_of(draft)
    record.write_text(sha256_of(draft), "ascii")
    draft.replace(path)
    record.replace(_record_of(path))


def _record_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")
