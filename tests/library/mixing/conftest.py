import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.embedding.minilm import DIMENSION
from memex.embedding.prepared import Variant
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256
from memex.library.library import Library
from memex.library.refresh import Refresh
from tests.library.mixing.built import Held, write_sessions
from tests.transcript_files import TranscriptFile, session_id

TALK_ONLY = session_id(901)
"""Without a tool, a file, an error or code."""
TWINS = (session_id(911), session_id(912), session_id(913))
"""Of the same words."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, prepared_models: Path) -> Iterator[tuple[Library, Held]]:
    """An indexed library that tests only read, and what its sessions hold."""
    folder = tmp_path_factory.mktemp("built")
    paths = LibraryPaths(folder / "library")
    shutil.copytree(prepared_models, paths.models)
    with Catalog(paths.catalog) as catalog, catalog.transaction():
        catalog.vectors.want(ModelSignature(MODEL_NAME, DIMENSION, WEIGHTS_SHA256, Variant.INT8))
    held = write_sessions(folder / "transcripts")
    others = folder / "others"
    TranscriptFile(others, TALK_ONLY).prompt("What is a monad?").say("A way to compose what has effects.")
    for twin in TWINS:
        TranscriptFile(others, twin).prompt("Bake bread with rye flour").say("Let the dough rest for a day.")
    library = Library(paths.home)
    for _ in Refresh(library, [folder / "transcripts", others]).steps():
        pass
    library.open_vectors()
    yield library, held
    library.close()
