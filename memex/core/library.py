"""What the library says of itself: status, progress and reports."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

ARCHIVE_NOTICE = (
    "Memex keeps a compressed copy of each transcript, as agents delete theirs: "
    "archive_months in settings.json says for how long (0: not at all)."
)
"""What a first run says."""


class Stage(StrEnum):
    DOWNLOAD = "download"
    SCAN = "scan"
    PARSE = "parse"
    EMBED = "embed"
    UPSERT = "upsert"
    BUILD = "build"
    ERASE = "erase"
    EXPORT = "export"
    VERIFY = "verify"
    IMPORT = "import"


class Progress(Struct, frozen=True):
    stage: Stage
    done: int
    total: int
    unit: str
    """What is counted: files, texts, sessions, bytes."""
    per_second: float = 0.0
    seconds_left: float | None = None
    paused: bool = False


class FileFailure(Struct, frozen=True):
    path: str
    reason: str


class IndexReport(Struct, frozen=True):
    files: int = 0
    sessions: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: tuple[FileFailure, ...] = ()
    skipped: tuple[FileFailure, ...] = ()
    """Files that are no transcript of a known agent."""
    texts_embedded: int = 0
    seconds: float = 0.0
    cancelled: bool = False


class SnapshotReport(Struct, frozen=True):
    """A snapshot's file."""

    file: str
    bytes: int
    sessions: int
    has_texts: bool
    """Whether transcripts and full text are in it, or metadata, titles and vectors alone."""
    models: tuple[str, ...]
    created_at: datetime


class ImportReport(Struct, frozen=True):
    snapshot: SnapshotReport
    added: int = 0
    """Sessions that the library had not got."""
    replaced: int = 0
    """Sessions of which the snapshot held more."""
    kept: int = 0
    """Sessions that stayed as they were."""
    seconds: float = 0.0


class ForgetReport(Struct, frozen=True):
    sessions: int
    """Those of sub-agents included."""
    copies: int
    """Of transcripts, out of the archive."""
    shared: tuple[str, ...] = ()
    """Transcripts that hold other sessions as well: their copies stay whole."""
    remains: str | None = None
    """Why deleted bytes may still be on the disk, and when they go; None: they are overwritten."""
    seconds: float = 0.0


class LibraryStatus(Struct, frozen=True):
    """Counts are of sessions unless the name says otherwise."""

    home: str
    files: int = 0
    sessions: int = 0
    subagents: int = 0
    """Of the sessions, those that another one started; lists leave them out."""
    with_vectors: int = 0
    indexed: int = 0
    waiting: int = 0
    texts_waiting: int = 0
    failed: tuple[FileFailure, ...] = ()
    skipped: int = 0
    model: str | None = None
    degraded: str | None = None
    """Why search runs without vectors, in one sentence; None when it does not."""
    model_missing: bool = False
    """The embedding model is not on this machine, and may be downloaded if the user agrees."""
    job: Progress | None = None
    backend: str = "embedded"
