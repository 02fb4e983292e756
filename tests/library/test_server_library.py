"""A library whose index is on a Qdrant server: its failures cost vectors for a while, nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memex.core.errors import MemexError
from memex.core.filters import Filters, Order
from memex.core.lenses import Lane
from memex.core.library import Health
from memex.core.paths import LibraryPaths
from memex.core.search import LensTable, SearchRequest
from memex.core.settings import QdrantServer, Settings, load_settings, save_settings
from memex.index.breaker import FIRST_WAIT, LONGEST_WAIT, Breaker
from memex.index.errors import IndexUnreachableError
from memex.index.server_store import ServerStore
from memex.library.library import Library
from memex.library.listing import asked_of, count_facets, list_sessions
from memex.library.moving import Move
from memex.library.refresh import Refresh
from memex.library.search import search
from tests.derived_rows import derived_rows
from tests.index.backends import local_mode_warns
from tests.index.faulty_server import Answer, hang, raw, refusal, vanish
from tests.library.conftest import refresh
from tests.library.servers import FailingClient, failing_client, stores_over
from tests.transcript_files import TranscriptFile, session_id

pytestmark = local_mode_warns
NewLibrary = Callable[[], Library]

SERVER = QdrantServer("http://localhost:6333", collection="ours")
FAULTS: dict[str, tuple[Answer, str]] = {
    "hangs": (hang, "did not answer in time: it is overloaded"),
    "vanishes": (vanish, "cannot be reached: start it, or correct its URL"),
    "fails": (refusal(500, "Service internal error"), "failed: it is tried again later"),
    "is full": (refusal(507, "No space left on device"), "No space left on device"),
    "answers garbage": (raw(b"\x00\xff garbage"), "is not Qdrant: correct the URL"),
    "refuses the key": (refusal(401, "Must provide an API key"), "refused the API key"),
}


@pytest.fixture
def client() -> Iterator[FailingClient]:
    with failing_client() as client:
        yield client


@pytest.fixture
def on_server(client: FailingClient, prepared_home: LibraryPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    stores_over(client, monkeypatch)
    save_settings(prepared_home.settings, Settings(server=SERVER))


def asked(library: Library, text: str = "a linker is missing in the container") -> LensTable:
    with library.searching() as side:
        return search(library.reader, side, SearchRequest(text), library.degraded)


def ids(table: LensTable) -> set[str]:
    return {card.id for card in table.cards}


def held(library: Library) -> int:
    assert library.vectors is not None
    return library.vectors.index.count()


def catch_up(library: Library) -> None:
    """As the engine does of itself when a trial is due."""
    for _ in Refresh(library, changed=()).steps():
        pass


@pytest.mark.usefixtures("on_server", "three_sessions")
def test_a_library_on_a_server_answers_from_every_lane(
    new_library: NewLibrary, folder: Path, client: FailingClient
) -> None:
    library = new_library()
    refresh(library, folder)
    table = asked(library)
    assert session_id(1) in ids(table)
    assert (set(table.lanes), table.degraded) == (set(Lane), None)
    status = library.status(library.reader)
    assert (status.backend, status.health, status.indexed) == ("http://localhost:6333", Health.FINE, 3)
    assert not library.paths.generations.exists()
    generation = library.writer.generations.current()
    assert generation is not None
    (alias,) = client.get_aliases().aliases
    assert (alias.alias_name, alias.collection_name) == ("ours", f"ours-{generation.id}")
    library = new_library()
    assert refresh(library, folder).texts_embedded == 0
    assert library.writer.generations.current() == generation


@pytest.mark.usefixtures("on_server", "three_sessions")
@pytest.mark.parametrize(("answer", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_server_that_fails_costs_no_session_and_is_caught_up_with(
    new_library: NewLibrary, folder: Path, client: FailingClient, answer: Answer, sentence: str
) -> None:
    library = new_library()
    with client.failing(answer):
        report = refresh(library, folder)
        assert (report.new, report.failed, report.texts_embedded > 0) == (3, (), True)
        (stale,) = report.stale
        assert (stale.what, stale.count) == ("sessions", 3)
        assert sentence in stale.reason
        status = library.status(library.reader)
        assert (status.health, status.sessions, status.with_vectors) == (Health.DEGRADED, 3, 3)
        assert (status.repairs.count, status.repairs.last_error) == (3, stale.reason)
        assert status.repairs.oldest is not None
        before = client.calls
        table = asked(library)
        assert session_id(1) in ids(table)
        assert table.degraded is not None
        assert sentence in table.degraded
        assert client.calls == before
    catch_up(library)
    assert library.status(library.reader).repairs.count == 3, "not before its time"
    assert refresh(library, folder).stale == ()
    status = library.status(library.reader)
    assert (status.health, status.repairs.count, status.repairs.last_error) == (Health.FINE, 0, None)
    assert held(library) == 3
    assert asked(library).degraded is None


@pytest.mark.usefixtures("on_server", "three_sessions")
@pytest.mark.parametrize("calls", [1, 4, 12, 18, 22])
def test_a_server_that_vanishes_between_two_calls_is_caught_up_with(
    new_library: NewLibrary, folder: Path, client: FailingClient, calls: int
) -> None:
    library = new_library()
    with client.failing(vanish, well_for=calls):
        for _ in range(2):
            refresh(library, folder)
            asked(library)
    refresh(library, folder)
    assert asked(library).degraded is None
    assert held(library) == 3
    assert library.status(library.reader).waiting == 0


@pytest.mark.usefixtures("on_server", "three_sessions")
def test_a_failure_while_searching_is_full_text_and_the_next_search_does_not_wait(
    new_library: NewLibrary, folder: Path, client: FailingClient
) -> None:
    library = new_library()
    refresh(library, folder)
    with client.failing(hang):
        for _ in range(2):
            table = asked(library)
            assert table.lanes == (Lane.WORDS,)
            assert "did not answer in time" in str(table.degraded)
        failed_at = client.calls
        asked(library)
        assert client.calls == failed_at
    refresh(library, folder)
    assert asked(library).degraded is None


@pytest.mark.usefixtures("on_server", "three_sessions")
def test_a_failure_is_told_after_a_restart_too(
    new_library: NewLibrary, folder: Path, client: FailingClient
) -> None:
    with client.failing(vanish):
        refresh(new_library(), folder)
        library = new_library()
        before = client.calls
        status = library.status(library.reader)
        assert client.calls == before
    assert status.degraded == status.repairs.last_error
    assert "cannot be reached" in str(status.degraded)


@pytest.mark.usefixtures("on_server", "three_sessions")
def test_a_server_that_lost_the_collection_gets_another_without_embedding(
    new_library: NewLibrary, folder: Path, client: FailingClient
) -> None:
    library = new_library()
    refresh(library, folder)
    for collection in client.get_collections().collections:
        client.delete_collection(collection.name)
    assert asked(library).degraded is not None
    report = refresh(library, folder)
    assert (report.texts_embedded, report.stale, held(library)) == (0, (), 3)


@pytest.mark.usefixtures("on_server", "three_sessions")
def test_lists_counts_and_replays_never_ask_the_index(
    new_library: NewLibrary, folder: Path, client: FailingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(new_library(), folder)
    library = new_library()
    monkeypatch.setattr(ServerStore, "open", _refuse)
    monkeypatch.setattr(ServerStore, "create", _refuse)
    monkeypatch.setattr(ServerStore, "kept", _refuse)
    query = asked_of("project:shop", Filters())
    cards, total = list_sessions(library.reader, query, Order.NEWEST, 10, 0)
    assert (len(cards), total) == (2, 2)
    assert count_facets(library.reader, query, None)
    assert library.status(library.reader).indexed == 3
    assert library.reader.sessions.resolve(session_id(1))


def _refuse(*_: object) -> None:
    raise AssertionError("the index was asked")


@pytest.mark.parametrize("to_server", [True, False], ids=["to a server", "to the folder"])
def test_a_library_is_moved_without_embedding_anything(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    client: FailingClient,
    monkeypatch: pytest.MonkeyPatch,
    to_server: bool,
) -> None:
    stores_over(client, monkeypatch)
    library = new_library()
    save_settings(library.paths.settings, Settings(animations=False, server=None if to_server else SERVER))
    library = new_library()
    refresh(library, folder)
    vectors, found = derived_rows(library.paths.catalog)["vectors"], ids(asked(library))
    monkeypatch.setattr("memex.library.library.open_wanted_embedder", _refuse)
    move(library, SERVER if to_server else None)
    settings = load_settings(library.paths.settings)
    assert (settings.server, settings.animations) == (SERVER if to_server else None, False)
    assert library.status(library.reader).backend == ("http://localhost:6333" if to_server else "embedded")
    assert ids(asked(library)) == found
    assert derived_rows(library.paths.catalog)["vectors"] == vectors
    assert held(library) == 3
    assert len(library.writer.generations.all()) == 1
    assert len(client.get_collections().collections) == to_server
    assert not to_server or not any(library.paths.generations.iterdir())
    monkeypatch.undo()
    stores_over(client, monkeypatch)
    library = new_library()
    library.open_vectors()
    assert refresh(library, folder).texts_embedded == 0
    assert held(library) == 3


@pytest.mark.parametrize("calls", [0, 3, 15])
def test_a_move_that_fails_leaves_all_as_it_was(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    client: FailingClient,
    monkeypatch: pytest.MonkeyPatch,
    calls: int,
) -> None:
    stores_over(client, monkeypatch)
    library = new_library()
    refresh(library, folder)
    before = library.writer.generations.current()
    with client.failing(vanish, well_for=calls), pytest.raises(IndexUnreachableError, match="start it"):
        move(library, SERVER)
    assert load_settings(library.paths.settings).server is None
    assert library.writer.generations.all() == [before]
    assert asked(library).degraded is None
    status = library.status(library.reader)
    assert (status.backend, status.health) == ("embedded", Health.FINE)
    move(library, SERVER)
    assert held(library) == 3


def test_settings_that_cannot_be_saved_undo_a_move(
    new_library: NewLibrary,
    folder: Path,
    three_sessions: list[TranscriptFile],
    client: FailingClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stores_over(client, monkeypatch)
    library = new_library()
    refresh(library, folder)
    library.paths.settings.mkdir()
    with pytest.raises(MemexError, match="Settings could not be read"):
        move(library, SERVER)
    assert library.status(library.reader).backend == "embedded"


def move(library: Library, server: QdrantServer | None) -> None:
    for _ in Move(library, server).steps():
        pass


def test_trials_back_off_up_to_a_limit_and_begin_anew_once_one_worked() -> None:
    now = 0.0
    breaker = Breaker(lambda: now)
    assert breaker.seconds_left() is None
    waits = []
    for _ in range(12):
        breaker.failed("It is down.")
        breaker.failed("It is still down.")
        waits.append(breaker.seconds_left())
        now += waits[-1] or 0.0
    assert waits[:4] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT]
    assert waits[-2:] == [LONGEST_WAIT, LONGEST_WAIT]
    assert breaker.failure == "It is still down."
    breaker.worked()
    assert (breaker.failure, breaker.seconds_left()) == (None, None)
    breaker.failed("It is down.")
    assert breaker.seconds_left() == FIRST_WAIT
