"""The engine's process: listens, answers its clients, and ends when the last of them has gone."""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from queue import Full, Queue, SimpleQueue

import msgspec

from memex.core.errors import MemexError, SettingsError
from memex.engine.address import Address, new_address, publish, withdraw
from memex.engine.answers import Answers
from memex.engine.following import Following
from memex.engine.jobs import JobRunner
from memex.engine.protocol import (
    PROTOCOL_VERSION,
    ClientFrame,
    Done,
    EngineFrame,
    Event,
    Hello,
    Request,
    decode,
    encode,
)
from memex.engine.replay_messages import CloseSession, FollowSession, UnfollowSession
from memex.engine.watching import Watching
from memex.library.library import Library
from memex.library.refresh import known_folders

log = logging.getLogger(__name__)

LOADING = "Vectors are being loaded: full text answers meanwhile."
FIRST_CLIENT_WAIT = 30.0
LAST_CLIENT_GRACE = 0.2
"""Seconds without any client before the engine ends: at its start, and later on."""
LOCK_WAIT = 5.0
"""Seconds that an engine waits for the one before it to end."""
QUERY_END = 5.0
"""Seconds that the query in hand has for its end."""
OUTBOX_FRAMES = 1_000
"""A client that leaves so many unread is taken for dead."""


class ClientLink:
    """One client: a thread that reads its requests, a thread that writes its frames."""

    def __init__(self, connection: "Connection[bytes, bytes]", service: "Service") -> None:
        self._connection = connection
        self._service = service
        self._outbox: Queue[bytes | None] = Queue(OUTBOX_FRAMES)
        self._reader = threading.Thread(target=self._read, name="memex-client-in", daemon=True)
        self._writer = threading.Thread(target=self._write, name="memex-client-out", daemon=True)

    def open(self) -> None:
        self._writer.start()
        self._reader.start()

    def send(self, frame: EngineFrame) -> None:
        try:
            self._outbox.put_nowait(encode(frame))
        except Full:
            self.close()

    def close(self) -> None:
        with suppress(Full):
            self._outbox.put_nowait(None)
        with suppress(OSError):
            self._connection.close()

    def _read(self) -> None:
        try:
            while True:
                self._service.take(self, decode(self._connection.recv_bytes(), ClientFrame))
        except (EOFError, OSError, TypeError):
            pass  # TypeError: the connection was closed while this thread was reading
        except msgspec.MsgspecError:
            log.warning("a client sent a frame that is none of the protocol's")
        finally:
            self._service.leave(self)

    def _write(self) -> None:
        with suppress(OSError):
            while (data := self._outbox.get()) is not None:
                self._connection.send_bytes(data)


