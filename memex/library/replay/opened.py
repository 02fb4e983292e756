"""Sessions that are held open between the requests for their turns."""

from collections import OrderedDict
from functools import cached_property

from memex.catalog.catalog import Catalog
from memex.core.replay import SessionOutline
from memex.core.session import Session
from memex.core.steps.context import StepContext, step_context
from memex.library.replay.growth import Growth, growth_of
from memex.library.replay.outline import outline
from memex.library.replay.reading import Reading, read_session
from memex.transcripts.redaction import redact_session

OPEN_BYTES = 256_000_000
"""Of transcript, held open together; the session that was used last stays in any case."""


class OpenedSession:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._contexts: dict[bool, StepContext] = {}

    @cached_property
    def without_secrets(self) -> Session:
        """Shares with the original all that holds none."""
        return redact_session(self.reading.session)[0]

    def context(self, *, hide_secrets: bool) -> StepContext:
        """Made when turns are first asked for, so that the outline does not wait for it."""
        if hide_secrets not in self._contexts:
            self._contexts[hide_secrets] = step_context(self.session(hide_secrets=hide_secrets).turns)
        return self._contexts[hide_secrets]

    def session(self, *, hide_secrets: bool) -> Session:
        return self.without_secrets if hide_secrets else self.reading.session


class OpenedSessions:
    """The last that were used, by key. Belongs to the thread of its catalog's connection."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._opened: OrderedDict[int, OpenedSession] = OrderedDict()

    def open(self, name: str) -> OpenedSession:
        """Read anew, by id or by a beginning of the id that only one session has."""
        with self._catalog.errors():
            return self._read(self._catalog.sessions.resolve(name))

    def get(self, key: int) -> OpenedSession:
        """As it was read last; read again where it is no longer held."""
        if (opened := self._opened.get(key)) is not None:
            self._opened.move_to_end(key)
            return opened
        with self._catalog.errors():
            return self._read(key)

    def close(self, key: int) -> None:
        self._opened.pop(key, None)

    def forget(self) -> None:
        self._opened.clear()

    def outline(self, opened: OpenedSession, *, hide_secrets: bool) -> SessionOutline:
        with self._catalog.errors():
            return outline(self._catalog, opened.reading, opened.session(hide_secrets=hide_secrets))

    def catch_up(self, key: int) -> Growth | str | None:
        """What its file has become, which is open from now on; a text where that is not to be used."""
        with self._catalog.errors():
            known = self._opened.get(key)
            growth = (
                Growth(read_session(self._catalog, key), 0)
                if known is None
                else growth_of(self._catalog, known.reading)
            )
        if isinstance(growth, Growth):
            self._hold(key, OpenedSession(growth.reading))
        return growth

    def _read(self, key: int) -> OpenedSession:
        self._opened.pop(key, None)  # two readings of a large session need not fit in memory
        return self._hold(key, OpenedSession(read_session(self._catalog, key)))

    def _hold(self, key: int, opened: OpenedSession) -> OpenedSession:
        self._opened[key] = opened
        self._opened.move_to_end(key)
        while len(self._opened) > 1 and self._size() > OPEN_BYTES:
            self._opened.popitem(last=False)
        return opened

    def _size(self) -> int:
        return sum(opened.reading.extent.size for opened in self._opened.values())
