"""What the README promises before a line of Memex runs: its commands, its version, its set-up."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import environment
import pytest
import system_packages
from system_packages import SetupError

import memex
from memex import cli

ROOT = Path(__file__).parents[1]


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_make_command_of_the_readme_exists() -> None:
    commands = set(re.findall(r"\bmake ([a-z]+)", text_of("README.md")))
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert {"run", "demo", "test"} <= commands
    assert commands <= targets


def test_every_verb_is_in_the_readme_and_every_one_there_exists() -> None:
    verbs = set(re.findall(r"^\| `memex ([a-z-]+)", text_of("README.md"), re.MULTILINE))
    assert verbs == set(cli.memex.commands)


def test_every_picture_and_page_that_the_readme_links_exists() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text_of("README.md"))
    assert any(target.endswith(".png") for target in targets)
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_one_version_everywhere() -> None:
    newest = re.search(r"^## \[([^]]+)]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert tomllib.loads(text_of("pyproject.toml"))["project"]["version"] == memex.__version__ == newest[1]


def test_every_pin_is_exact_and_good_for_every_platform() -> None:
    pins = [line for line in text_of("constraints.txt").splitlines() if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []


def test_the_makefile_and_the_environment_agree_on_where_python_is() -> None:
    assert environment.PYTHON.is_relative_to(ROOT / ".venv")
    assert f"BIN := {environment.PYTHON.parent.relative_to(ROOT).as_posix()}" in text_of("Makefile")


def lacks_cursor(library: str) -> bool:
    return library != "libxcb-cursor.so.0"


class TestMissingLibraries:
    def test_what_does_not_load_is_missing(self) -> None:
        probe = system_packages.loads
        assert system_packages.missing(["libc.so.6", "libmemex-no-such.so.1"], probe) == [
            "libmemex-no-such.so.1"
        ]

    def test_a_user_is_told_the_one_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", "linux")
        monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
        system_packages.require_qt_libraries(screen=False, probe=lacks_cursor)
        with pytest.raises(SetupError) as told:
            system_packages.require_qt_libraries(screen=True, probe=lacks_cursor)
        assert str(told.value) == (
            "Qt needs libraries that this system lacks (libxcb-cursor.so.0). Install them, then try again:"
            "\n\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends libxcb-cursor0\n"
        )

    def test_root_gets_them_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ran: list[list[str]] = []

        def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
            ran.append(command[1:])
            return subprocess.CompletedProcess(command, 0)

        monkeypatch.setattr("sys.platform", "linux")
        monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr("subprocess.run", run)
        system_packages.require_qt_libraries(
            screen=False, probe=lambda library: library != "libEGL.so.1" or len(ran) == 2
        )
        assert ran == [["-qq", "update"], ["-qq", "install", "-y", "--no-install-recommends", "libegl1"]]

    def test_off_debian_the_packages_are_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda name: None)
        with pytest.raises(SetupError, match="install what Debian has as libegl1, libgl1"):
            system_packages.install_or_explain("Qt needs libraries", ["libegl1", "libgl1"])


class TestEnvironment:
    PYPROJECT = '[build-system]\nrequires = ["x"]\n[project]\nname = "p"\n'

    def test_settings_of_tools_do_not_install_anew(self) -> None:
        before = environment.fingerprint(self.PYPROJECT, "a==1")
        assert environment.fingerprint(self.PYPROJECT + "[tool.ruff]\nline-length = 9\n", "a==1") == before
        assert environment.fingerprint(self.PYPROJECT + 'version = "2"\n', "a==1") != before
        assert environment.fingerprint(self.PYPROJECT, "a==2") != before

    @pytest.mark.parametrize(
        ("installed", "wanted", "serves"),
        [("lean", "lean", True), ("lean", "test", False), ("test", "lean", True), ("test", "test", True)],
    )
    def test_the_test_environment_also_runs_the_program(
        self, tmp_path: Path, installed: str, wanted: str, serves: bool
    ) -> None:
        stamp = tmp_path / "stamp"
        assert not environment.serves(stamp, "f", test=wanted == "test")
        stamp.write_text(json.dumps({"fingerprint": "f", "test": installed == "test"}))
        assert environment.serves(stamp, "f", test=wanted == "test") is serves
        assert not environment.serves(stamp, "other", test=wanted == "test")

    def test_an_environment_whose_python_has_gone_does_not_run(self, tmp_path: Path) -> None:
        assert environment.runs(Path(sys.executable))
        assert not environment.runs(tmp_path / "python")
