"""What the library says of itself: status, progress and reports."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from memex.core.indexes import ReembedProgress

ARCHIVE_NOTICE = (
    "Memex keeps a compressed copy of each transcript, as agents delete theirs: "
    "archive_months in settings.json says for how long (0: not at all)."
)
"""What a first run says."""
EMBEDDED = "embedded"
"""In place of a server's URL: the index is in this library's own folder."""


class Stage(StrEnum):
    DOWNLOAD = "download"
    SCAN = "scan"
    PARSE = "parse"
    EMBED = "embed"
    REEMBED = "reembed"
    REREAD = "reread"
    COMPARE = "compare"
    UPSERT = "upsert"
    BUILD = "build"
    ERASE = "erase"
    EXAMINE = "examine"
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


class Stale(Struct, frozen=True):
    """What a refresh had to leave as it was."""

    what: str
    """`texts` without a vector, or `sessions` that the index has not got."""
    count: int
    reason: str


class IndexReport(Struct, frozen=True):
    files: int = 0
    sessions_before: int = 0
    sessions: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: tuple[FileFailure, ...] = ()
    skipped: tuple[FileFailure, ...] = ()
    """Files that are no transcript of a known agent."""
    texts_embedded: int = 0
    passages_embedded: int = 0
    """Of the texts, those that the content lens is made of."""
    stale: tuple[Stale, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False


class MoveReport(Struct, frozen=True):
    """Of an index that was moved between this library's folder and a server."""

    backend: str
    """As in the status."""
    sessions: int
    """That the index holds."""
    seconds: float = 0.0


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


class Health(StrEnum):
    FINE = "fine"
    DEGRADED = "degraded"
    """Nothing is lost and full text answers, but the vectors do not, or lag behind."""


class RepairQueue(Struct, frozen=True):
    """Sessions that the index could not be given yet; it is tried again by itself."""

    count: int = 0
    oldest: datetime | None = None
    """Since when the first of them waits; None while nothing failed."""
    last_error: str | None = None


class Finding(Struct, frozen=True):
    """Something wrong with the library."""

    check: str
    problem: str
    repair: str
    """What helps."""
    is_repaired: bool = False


class DoctorReport(Struct, frozen=True):
    checked: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def is_healthy(self) -> bool:
        return all(finding.is_repaired for finding in self.findings)


class LibraryStatus(Struct, frozen=True):
    """Counts are of sessions unless the name says otherwise."""

    home: str
    files: int = 0
    sessions: int = 0
    subagents: int = 0
    """Of the sessions, those that another one started; lists leave them out."""
    with_vectors: int = 0
    indexed: int = 0
    sources_gone: int = 0
    """Those whose transcript was not there at the last scan."""
    waiting: int = 0
    texts_waiting: int = 0
    failed: tuple[FileFailure, ...] = ()
    skipped: int = 0
    model: str | None = None
    reembed: ReembedProgress | None = None
    """A change of the embedding model that was begun and has not come to its end."""
    model_advice: str | None = None
    """What to do where the settings name another model than this library's."""
    degraded: str | None = None
    """Why search runs without vectors, in one sentence; None when it does not."""
    model_missing: bool = False
    """The embedding model is not on this machine, and may be downloaded if the user agrees."""
    job: Progress | None = None
    backend: str = EMBEDDED
    """Or the URL of the server that holds the index."""
    health: Health = Health.FINE
    repairs: RepairQueue = RepairQueue()
