"""A client's end of the engine: attaching to the one that runs, or starting it."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Pipe, wait

import msgspec

import memex.core.errors
from memex.core.errors import EngineError, LibraryBusyError, MemexError
from memex.core.paths import LibraryPaths
from memex.engine.address import published
from memex.engine.protocol import (
    PROTOCOL_VERSION,
    ClientFrame,
    EngineFrame,
    Event,
    Failed,
    Hello,
    Reply,
    Request,
    decode,
    encode,
)

READY = "ready"
HELLO_WAIT = 10.0


class EngineClient:
    """One thread iterates `frames`; any thread may `send` and `close`."""

    def __init__(self, connection: "Connection[bytes, bytes]") -> None:
        self._connection = connection
        self._wake, self._woken = Pipe()
        self._last_id = 0
        self._reading = self._closing = False
        self._state = threading.Lock()
        """Held while it is decided which thread closes the connection, and while that one does."""
        self.engine_pid = self._greet()

    def send(self, request: Request) -> int:
        """The id under which the reply will come."""
        self._last_id += 1
        try:
            self._connection.send_bytes(encode(ClientFrame(self._last_id, request)))
        except OSError as cause:
            raise EngineError("The engine has stopped: it is being started again.") from cause
        return self._last_id

    def frames(self) -> Iterator[EngineFrame]:
        """Replies and events as they come, until the engine or this client closes."""
        with self._state:
            self._reading = not self._closing
        if not self._reading:
            return
        try:
            while self._woken not in wait([self._connection, self._woken]):
                try:
                    yield decode(self._connection.recv_bytes(), EngineFrame)
                except (EOFError, OSError):
                    return
        finally:
            with self._state:
                self._reading = False
                if self._closing:
                    self._connection.close()

    def close(self) -> None:
        """A thread that iterates `frames` is woken, and closes the connection that it was reading."""
        with self._state:
            self._closing = True
            if not self._reading:
                self._connection.close()
        with suppress(OSError):
            self._wake.send_bytes(b"")

    def call(self, request: Request, on_event: Callable[[Event], None] | None = None) -> Reply:
        """Waits for the reply, passing on the events that come before it. Raises what the engine raised."""
        wanted = self.send(request)
        for frame in self.frames():
            if frame.id == wanted:
                return unwrapped(frame.body)
            if on_event and frame.id is None and not isinstance(frame.body, Hello | Reply):
                on_event(frame.body)
        raise EngineError("The engine stopped before it answered: try again.")

    def _greet(self) -> int:
        if not self._connection.poll(HELLO_WAIT):
            raise EngineError("The engine does not answer: close Memex's windows and try again.")
        hello = decode(self._connection.recv_bytes(), EngineFrame).body
        if not isinstance(hello, Hello) or hello.version != PROTOCOL_VERSION:
            raise EngineError("Another version's engine is running: close Memex's windows and try again.")
        return hello.pid


def unwrapped(reply: object) -> Reply:
    """A reply that is no failure; a failure is raised as the error it was in the engine."""
    if isinstance(reply, Failed):
        kind = getattr(memex.core.errors, reply.kind, EngineError)
        raise (kind if issubclass(kind, MemexError) else EngineError)(reply.message)
    assert isinstance(reply, Reply)
    return reply


def attach(paths: LibraryPaths) -> EngineClient | None:
    """The engine that runs for this library, if one does."""
    address = published(paths.engine_address)
    if address is None:
        return None
    try:
        return EngineClient(Client(address.name, address.family, authkey=address.key))
    except (OSError, EOFError, AuthenticationError, msgspec.MsgspecError):
        return None  # a dead engine's address; the next one replaces it


def attach_or_start(paths: LibraryPaths) -> EngineClient:
    return attach(paths) or _start(paths)


def _start(paths: LibraryPaths) -> EngineClient:
    """The engine says on its standard output that it listens, or in one sentence why it cannot."""
    process = _spawn(paths)
    assert process.stdout is not None
    with process.stdout as output:
        said = output.readline().decode(errors="replace").strip()
    if said == READY and (client := attach(paths)):
        return client
    # Two windows that start at once: the second finds the library locked by the first's engine.
    if client := attach(paths):
        return client
    raise LibraryBusyError(said or f"The engine did not start: see {paths.log}.")


def _spawn(paths: LibraryPaths) -> "subprocess.Popen[bytes]":
    try:
        paths.home.mkdir(parents=True, exist_ok=True)
        with paths.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "memex.engine", str(paths.home)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl+C in a terminal is for the client; the engine ends when its last client goes.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
    except OSError as cause:
        sentence = f"The engine cannot be started for {paths.home} ({cause.strerror}): choose another folder."
        raise EngineError(sentence) from cause
    threading.Thread(target=process.wait, name="memex-reaper", daemon=True).start()
    return process