class Service:
    def __init__(self, home: Path) -> None:
        self._library = Library(home, wait_seconds=LOCK_WAIT)
        self._library.degraded = LOADING
        self._jobs = JobRunner(self._library, self._publish)
        self._answers = Answers(self._library, self._jobs, self._publish)
        self._library.breaker.on_failure = self._jobs.wake
        self._watching = Watching(self._folders, self._jobs.take_changed, self._jobs.look_soon)
        self._following: Following[ClientLink] = Following(self._on_followed_change)
        self._requests: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._queries = threading.Thread(
            target=_run, args=[self._requests], name="memex-queries", daemon=True
        )
        self._pending: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._long_answers = threading.Thread(
            target=_run, args=[self._pending], name="memex-long-answers", daemon=True
        )
        self._known_folders: tuple[Path, ...] = ()
        self._clients: set[ClientLink] = set()
        self._clients_changed = threading.Condition()
        self._closed = threading.Event()

    def run(self, on_ready: Callable[[], None]) -> None:
        """Serves until there has been no client for a while."""
        address = new_address()
        try:
            with Listener(address.name, address.family, backlog=8, authkey=address.key) as listener:
                threading.Thread(
                    target=self._accept, args=[listener], name="memex-accept", daemon=True
                ).start()
                self._queries.start()
                self._long_answers.start()
                self._jobs.open()
                self._watch_if_wanted()
                publish(address, self._library.paths.engine_address)
                on_ready()
                self._until_nobody_is_left()
        finally:
            self._close(address)

    def _watch_if_wanted(self) -> None:
        with suppress(SettingsError):  # whoever opens the vectors is told
            if self._library.settings.watch:
                self._jobs.upkeep.begin_looking()
                self._watching.start()

    def _folders(self) -> tuple[Path, ...]:
        try:
            self._known_folders = known_folders(self._library.settings)
        except SettingsError:
            log.warning("the settings cannot be read: the folders that were watched still are")
        return self._known_folders

    def take(self, client: ClientLink, frame: ClientFrame) -> None:
        self._requests.put(partial(self._answer, client, frame))

    def leave(self, client: ClientLink) -> None:
        client.close()
        self._following.leave(client)
        with self._clients_changed:
            self._clients.discard(client)
            self._clients_changed.notify_all()

    def _accept(self, listener: Listener) -> None:
        while not self._closed.is_set():
            try:
                connection = listener.accept()
            except (AuthenticationError, EOFError):
                continue
            except OSError:
                return
            client = ClientLink(connection, self)
            with self._clients_changed:
                self._clients.add(client)
                self._clients_changed.notify_all()
            client.open()
            client.send(EngineFrame(Hello(PROTOCOL_VERSION, os.getpid())))

    def _answer(self, client: ClientLink, frame: ClientFrame) -> None:
        begun = self._answers.begin(frame.request)
        if callable(begun):
            rest = begun
            self._pending.put(lambda: client.send(EngineFrame(rest(), frame.id)))
            return
        client.send(EngineFrame(begun, frame.id))
        if isinstance(begun, Done):
            self._mark_followed(client, frame.request)

    def _mark_followed(self, client: ClientLink, request: Request) -> None:
        match request:
            case FollowSession(session_key=key, hide_secrets=hide_secrets):
                path = self._answers.file_of(key)
                self._following.follow(client, key, path, hide_secrets=hide_secrets)
            case UnfollowSession(session_key=key) | CloseSession(session_key=key):
                self._following.unfollow(client, key)

    def _on_followed_change(self, session_key: int) -> None:
        self._requests.put(partial(self._catch_up, session_key))

    def _catch_up(self, session_key: int) -> None:
        """News of a session's file, to those that follow it."""
        began = time.monotonic()
        try:
            change = self._answers.catch_up(session_key)
            if change is not None:
                for client, hide_secrets in self._following.clients_of(session_key).items():
                    news = self._answers.news(session_key, change, hide_secrets=hide_secrets)
                    client.send(EngineFrame(news))
        except MemexError as error:
            log.warning("session %s cannot be followed: %s", session_key, error)
        except Exception:
            log.exception("session %s cannot be followed", session_key)
        self._following.took(session_key, time.monotonic() - began)

    def _publish(self, event: Event) -> None:
        with self._clients_changed:
            clients = list(self._clients)
        for client in clients:
            client.send(EngineFrame(event))

    def _until_nobody_is_left(self) -> None:
        wait = FIRST_CLIENT_WAIT
        with self._clients_changed:
            while self._clients_changed.wait_for(lambda: self._clients, timeout=wait):
                self._clients_changed.wait_for(lambda: not self._clients)
                wait = LAST_CLIENT_GRACE

    def _close(self, address: Address) -> None:
        withdraw(address, self._library.paths.engine_address)
        self._closed.set()
        self._following.close()
        self._watching.close()
        self._jobs.close()
        for queue, thread in ((self._requests, self._queries), (self._pending, self._long_answers)):
            queue.put(None)
            if thread.is_alive():
                thread.join(QUERY_END)
        self._library.close()


def _run(tasks: "SimpleQueue[Callable[[], None] | None]") -> None:
    while task := tasks.get():
        task()
