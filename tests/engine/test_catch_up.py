"""An engine whose Qdrant server fails goes on, and catches up by itself once the server is well."""

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from memex.core.library import Health, LibraryStatus
from memex.core.paths import LibraryPaths
from memex.core.search import SearchRequest
from memex.core.settings import QdrantServer, Settings, save_settings
from memex.engine.answers import Answers
from memex.engine.jobs import JobRunner
from memex.engine.protocol import (
    Event,
    GetStatus,
    ListSessions,
    MoveIndex,
    Search,
    Searched,
    SessionList,
    StartIndexing,
    Status,
    StatusChanged,
)
from memex.library.library import Library
from tests.index.backends import local_mode_warns
from tests.index.faulty_server import vanish
from tests.library.servers import FailingClient, failing_client, stores_over

pytestmark = local_mode_warns
PATIENCE = 30.0


class Engine:
    """The part of one that does jobs and answers, without its process."""

    def __init__(self, library: Library) -> None:
        self.events: SimpleQueue[Event] = SimpleQueue()
        self.jobs = JobRunner(library, self.events.put)
        self.answers = Answers(library, self.jobs, self.events.put)
        library.breaker.on_failure = self.jobs.wake
        self.jobs.open()

    def until(self, wanted: Callable[[LibraryStatus], bool]) -> LibraryStatus:
        while True:
            event = self.events.get(timeout=PATIENCE)
            if isinstance(event, StatusChanged) and event.status.job is None and wanted(event.status):
                return event.status

    def search(self) -> Searched:
        found = self.answers.reply(Search(SearchRequest("a linker is missing")))
        assert isinstance(found, Searched)
        return found


@pytest.fixture
def client() -> Iterator[FailingClient]:
    with failing_client() as client:
        yield client


@pytest.fixture
def engine(
    client: FailingClient, prepared_home: LibraryPaths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    stores_over(client, monkeypatch)
    server = QdrantServer("http://localhost:6333")
    save_settings(prepared_home.settings, Settings((str(folder),), agent_folders=False, server=server))
    library = Library(prepared_home.home)
    engine = Engine(library)
    yield engine
    engine.jobs.close()
    library.close()


def test_what_a_server_missed_it_gets_when_it_is_back(engine: Engine, client: FailingClient) -> None:
    with client.failing(vanish):
        engine.jobs.start(StartIndexing())
        status = engine.until(lambda status: status.sessions == 2)
        assert (status.health, status.repairs.count, status.with_vectors) == (Health.DEGRADED, 2, 2)
        assert engine.search().table.degraded == status.repairs.last_error
    status = engine.until(lambda status: status.repairs.count == 0)
    assert (status.health, status.degraded, status.indexed) == (Health.FINE, None, 2)
    assert engine.search().table.degraded is None


def test_a_search_that_finds_the_server_gone_has_it_tried_again(
    engine: Engine, client: FailingClient
) -> None:
    engine.jobs.start(StartIndexing())
    engine.until(lambda status: status.indexed == 2)
    with client.failing(vanish):
        assert "cannot be reached" in str(engine.search().table.degraded)
        engine.until(lambda status: status.repairs.last_error is not None)
        asked = client.calls
        assert isinstance(engine.answers.reply(ListSessions()), SessionList)
        assert isinstance(engine.answers.reply(GetStatus()), Status)
        assert client.calls == asked
    engine.until(lambda status: status.health is Health.FINE)
    assert engine.search().table.degraded is None


def test_search_goes_on_while_the_index_is_moved(engine: Engine) -> None:
    engine.jobs.start(StartIndexing())
    engine.until(lambda status: status.indexed == 2)
    engine.jobs.start(MoveIndex(None))
    while engine.until(lambda _: True).backend != "embedded":
        assert engine.search().table.degraded is None
    assert engine.search().table.degraded is None
