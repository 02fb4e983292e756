"""The engine as a process: started once, shared, guarded by a key, gone with its last client."""

import json
import os
import signal
import stat
import subprocess
import sys
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import TypeVar

import pytest

from memex.core.errors import ExportError, LibraryBusyError, SessionNotFoundError, TranscriptError
from memex.core.lenses import Lane
from memex.core.paths import LibraryPaths
from memex.core.replay import ExportFormat, ExportOrder, FindRequest
from memex.core.search import SearchRequest
from memex.engine.address import published
from memex.engine.client import EngineClient, attach, attach_or_start
from memex.engine.command import AttachedEngine, LocalEngine, engine_for_command
from memex.engine.protocol import (
    CancelJob,
    Done,
    GetStatus,
    GetTurns,
    JobFinished,
    JobProgressed,
    JobQueued,
    OpenSession,
    PauseJob,
    ResumeJob,
    Search,
    Searched,
    SessionOpened,
    StartIndexing,
    Status,
    Turns,
)
from memex.engine.replay_messages import (
    CloseSession,
    ExportSession,
    FindInSession,
    FollowSession,
    FoundInSession,
    GetImage,
    GetRawRecords,
    RawRecords,
    SessionExported,
    SessionGrew,
    SessionLost,
    UnfollowSession,
)
from memex.library.library import Library
from tests.engine.processes import is_gone
from tests.transcript_files import session_id

Kind = TypeVar("Kind")


def index(client: EngineClient, folder: Path) -> JobFinished:
    queued = client.call(StartIndexing((str(folder),)))
    assert isinstance(queued, JobQueued)
    return next(
        frame.body
        for frame in client.frames()
        if isinstance(frame.body, JobFinished) and frame.body.job == queued.job
    )


def next_event(client: EngineClient, kind: type[Kind]) -> Kind:
    return next(frame.body for frame in client.frames() if isinstance(frame.body, kind))


def wait_until_paused(client: EngineClient) -> None:
    while not next_event(client, JobProgressed).progress.paused:
        pass


def test_it_indexes_searches_and_replays(client: EngineClient, folder: Path) -> None:
    assert index(client, folder).outcome.report.new == 2
    found = client.call(Search(SearchRequest("linker")))
    assert isinstance(found, Searched)
    assert found.table.degraded is None
    assert set(found.table.lanes) == set(Lane)
    opened = client.call(OpenSession(session_id(1)))
    assert isinstance(opened, SessionOpened)
    turns = client.call(GetTurns(opened.outline.card.key, 1, 5))
    assert isinstance(turns, Turns)
    assert [turn.tool_calls[0].result for turn in turns.page.turns] == ["ld: error"]


def test_a_second_client_attaches_to_the_same_engine(
    client: EngineClient, prepared_home: LibraryPaths, folder: Path
) -> None:
    index(client, folder)
    second = attach(prepared_home)
    assert second is not None
    assert (second.engine_pid, second.engine_pid != os.getpid()) == (client.engine_pid, True)
    status = second.call(GetStatus())
    assert isinstance(status, Status)
    assert status.status.sessions == 2
    second.close()


def test_it_ends_when_its_last_client_has_gone_and_leaves_nothing_behind(
    client: EngineClient, prepared_home: LibraryPaths
) -> None:
    address = published(prepared_home.engine_address)
    assert address is not None
    second = attach_or_start(prepared_home)
    client.close()
    assert isinstance(second.call(GetStatus()), Status)
    second.close()
    assert is_gone(client.engine_pid)
    assert not prepared_home.engine_address.exists()
    assert address.folder is None or not Path(address.folder).exists()


def test_a_killed_engine_is_replaced_and_nothing_is_lost(
    client: EngineClient, prepared_home: LibraryPaths, folder: Path
) -> None:
    index(client, folder)
    os.kill(client.engine_pid, signal.SIGKILL)
    assert is_gone(client.engine_pid)
    again = attach_or_start(prepared_home)
    status = again.call(GetStatus())
    assert isinstance(status, Status)
    assert (status.status.sessions, status.status.indexed) == (2, 2)
    again.close()
    assert is_gone(again.engine_pid)


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe's rights are not in its mode")
def test_only_its_user_can_reach_it(client: EngineClient, prepared_home: LibraryPaths) -> None:
    address = published(prepared_home.engine_address)
    assert address is not None
    assert address.folder is not None
    assert stat.S_IMODE(Path(address.folder).stat().st_mode) == 0o700
    assert stat.S_IMODE(prepared_home.engine_address.stat().st_mode) == 0o600


def test_a_wrong_key_is_refused_and_the_engine_goes_on(
    client: EngineClient, prepared_home: LibraryPaths
) -> None:
    address = published(prepared_home.engine_address)
    assert address is not None
    with pytest.raises(AuthenticationError):
        Client(address.name, address.family, authkey=b"guessed")
    assert isinstance(client.call(GetStatus()), Status)


def test_bytes_that_are_no_frame_cost_only_their_sender(
    client: EngineClient, prepared_home: LibraryPaths
) -> None:
    address = published(prepared_home.engine_address)
    assert address is not None
    with Client(address.name, address.family, authkey=address.key) as intruder:
        intruder.recv_bytes()
        intruder.send_bytes(b"\xc1 not a frame")
        with pytest.raises(EOFError):
            intruder.recv_bytes()
    assert isinstance(client.call(GetStatus()), Status)


def test_a_failure_is_raised_at_the_client_as_what_it_was(client: EngineClient) -> None:
    with pytest.raises(SessionNotFoundError, match="No session “nobody”"):
        client.call(OpenSession("nobody"))


