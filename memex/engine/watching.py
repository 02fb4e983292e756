"""A thread that is told by the file system which transcripts change."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from watchfiles import Change, watch
from watchfiles._rust_notify import WatchfilesRustInternalError

from memex.transcripts.discovery import is_transcript_name

log = logging.getLogger(__name__)

GROUPED_MS = 1_000
STEP_MS = 100
"""A change is told once it is followed by none for a step, or after this long; stopping takes a step."""
FOLDERS_EVERY = 10.0
"""Seconds between two looks at which folders there are."""
Refusals = (OSError, WatchfilesRustInternalError)


class Watching:
    """The safety net is a look at all files now and then: what is not watched is found by that."""

    def __init__(
        self,
        folders: Callable[[], Iterable[Path]],
        on_change: Callable[[set[Path]], None],
        on_folders: Callable[[], None],
        folders_every: float = FOLDERS_EVERY,
    ) -> None:
        """Called on a thread of its own. `on_folders`: others are there than before."""
        self._folders = folders
        self._on_change = on_change
        self._on_folders = on_folders
        self._folders_every = folders_every
        self._refused: set[Path] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memex-watch", daemon=True)
        self._known: set[Path] = set()

    def start(self) -> None:
        self._known = self._there()
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._watch_while_there(self._known)
            except Refusals:
                self._find_refused(self._known)
                self._stop.wait(self._folders_every)
                continue
            if not self._stop.is_set():
                self._known = self._there()
                self._on_folders()

    def _watch_while_there(self, there: set[Path]) -> None:
        """Until other folders are there, or the end."""
        watched = there - self._refused
        if not watched:
            while self._there() == there and not self._stop.wait(self._folders_every):
                pass
            return
        real = {folder.resolve(): folder for folder in watched}
        for changes in self._changes(watched):
            if changed := {_under_its_folder(path, real) for path in changes}:
                self._on_change(changed)
            if self._there() != there:
                return

    def _changes(self, folders: Iterable[Path]) -> Iterator[set[Path]]:
        """What changed that a scan would look at; empty sets in between."""
        for changes in watch(
            *sorted(folders),
            watch_filter=None,
            debounce=GROUPED_MS,
            step=STEP_MS,
            stop_event=self._stop,
            rust_timeout=int(1_000 * self._folders_every),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            yield {Path(name) for change, name in changes if _may_matter(change, Path(name))}

    def _there(self) -> set[Path]:
        return {folder for folder in self._folders() if folder.exists()}

    def _find_refused(self, there: set[Path]) -> None:
        """Those without which the others can be watched: they may only together be too many."""
        stopped = threading.Event()
        stopped.set()
        good: list[Path] = []
        for folder in sorted(there - self._refused):
            try:
                for _ in watch(*good, folder, stop_event=stopped, ignore_permission_denied=True):
                    pass
                good.append(folder)
            except Refusals as refusal:
                self._refused.add(folder)
                log.warning("%s cannot be watched, and is looked at every few minutes: %s", folder, refusal)


def _may_matter(change: Change, path: Path) -> bool:
    """A folder that came may have brought files of which nothing is told."""
    if change is Change.deleted:
        return False
    return is_transcript_name(path.name) or (change is Change.added and path.is_dir())


def _under_its_folder(path: Path, real: dict[Path, Path]) -> Path:
    """As a scan of the folder finds it: macOS tells the path without symbolic links."""
    for resolved, folder in real.items():
        if path.is_relative_to(resolved) and not path.is_relative_to(folder):
            return folder / path.relative_to(resolved)
    return path
