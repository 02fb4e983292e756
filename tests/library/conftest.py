from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memex.core.library import IndexReport
from memex.core.paths import LibraryPaths
from memex.library.library import Library
from memex.library.refresh import Refresh
from tests.small_model import make_small_model
from tests.transcript_files import TranscriptFile, session_id


@pytest.fixture
def new_library(prepared_home: LibraryPaths) -> Iterator[Callable[[], Library]]:
    """Opens the test's library; a second call opens it again, after the first is closed."""
    paths = prepared_home
    opened: list[Library] = []

    def open_again() -> Library:
        for library in opened:
            library.close()
        opened[:] = [Library(paths.home)]
        return opened[0]

    yield open_again
    for library in opened:
        library.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "transcripts"


@pytest.fixture
def three_sessions(folder: Path) -> list[TranscriptFile]:
    return [
        TranscriptFile(folder, session_id(1))
        .prompt("The Rust build cannot find the linker cc in the container")
        .run("cargo build --release", "error: linker `cc` not found", fails=True)
        .say("The image lacks build-essential; I add it to the Dockerfile."),
        TranscriptFile(folder, session_id(2), cwd="/home/ann/shop")
        .prompt("Make the login page remember the chosen language")
        .run("npm test", "12 passing")
        .say("The language is kept in a cookie now."),
        TranscriptFile(folder, session_id(3), cwd="/home/ann/shop")
        .prompt("Why is the training loss NaN after two epochs?")
        .say("The learning rate overflows half precision: use gradient clipping."),
    ]


def refresh(library: Library, folder: Path) -> IndexReport:
    job = Refresh(library, [folder])
    for _ in job.steps():
        pass
    return job.report()


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of another model, with 32 dimensions."""
    return make_small_model(tmp_path_factory.mktemp("small") / "small-model")
