"""`kill -9` at any moment costs at most the batch in hand: the next run ends as an undisturbed one."""

import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from memex.core.library import IndexReport, LibraryStatus
from memex.core.paths import LibraryPaths
from memex.demo.generate import write_demo
from tests.derived_rows import derived_rows

ROUNDS = int(os.environ.get("MEMEX_KILL_ROUNDS", "4"))
"""`MEMEX_KILL_ROUNDS=60` is the full campaign."""
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, NOW)
    return folder


def command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "memex", "--home", str(home), *words]


def index(home: Path, folder: Path) -> IndexReport:
    done = subprocess.run(command(home, "index", str(folder), "--json"), capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=IndexReport)


def killed_after(home: Path, folder: Path, seconds: float) -> bool:
    """False: it was done before."""
    process = subprocess.Popen(
        command(home, "index", str(folder)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def test_killed_at_random_moments_and_run_again_it_equals_an_undisturbed_run(
    prepared_home: LibraryPaths, demo: Path, tmp_path: Path
) -> None:
    pristine = tmp_path / "pristine"
    shutil.copytree(prepared_home.home, pristine)
    undisturbed = index(prepared_home.home, demo)
    expected = derived_rows(prepared_home.catalog)
    moments = random.Random(2026)
    kills = 0
    for number in range(ROUNDS):
        disturbed = LibraryPaths(tmp_path / f"disturbed-{number}")
        shutil.copytree(pristine, disturbed.home)
        while killed_after(disturbed.home, demo, moments.uniform(0.3, undisturbed.seconds + 0.5)):
            kills += 1
        index(disturbed.home, demo)
        assert derived_rows(disturbed.catalog) == expected
        status = subprocess.run(command(disturbed.home, "status", "--json"), capture_output=True, check=True)
        counts = msgspec.json.decode(status.stdout, type=LibraryStatus)
        assert (counts.waiting, counts.texts_waiting) == (0, 0)
        shutil.rmtree(disturbed.home)
    assert kills > 0
