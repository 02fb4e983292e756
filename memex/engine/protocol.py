"""The words that an engine and its clients exchange: tagged structs in MessagePack, one per frame."""

from typing import TypeVar

import msgspec
from msgspec import Struct

from memex.core.filters import Facet, FacetValue, Field, Filters, Order
from memex.core.library import (
    DoctorReport,
    ForgetReport,
    ImportReport,
    IndexReport,
    LibraryStatus,
    MoveReport,
    Progress,
    SnapshotReport,
)
from memex.core.search import LensTable, SearchRequest, SessionCard
from memex.core.settings import QdrantServer
from memex.core.timeline import Timeline
from memex.engine.index_messages import GenerationList, IndexJob, IndexOutcome, IndexRequest
from memex.engine.mix_messages import MixReply, MixRequests
from memex.engine.replay_messages import GetTurns as GetTurns
from memex.engine.replay_messages import OpenSession as OpenSession
from memex.engine.replay_messages import ReplayEvent, ReplayReply, ReplayRequest
from memex.engine.replay_messages import SessionOpened as SessionOpened
from memex.engine.replay_messages import Turns as Turns
from memex.engine.topology_messages import TopologyEvent, TopologyReply, TopologyRequests

PROTOCOL_VERSION = 6


class Search(Struct, frozen=True, tag=True):
    request: SearchRequest


class ListSessions(Struct, frozen=True, tag=True):
    """Without a search. Of `text`, the conditions and what it excludes hold; it need not have words."""

    filters: Filters = Filters()
    limit: int = 200
    offset: int = 0
    order: Order = Order.NEWEST
    text: str = ""


class CountFacets(Struct, frozen=True, tag=True):
    """Of main sessions, under the conditions of `filters` and `text`.

    With `among`, of these sessions only. Those of a table have passed its own conditions already: to count
    what a second value of a field would add, give the keys of the same search without conditions.
    """

    filters: Filters = Filters()
    among: tuple[int, ...] | None = None
    text: str = ""


class CountByTime(Struct, frozen=True, tag=True):
    """Main sessions over time, under the conditions of `text` but for the period that it names."""

    text: str = ""
    most: int = 120
    """Bars at most; longer times are told in larger steps."""


class Complete(Struct, frozen=True, tag=True):
    """What may follow: values of the field, or names of filters. See `core.query_text.unfinished`."""

    field: Field | None
    beginning: str
    limit: int = 20


class GetStatus(Struct, frozen=True, tag=True):
    pass


class StartIndexing(Struct, frozen=True, tag=True):
    """No folders: the agents' own and those of the settings. Queues behind a job that is under way."""

    folders: tuple[str, ...] = ()
    changed: tuple[str, ...] | None = None
    """Look at these files alone, and try an index that failed only when it is due."""


class MoveIndex(Struct, frozen=True, tag=True):
    """To this server; None: to the library's own folder. No model is run."""

    server: QdrantServer | None = None


class FetchModel(Struct, frozen=True, tag=True):
    """The user agreed to the download of the missing model; what waits for it is embedded after."""


class LookAgain(Struct, frozen=True, tag=True):
    """The user is back: look soon for files that have changed, if the settings want that."""


class PauseJob(Struct, frozen=True, tag=True):
    pass


class ResumeJob(Struct, frozen=True, tag=True):
    pass


class CancelJob(Struct, frozen=True, tag=True):
    job: int | None = None
    """None: the job under way and those that wait behind it."""


class ExportSnapshot(Struct, frozen=True, tag=True):
    """Runs beside the job under way."""

    file: str
    with_texts: bool = False


class VerifySnapshot(Struct, frozen=True, tag=True):
    """Runs beside the job under way."""

    file: str


class ImportSnapshot(Struct, frozen=True, tag=True):
    file: str
    replace: bool = False
    """Else its sessions are merged with those that are here."""
    path_map: dict[str, str] = {}
    """Prefix of the other machine's paths → prefix of this one's."""


class ForgetSessions(Struct, frozen=True, tag=True):
    """For good, with those of their sub-agents; `names` as `OpenSession` takes them."""

    names: tuple[str, ...]


class ExamineLibrary(Struct, frozen=True, tag=True):
    repair: bool = False