def test_a_paused_job_stands_still_until_it_is_resumed(client: EngineClient, folder: Path) -> None:
    client.call(PauseJob())
    queued = client.call(StartIndexing((str(folder),)))
    assert isinstance(queued, JobQueued)
    wait_until_paused(client)
    status = client.call(GetStatus())
    assert isinstance(status, Status)
    assert status.status.sessions == 0
    client.call(ResumeJob())
    assert next_event(client, JobFinished).outcome.report.sessions == 2


def test_a_cancelled_job_ends_and_the_next_goes_on_from_there(client: EngineClient, folder: Path) -> None:
    client.call(PauseJob())
    client.call(StartIndexing((str(folder),)))
    wait_until_paused(client)
    client.call(CancelJob())
    assert next_event(client, JobFinished).outcome.report.cancelled
    assert not index(client, folder).outcome.report.cancelled


def test_a_library_is_opened_by_one_process_at_a_time(
    client: EngineClient, prepared_home: LibraryPaths
) -> None:
    with pytest.raises(LibraryBusyError, match="Another Memex"):
        Library(prepared_home.home)


def test_a_command_works_alone_or_with_the_engine_that_runs(
    prepared_home: LibraryPaths, folder: Path
) -> None:
    with engine_for_command(prepared_home) as alone:
        assert isinstance(alone, LocalEngine)
        first = alone.run(StartIndexing((str(folder),)), lambda _: None)
    window = attach_or_start(prepared_home)
    with engine_for_command(prepared_home) as attached:
        assert isinstance(attached, AttachedEngine)
        again = attached.run(StartIndexing((str(folder),)), lambda _: None)
    window.close()
    assert (first.report.new, again.report.new, again.report.unchanged) == (2, 0, 2)
    assert is_gone(window.engine_pid)


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Exception, match="choose another"):
        attach_or_start(LibraryPaths(tmp_path / "file" / "home"))


ATTACHED_CLIENT = """
import sys
from pathlib import Path
from memex.core.paths import LibraryPaths
from memex.engine.client import attach_or_start
client = attach_or_start(LibraryPaths(Path(sys.argv[1])))
print(client.engine_pid, flush=True)
sys.stdin.read()
"""


def test_no_engine_survives_a_window_that_is_killed(prepared_home: LibraryPaths) -> None:
    window = subprocess.Popen(
        [sys.executable, "-c", ATTACHED_CLIENT, str(prepared_home.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert window.stdout is not None
    assert window.stdin is not None
    with window.stdin, window.stdout as said:
        engine_pid = int(said.readline())
        window.kill()
        window.wait()
    assert is_gone(engine_pid)


def opened(client: EngineClient, folder: Path) -> int:
    index(client, folder)
    reply = client.call(OpenSession(session_id(1)))
    assert isinstance(reply, SessionOpened)
    return reply.outline.card.key


def grow(folder: Path, text: str) -> None:
    path = folder / f"{session_id(1)}.jsonl"
    last = json.loads(path.read_text().splitlines()[0])
    last |= {"uuid": text, "message": {"role": "user", "content": text}}
    with path.open("a") as file:
        file.write(json.dumps(last) + "\n")


def test_a_followed_session_tells_what_is_new_and_then_that_its_file_is_gone(
    client: EngineClient, folder: Path
) -> None:
    key = opened(client, folder)
    client.call(FollowSession(key))
    grow(folder, "and then?")
    grew = next_event(client, SessionGrew)
    assert (grew.first_turn, [turn.gist for turn in grew.outline.turns]) == (2, ["and then?"])
    (folder / f"{session_id(1)}.jsonl").unlink()
    lost = next_event(client, SessionLost)
    assert (lost.session_key, "is gone" in lost.message) == (key, True)
    turns = client.call(GetTurns(key, 0, 9))
    assert isinstance(turns, Turns)
    assert len(turns.page.turns) == 3


def test_growth_before_the_following_began_is_told_at_once(client: EngineClient, folder: Path) -> None:
    key = opened(client, folder)
    grow(folder, "in between")
    client.call(FollowSession(key))
    assert next_event(client, SessionGrew).first_turn == 2


def test_only_those_that_follow_are_told(
    client: EngineClient, prepared_home: LibraryPaths, folder: Path
) -> None:
    key = opened(client, folder)
    other = attach(prepared_home)
    assert other is not None
    told: list[object] = []
    client.call(FollowSession(key))
    client.call(UnfollowSession(key))
    other.call(FollowSession(key))
    grow(folder, "for the other")
    assert next_event(other, SessionGrew).outline.card.key == key
    client.call(GetStatus(), told.append)
    assert not [event for event in told if isinstance(event, SessionGrew)]
    other.close()


def test_it_finds_shows_records_and_exports(client: EngineClient, folder: Path, tmp_path: Path) -> None:
    key = opened(client, folder)
    found = client.call(FindInSession(key, FindRequest("ld:")))
    assert isinstance(found, FoundInSession)
    assert found.found.turns == (1,)
    raw = client.call(GetRawRecords(key, 0))
    assert isinstance(raw, RawRecords)
    assert json.loads(raw.page.records[0].text)["message"]["content"] == "The linker is missing"
    with pytest.raises(TranscriptError, match="does not hold it"):
        client.call(GetImage(key, 0, 0))
    path = tmp_path / "session.html"
    exported = client.call(ExportSession(ExportOrder(session_id(1), ExportFormat.HTML, path=str(path))))
    assert isinstance(exported, SessionExported)
    assert path.read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(ExportError, match="exists already"):
        client.call(ExportSession(ExportOrder(session_id(1), ExportFormat.HTML, path=str(path))))
    assert isinstance(client.call(CloseSession(key)), Done)
    assert isinstance(client.call(GetTurns(key, 0, 1)), Turns)
