"""Which clients follow which sessions, and a thread that looks whether the files of these have changed.

One `stat` of one file in half a second: it costs nothing, and works on every file system, also on those that
tell of no changes.
"""

import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

LOOK_EVERY = 0.5
"""Seconds."""
REST = 4.0
"""After catching up, a session is left alone for this many times as long as that took: others ask, too."""

Client = TypeVar("Client", bound=Hashable)
Stamp = tuple[int, int, int] | None
"""Inode, size and time of change; None: the file is gone."""
UNSEEN: Stamp = (-1, -1, -1)


class FollowedFile(Generic[Client]):
    def __init__(self, path: Path) -> None:
        self.path = path
        self.clients: dict[Client, bool] = {}
        """Each with whether it wants secrets hidden."""
        self.seen: Stamp = UNSEEN
        self.not_before = 0.0


class Following(Generic[Client]):
    """Any thread may call it; `on_change` is called in its own."""

    def __init__(self, on_change: Callable[[int], None]) -> None:
        self._on_change = on_change
        self._files: dict[int, FollowedFile[Client]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="memex-follow", daemon=True)

    def follow(self, client: Client, key: int, path: Path, *, hide_secrets: bool) -> None:
        """It is looked at once at once: it may have grown since it was read."""
        with self._changed:
            file = self._files.setdefault(key, FollowedFile(path))
            file.clients[client] = hide_secrets
            file.seen, file.not_before = UNSEEN, 0.0
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify_all()

    def unfollow(self, client: Client, key: int) -> None:
        with self._changed:
            if file := self._files.get(key):
                file.clients.pop(client, None)
                if not file.clients:
                    del self._files[key]

    def leave(self, client: Client) -> None:
        with self._changed:
            keys = list(self._files)
        for key in keys:
            self.unfollow(client, key)

    def clients_of(self, key: int) -> dict[Client, bool]:
        with self._changed:
            return dict(self._files[key].clients) if key in self._files else {}

    def took(self, key: int, seconds: float) -> None:
        """How long catching up with the session took."""
        with self._changed:
            if file := self._files.get(key):
                file.not_before = time.monotonic() + REST * seconds

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                due = self._due()
                self._changed.release()
                try:
                    for key in due:
                        self._on_change(key)
                finally:
                    self._changed.acquire()
                self._changed.wait_for(self._is_asked, LOOK_EVERY if self._files else None)

    def _is_asked(self) -> bool:
        """Whether there is something to do before the next look."""
        now = time.monotonic()
        return self._closed or any(
            file.seen == UNSEEN and file.not_before <= now for file in self._files.values()
        )

    def _due(self) -> list[int]:
        due = []
        for key, file in self._files.items():
            if time.monotonic() >= file.not_before and (stamp := _stamp(file.path)) != file.seen:
                file.seen = stamp
                due.append(key)
        return due


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
