"""Sessions come in as agents write them, without anybody asking."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, save_settings
from memex.engine import watching
from memex.engine.client import EngineClient, attach_or_start
from memex.engine.protocol import (
    Indexed,
    JobFinished,
    ListSessions,
    LookAgain,
    SessionList,
    StartIndexing,
)
from memex.engine.watching import Watching
from memex.library.library import Library
from tests.engine.processes import is_gone
from tests.transcript_files import TranscriptFile, session_id

PATIENCE = 20.0


def watched_home(paths: LibraryPaths, *folders: Path, watch: bool = True) -> EngineClient:
    names = tuple(map(str, folders))
    save_settings(paths.settings, Settings(folders=names, agent_folders=False, watch=watch))
    return attach_or_start(paths)


def next_report(client: EngineClient, wanted: Callable[[Indexed], bool]) -> Indexed:
    return next(
        frame.body.outcome
        for frame in client.frames()
        if isinstance(frame.body, JobFinished)
        and isinstance(frame.body.outcome, Indexed)
        and wanted(frame.body.outcome)
    )


def test_a_session_is_taken_in_and_grows_while_it_is_written(
    prepared_home: LibraryPaths, tmp_path: Path
) -> None:
    folder = tmp_path / "claude" / "projects"
    folder.mkdir(parents=True)
    client = watched_home(prepared_home, folder)
    client.call(StartIndexing())
    next_report(client, lambda done: done.report.files == 0)
    file = TranscriptFile(folder / "-home-ann-infra", session_id(1)).prompt("The linker is missing")
    came = next_report(client, lambda done: done.report.new == 1)
    assert came.report.files == 1
    TranscriptFile(folder, session_id(2)).prompt("Another one, at rest")
    next_report(client, lambda done: done.report.new == 1)
    file.prompt("And now for the musl target")
    grew = next_report(client, lambda done: done.report.changed == 1)
    assert (grew.report.files, grew.report.new, grew.report.texts_embedded) == (1, 0, 1)
    found = client.call(ListSessions(text="project:infra"))
    assert isinstance(found, SessionList)
    assert found.total == 2
    client.close()
    assert is_gone(client.engine_pid)


def test_without_watching_they_come_when_they_are_asked_for(
    prepared_home: LibraryPaths, tmp_path: Path
) -> None:
    folder = tmp_path / "projects"
    TranscriptFile(folder, session_id(1)).prompt("The first")
    client = watched_home(prepared_home, folder, watch=False)
    client.call(StartIndexing())
    next_report(client, lambda done: done.report.new == 1)
    TranscriptFile(folder, session_id(2)).prompt("The second")
    client.call(LookAgain())
    client.call(StartIndexing())
    assert next_report(client, lambda _: True).report.new == 1
    client.close()


class Told:
    def __init__(self) -> None:
        self.changed: SimpleQueue[set[Path]] = SimpleQueue()
        self.folders: SimpleQueue[None] = SimpleQueue()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watch(told: Told) -> Iterator[Callable[..., Watching]]:
    begun: list[Watching] = []

    def begin(*folders: Path) -> Watching:
        begun.append(
            Watching(lambda: folders, told.changed.put, lambda: told.folders.put(None), folders_every=0.05)
        )
        begun[-1].start()
        return begun[-1]

    yield begin
    for each in begun:
        each.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "memex-watch"]


def write_until_told(told: Told, path: Path) -> set[Path]:
    """The system watches some moments after it was asked to."""
    for _ in range(200):
        with path.open("a") as file:
            file.write("{}\n")
        with suppress(Empty):
            return told.changed.get(timeout=0.05)
    return told.changed.get(timeout=PATIENCE)


def test_a_folder_that_appears_later_is_watched_from_then_on(
    watch: Callable[..., Watching], told: Told, tmp_path: Path
) -> None:
    late = tmp_path / "later"
    watch(late)
    late.mkdir()
    told.folders.get(timeout=PATIENCE)
    assert write_until_told(told, late / "a.jsonl") == {late / "a.jsonl"}


def test_a_folder_that_cannot_be_watched_does_not_keep_others_from_it(
    watch: Callable[..., Watching],
    told: Told,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    real = watching.watch

    def limited(*folders: Path, **options: object) -> Iterator[object]:
        if bad in folders:
            raise OSError("OS file watch limit reached")
        return real(*folders, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "watch", limited)
    with caplog.at_level(logging.WARNING):
        watch(bad, good)
        assert write_until_told(told, good / "a.jsonl") == {good / "a.jsonl"}
    (said,) = [record.getMessage() for record in caplog.records]
    assert said == f"{bad} cannot be watched, and is looked at every few minutes: OS file watch limit reached"


def test_only_what_a_scan_would_look_at_is_told(
    watch: Callable[..., Watching], told: Told, tmp_path: Path
) -> None:
    watch(tmp_path)
    write_until_told(told, tmp_path / "first.jsonl")
    for name in ("notes.txt", "history.jsonl", "package.json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "first.jsonl").unlink()
    seen: set[Path] = set()
    while tmp_path / "last.jsonl" not in seen:
        seen |= write_until_told(told, tmp_path / "last.jsonl")
    assert {path.name for path in seen} <= {"first.jsonl", "last.jsonl"}


def test_paths_are_told_as_a_scan_finds_them(
    watch: Callable[..., Watching], told: Told, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    watch(tmp_path / "link")
    assert write_until_told(told, tmp_path / "real" / "a.jsonl") == {tmp_path / "link" / "a.jsonl"}


def test_a_new_library_waits_for_the_users_word(prepared_home: LibraryPaths, tmp_path: Path) -> None:
    library = Library(prepared_home.home)
    assert not library.is_in_use()
    save_settings(prepared_home.settings, Settings(folders=(str(tmp_path),)))
    assert library.is_in_use()
    library.close()
