"""What is answered about open sessions."""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from memex.catalog.catalog import Catalog
from memex.core.replay import TurnPage
from memex.engine.memory import give_back_memory
from memex.engine.replay_messages import (
    CloseSession,
    ExportSession,
    FindInSession,
    FollowSession,
    FoundInSession,
    GetImage,
    GetRawRecords,
    GetTurns,
    Image,
    OpenSession,
    RawRecords,
    ReplayEvent,
    ReplayReply,
    ReplayRequest,
    SessionExported,
    SessionGrew,
    SessionLost,
    SessionOpened,
    Turns,
    UnfollowSession,
)
from memex.library.export.exporting import prepare_export
from memex.library.replay.finding import find_in_session
from memex.library.replay.growth import Growth
from memex.library.replay.opened import OpenedSessions
from memex.library.replay.records import image, raw_records

Later = Callable[[], ReplayReply]
"""The rest of a long answer, which needs no catalog and may run in any thread."""


class ReplayAnswers:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._opened = OpenedSessions(catalog)

    def answer(self, request: ReplayRequest) -> ReplayReply | Later | None:
        """None: done, and nothing to tell."""
        match request:
            case OpenSession(session=name, hide_secrets=hide):
                return SessionOpened(self._opened.outline(self._opened.open(name), hide_secrets=hide))
            case GetTurns():
                return self._turns(request)
            case FindInSession(session_key=key, request=wanted):
                session = self._opened.get(key).session(hide_secrets=wanted.hide_secrets)
                return FoundInSession(find_in_session(key, session, wanted))
            case CloseSession(session_key=key):
                self._opened.close(key)
                give_back_memory()
            case FollowSession(session_key=key):
                self._opened.get(key)
            case UnfollowSession():
                pass
            case _:
                return self._from_source(request)
        return None

    def _from_source(self, request: GetRawRecords | GetImage | ExportSession) -> ReplayReply | Later:
        """What needs more of the transcript than the turns that were read."""
        with self._catalog.errors():
            match request:
                case GetRawRecords(session_key=key, turn=turn, whole=whole, hide_secrets=hide):
                    reading = self._opened.get(key).reading
                    page = raw_records(self._catalog, reading, turn, whole=whole, hide_secrets=hide)
                    return RawRecords(page)
                case GetImage(session_key=key, turn=turn, number=number):
                    return Image(image(self._catalog, self._opened.get(key).reading, turn, number))
                case ExportSession(order=order):
                    export = prepare_export(self._catalog, order)
                    return lambda: SessionExported(export())

    def _turns(self, request: GetTurns) -> Turns:
        opened, hide = self._opened.get(request.session_key), request.hide_secrets
        page = opened.session(hide_secrets=hide).turns[request.first : request.first + request.count]
        context = opened.context(hide_secrets=hide).for_turns(page)
        return Turns(TurnPage(request.session_key, page, context))

    def forget(self) -> None:
        """The library holds other sessions under the keys by now."""
        self._opened.forget()

    def file_of(self, key: int) -> Path:
        return self._opened.get(key).reading.path

    def catch_up(self, key: int) -> Growth | str | None:
        return self._opened.catch_up(key)

    def news(self, key: int, change: Growth | str, *, hide_secrets: bool) -> ReplayEvent:
        if isinstance(change, str):
            return SessionLost(key, change)
        outline = self._opened.outline(self._opened.get(key), hide_secrets=hide_secrets)
        tail = outline.turns[change.first_turn :]
        return SessionGrew(replace(outline, turns=tail), change.first_turn)
