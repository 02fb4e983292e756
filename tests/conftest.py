"""What every test gets: a home of its own, Qt off the screen, and a check that it left nothing running."""

import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from memex.catalog.catalog import Catalog
from memex.core.models import ModelSignature
from memex.core.paths import LibraryPaths
from memex.embedding.minilm import DIMENSION
from memex.embedding.prepared import Variant
from memex.embedding.weights import MODEL_NAME, WEIGHTS_SHA256

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything makes a QApplication
os.environ["HF_HUB_OFFLINE"] = "1"

settings.register_profile("memex", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("memex")

GRACE_SECONDS = 10
"""For a process that has been told to stop to do so."""


@pytest.fixture(scope="session", autouse=True)
def _no_real_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures wider than a test see an empty home, too."""
    with pytest.MonkeyPatch.context() as patch:
        move_home(patch, tmp_path_factory.mktemp("session-home"))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for this test alone, beside its `tmp_path`."""
    folder = tmp_path_factory.mktemp("home")
    move_home(monkeypatch, folder)
    return folder


def move_home(patch: pytest.MonkeyPatch, home: Path) -> None:
    """The user's, on every platform, with what Memex and the agents look for by name."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)  # Qt warns of any other
    for name in ("HOME", "USERPROFILE"):
        patch.setenv(name, str(home))
    for name in (
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "APPDATA",
        "LOCALAPPDATA",
    ):
        patch.setenv(name, str(home / name.lower()))
    patch.setenv("XDG_RUNTIME_DIR", str(runtime))
    patch.setenv("MEMEX_HOME", str(home / "memex"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        patch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def corpus(pytestconfig: pytest.Config) -> Path:
    """Real transcripts, to be read and never written or copied."""
    named = os.environ.get("MEMEX_CORPUS")
    folder = Path(named) if named else pytestconfig.rootpath.parent / "shared" / "corpus"
    if not (folder / "MANIFEST.csv").is_file():
        pytest.fail(f"No corpus in {folder}: set MEMEX_CORPUS to the folder that holds its MANIFEST.csv.")
    return folder


@pytest.fixture(scope="session")
def prepared_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as a library prepares it at its first start, done once for all tests."""
    from memex.embedding.minilm import open_minilm

    folder = tmp_path_factory.mktemp("models")
    open_minilm(folder, variant=Variant.INT8).close()
    return folder


@pytest.fixture
def prepared_home(tmp_path: Path, prepared_models: Path) -> LibraryPaths:
    """An empty library that need not prepare its model, nor probe for the faster variant of it."""
    paths = LibraryPaths(tmp_path / "library")
    shutil.copytree(prepared_models, paths.models, copy_function=os.link)
    with Catalog(paths.catalog) as catalog, catalog.transaction():
        catalog.vectors.want(ModelSignature(MODEL_NAME, DIMENSION, WEIGHTS_SHA256, Variant.INT8))
    return paths


@pytest.fixture(autouse=True)
def _no_thread_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests without Qt do not load it for this."""
    if "PySide6.QtCore" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QThread
    from shiboken6 import isValid

    started: list[QThread] = []
    start = QThread.start

    def spy(self: QThread, *priority: QThread.Priority) -> None:
        started.append(self)
        start(self, *priority)

    monkeypatch.setattr(QThread, "start", spy)
    yield
    running = [thread for thread in started if isValid(thread) and thread.isRunning()]
    assert not running, f"the test left threads running: {running}"


@pytest.fixture(autouse=True)
def _no_process_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of those that the test itself started; a wider fixture stops its own."""
    started: list[subprocess.Popen[Any]] = []
    begin = subprocess.Popen.__init__
    before = set(multiprocessing.active_children())

    def spy(self: subprocess.Popen[Any], *args: Any, **options: Any) -> None:
        begin(self, *args, **options)
        started.append(self)

    monkeypatch.setattr(subprocess.Popen, "__init__", spy)
    yield
    running = [process.args for process in started if outlives_grace(process)]
    running += [child.name for child in set(multiprocessing.active_children()) - before]
    assert not running, f"the test left processes running: {running}"


def outlives_grace(process: subprocess.Popen[Any]) -> bool:
    """If so it is ended here, so that one test's fault is not the next one's."""
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False
