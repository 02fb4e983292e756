from collections.abc import Iterator
from pathlib import Path

import pytest

from memex.core.paths import LibraryPaths
from memex.engine.client import EngineClient, attach_or_start
from tests.transcript_files import TranscriptFile, session_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "transcripts"
    TranscriptFile(folder, session_id(1)).prompt("The linker is missing").run("make", "ld: error", fails=True)
    TranscriptFile(folder, session_id(2)).prompt("Remember the language").say("It is in a cookie now")
    return folder


@pytest.fixture
def client(prepared_home: LibraryPaths) -> Iterator[EngineClient]:
    opened = attach_or_start(prepared_home)
    yield opened
    opened.close()
