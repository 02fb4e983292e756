"""What an engine and its clients say to one another about open sessions; a part of the protocol."""

from msgspec import Struct

from memex.core.replay import (
    Exported,
    ExportOrder,
    FindRequest,
    Found,
    RawRecordPage,
    SessionOutline,
    TurnImage,
    TurnPage,
)


class OpenSession(Struct, frozen=True, tag=True):
    session: str
    """A session's id, or a beginning of it that only one session has."""
    hide_secrets: bool = False
    """Placeholders instead of secrets, here in the gists of the turns."""


class CloseSession(Struct, frozen=True, tag=True):
    """Gives back what is held of it; asked again, it is read again."""

    session_key: int


class GetTurns(Struct, frozen=True, tag=True):
    session_key: int
    first: int
    count: int
    hide_secrets: bool = False


class FindInSession(Struct, frozen=True, tag=True):
    session_key: int
    request: FindRequest


class GetRawRecords(Struct, frozen=True, tag=True):
    session_key: int
    turn: int
    whole: bool = False
    """All of it, which may be megabytes, instead of the beginning of each line."""
    hide_secrets: bool = False


class GetImage(Struct, frozen=True, tag=True):
    session_key: int
    turn: int
    number: int
    """Counted from 0 within the turn."""


class FollowSession(Struct, frozen=True, tag=True):
    """Tell this client when the session's file grows. The last request for a session counts."""

    session_key: int
    hide_secrets: bool = False


class UnfollowSession(Struct, frozen=True, tag=True):
    session_key: int


class ExportSession(Struct, frozen=True, tag=True):
    order: ExportOrder


ReplayRequest = (
    OpenSession
    | CloseSession
    | GetTurns
    | FindInSession
    | GetRawRecords
    | GetImage
    | FollowSession
    | UnfollowSession
    | ExportSession
)


class SessionOpened(Struct, frozen=True, tag=True):
    outline: SessionOutline


class Turns(Struct, frozen=True, tag=True):
    page: TurnPage


class FoundInSession(Struct, frozen=True, tag=True):
    found: Found


class RawRecords(Struct, frozen=True, tag=True):
    page: RawRecordPage


class Image(Struct, frozen=True, tag=True):
    image: TurnImage


class SessionExported(Struct, frozen=True, tag=True):
    exported: Exported


ReplayReply = SessionOpened | Turns | FoundInSession | RawRecords | Image | SessionExported


class SessionGrew(Struct, frozen=True, tag=True):
    """Only to clients that follow it. `outline.turns` holds the turns from `first_turn` on, which are new or
    have changed and are to be asked for again; those before are as they were.
    """

    outline: SessionOutline
    first_turn: int


class SessionLost(Struct, frozen=True, tag=True):
    """Only to clients that follow it: its file is gone, shorter or rewritten. The turns stay readable."""

    session_key: int
    message: str


ReplayEvent = SessionGrew | SessionLost
