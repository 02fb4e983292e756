"""A re-embedding in the engine: searches and refreshes go on while it runs."""

from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from memex.catalog.catalog import Catalog
from memex.core.indexes import ReembedState
from memex.core.library import LibraryStatus, Stage
from memex.core.paths import LibraryPaths
from memex.core.search import SearchRequest
from memex.core.settings import Settings, save_settings
from memex.engine.client import EngineClient
from memex.engine.index_messages import RecordOpened, Reembed, Reembedded, Reindex
from memex.engine.jobs import JobRunner
from memex.engine.protocol import (
    CancelJob,
    Event,
    GetStatus,
    Indexed,
    JobFailed,
    JobFinished,
    JobProgressed,
    JobQueued,
    PauseJob,
    ResumeJob,
    Search,
    Searched,
    StartIndexing,
    Status,
)
from memex.library.library import Library
from memex.library.refresh import Refresh
from tests.engine.test_engine import index
from tests.small_model import make_small_model
from tests.transcript_files import TranscriptFile, session_id

PATIENCE = 30.0


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small_model(tmp_path_factory.mktemp("small") / "small-model")


def status_of(client: EngineClient) -> LibraryStatus:
    reply = client.call(GetStatus())
    assert isinstance(reply, Status)
    return reply.status


def found(client: EngineClient) -> list[str]:
    reply = client.call(Search(SearchRequest("linker")))
    assert isinstance(reply, Searched)
    assert reply.table.degraded is None
    return [card.id for card in reply.table.cards]


def begin_paused(client: EngineClient, model: Path) -> int:
    """The number of a re-embedding that stands at its beginning."""
    client.call(PauseJob())
    queued = client.call(Reembed(str(model), batch=1))
    assert isinstance(queued, JobQueued)
    for frame in client.frames():
        match frame.body:
            case JobProgressed(progress=progress) if progress.paused:
                assert progress.stage is Stage.REEMBED
                break
    return queued.job


def test_refreshes_do_not_wait_for_its_end_and_what_they_bring_is_in_it(
    client: EngineClient, folder: Path, small_model: Path
) -> None:
    index(client, folder)
    reembedding = begin_paused(client, small_model)
    assert session_id(1) in found(client)
    TranscriptFile(folder, session_id(3)).prompt("Where is the invoice template?").say("In templates/.")
    queued = client.call(StartIndexing((str(folder),)))
    assert isinstance(queued, JobQueued)
    client.call(ResumeJob())
    finished = (frame.body for frame in client.frames() if isinstance(frame.body, JobFinished))
    ended = [next(finished), next(finished)]
    assert [each.job for each in ended] == [queued.job, reembedding]
    refreshed, reembedded = (each.outcome for each in ended)
    assert isinstance(refreshed, Indexed)
    assert refreshed.report.new == 1
    assert isinstance(reembedded, Reembedded)
    assert reembedded.report.state is ReembedState.DONE
    status = status_of(client)
    assert status.model is not None
    assert status.model.startswith("small-model-")
    assert (status.indexed, status.waiting, status.texts_waiting) == (3, 0, 0)
    assert session_id(1) in found(client)


def test_changed_files_and_new_jobs_that_come_while_it_runs(
    prepared_home: LibraryPaths, folder: Path, small_model: Path
) -> None:
    """Files are taken in meanwhile, as if asked for; another job is done after it."""
    save_settings(prepared_home.settings, Settings((str(folder),), agent_folders=False))
    library = Library(prepared_home.home)
    for _ in Refresh(library).steps():
        pass
    events: SimpleQueue[Event] = SimpleQueue()
    jobs = JobRunner(library, events.put)
    try:
        jobs.pause()
        jobs.open()
        reembedding = jobs.start(Reembed(str(small_model), batch=1))
        next_of(events, lambda event: isinstance(event, JobProgressed) and event.progress.paused)
        file = TranscriptFile(folder, session_id(3)).prompt("Where is the template?").say("In templates/.")
        jobs.take_changed([file.path])
        reindexing = jobs.start(Reindex())
        jobs.resume()
        ended = [next_of(events, lambda event: isinstance(event, JobFinished)) for _ in range(3)]
    finally:
        jobs.close()
        library.close()
    refreshed = ended[0].outcome
    assert isinstance(refreshed, Indexed)
    assert refreshed.report.new == 1
    assert [each.job for each in ended[1:]] == [reembedding, reindexing]


def next_of(events: SimpleQueue[Event], is_wanted: Callable[[Event], bool]) -> Any:
    while not is_wanted(event := events.get(timeout=PATIENCE)):
        assert not isinstance(event, JobFailed)
    return event


def test_one_that_is_cancelled_leaves_the_old_model_in_use(
    client: EngineClient, folder: Path, small_model: Path
) -> None:
    index(client, folder)
    old = status_of(client).model
    begin_paused(client, small_model)
    client.call(CancelJob())
    outcome = next(frame.body.outcome for frame in client.frames() if isinstance(frame.body, JobFinished))
    assert isinstance(outcome, Reembedded)
    assert outcome.report.state is ReembedState.INCOMPLETE
    assert "run it again" in (outcome.report.reason or "")
    assert status_of(client).model == old
    assert session_id(1) in found(client)


def test_what_is_opened_from_a_search_is_recorded(
    client: EngineClient, folder: Path, prepared_home: LibraryPaths
) -> None:
    index(client, folder)
    client.call(RecordOpened("linker", 1))
    client.call(RecordOpened("of a session that is gone", 99))
    with Catalog(prepared_home.catalog) as catalog:
        assert catalog.opened_results.by_query() == {"linker": {1: 1}}
