"""Verbs for a library's life, as a shell runs them."""

import shutil
from pathlib import Path

import pytest

from memex.cli.output import SessionsOutput
from memex.core.library import DoctorReport, ForgetReport
from tests.cli.commands import DEADLOCK, json_of, run, text_of


@pytest.fixture
def own_library(library: Path, tmp_path: Path) -> Path:
    """One to write to."""
    home = tmp_path / "own"
    shutil.copytree(library, home, ignore=shutil.ignore_patterns("engine.*"))
    return home


def test_forget_asks_first_and_takes_a_session_out_for_good(own_library: Path) -> None:
    asked = run(own_library, "forget", DEADLOCK[:8])
    assert asked.returncode == 1
    assert DEADLOCK[:13] in asked.stderr
    assert "--yes" in asked.stderr
    before = json_of(SessionsOutput, own_library, "sessions").total
    report = json_of(ForgetReport, own_library, "forget", DEADLOCK[:8], "--yes")
    assert (report.sessions, report.remains) == (2, None)  # with a sub-agent
    assert json_of(SessionsOutput, own_library, "sessions").total == before - 1
    gone = run(own_library, "forget", DEADLOCK, "--yes")
    assert (gone.returncode, "No session" in gone.stderr) == (1, True)


def test_the_first_index_says_what_is_kept(tmp_path: Path, some_of_demo: tuple[Path, Path]) -> None:
    (empty := tmp_path / "empty").mkdir()
    assert "archive_months" in text_of(tmp_path / "home", "index", str(empty))


def test_the_doctor_repairs_what_it_finds_and_says_so_by_its_exit_code(own_library: Path) -> None:
    own_library.chmod(0o755)
    sick = run(own_library, "doctor")
    assert (sick.returncode, "mode 755" in sick.stdout) == (1, True)
    assert "Repaired." in text_of(own_library, "doctor", "--repair")
    assert json_of(DoctorReport, own_library, "doctor").findings == ()


def test_the_doctor_of_a_library_that_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"no database, " * 500)
    sick = run(tmp_path, "doctor", "--repair")
    assert (sick.returncode, "import a snapshot" in sick.stdout) == (1, True)