class FindSessions(Struct, frozen=True, tag=True):
    """What `ForgetSessions` of these names would forget."""

    names: tuple[str, ...]


class HideSessions(Struct, frozen=True, tag=True):
    """No list, search or facet has them from now on; forgotten once the window has been closed."""

    keys: tuple[int, ...]


class UnhideSessions(Struct, frozen=True, tag=True):
    keys: tuple[int, ...]


SnapshotJob = ExportSnapshot | VerifySnapshot | ImportSnapshot
Job = IndexJob | StartIndexing | MoveIndex | FetchModel | ForgetSessions | ExamineLibrary | SnapshotJob
JobControl = Job | LookAgain | PauseJob | ResumeJob | CancelJob
Listing = ListSessions | CountFacets | CountByTime | Complete | FindSessions
Hiding = HideSessions | UnhideSessions
LibraryRequest = Search | IndexRequest | Listing | Hiding | GetStatus | JobControl
Request = LibraryRequest | ReplayRequest | TopologyRequests | MixRequests


class SessionList(Struct, frozen=True, tag=True):
    request: ListSessions | FindSessions
    cards: tuple[SessionCard, ...]
    total: int


class FacetsCounted(Struct, frozen=True, tag=True):
    request: CountFacets
    facets: tuple[Facet, ...]


class CountedByTime(Struct, frozen=True, tag=True):
    request: CountByTime
    timeline: Timeline


class Completions(Struct, frozen=True, tag=True):
    """The most frequent first; a count of 0 where nothing is counted (names of filters)."""

    request: Complete
    values: tuple[FacetValue, ...]


class Searched(Struct, frozen=True, tag=True):
    table: LensTable


class Status(Struct, frozen=True, tag=True):
    status: LibraryStatus


class JobQueued(Struct, frozen=True, tag=True):
    """`job` is the number under which the job's end will be told."""

    job: int


class Done(Struct, frozen=True, tag=True):
    """The request was taken; there is nothing to tell."""


class Failed(Struct, frozen=True, tag=True):
    """`kind` is the name of a `MemexError` class; a bug when there is none of that name."""

    kind: str
    message: str


Listed = GenerationList | SessionList | FacetsCounted | CountedByTime | Completions
Reply = Searched | Listed | Status | JobQueued | Done | Failed | ReplayReply | TopologyReply | MixReply


class JobProgressed(Struct, frozen=True, tag=True):
    progress: Progress


class StatusChanged(Struct, frozen=True, tag=True):
    status: LibraryStatus


class Indexed(Struct, frozen=True, tag=True):
    report: IndexReport


class Moved(Struct, frozen=True, tag=True):
    report: MoveReport


class SnapshotExported(Struct, frozen=True, tag=True):
    report: SnapshotReport


class SnapshotVerified(Struct, frozen=True, tag=True):
    report: SnapshotReport


class SnapshotImported(Struct, frozen=True, tag=True):
    report: ImportReport


class LibraryExamined(Struct, frozen=True, tag=True):
    report: DoctorReport


class SessionsForgotten(Struct, frozen=True, tag=True):
    report: ForgetReport


SnapshotOutcome = SnapshotExported | SnapshotVerified | SnapshotImported
JobOutcome = IndexOutcome | SessionsForgotten | LibraryExamined | Indexed | Moved | SnapshotOutcome


class JobFinished(Struct, frozen=True, tag=True):
    job: int
    outcome: JobOutcome


class JobFailed(Struct, frozen=True, tag=True):
    job: int
    message: str


Event = JobProgressed | StatusChanged | JobFinished | JobFailed | ReplayEvent | TopologyEvent


class Hello(Struct, frozen=True, tag=True):
    """The engine's first frame to a new client."""

    version: int
    pid: int


class ClientFrame(Struct, frozen=True):
    id: int
    request: Request


class EngineFrame(Struct, frozen=True):
    """A reply carries its request's id; an event carries none."""

    body: Reply | Event | Hello
    id: int | None = None


Frame = TypeVar("Frame", ClientFrame, EngineFrame)

_encoder = msgspec.msgpack.Encoder()


def encode(frame: ClientFrame | EngineFrame) -> bytes:
    return _encoder.encode(frame)


def decode(data: bytes, frame_type: type[Frame]) -> Frame:
    return msgspec.msgpack.decode(data, type=frame_type)
