"""Commands as a shell runs them, and their JSON, held to the documented shapes."""

import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from memex import cli

Shape = TypeVar("Shape")

Done = subprocess.CompletedProcess[str]

DEADLOCK = "0382d436-0be1-5cdc-9162-02e9e478f386"
"""A session of the demo."""


def command(home: Path | None, *words: str) -> list[str]:
    where = () if home is None else ("--home", str(home))
    return [sys.executable, "-m", "memex", *where, *words]


def run(home: Path | None, *words: str) -> Done:
    """`home` None: as the environment says."""
    return subprocess.run(
        command(home, *words),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def exit_code(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    """Of the command run in this process, which is quicker."""
    monkeypatch.setattr(sys, "argv", ["memex", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def text_of(home: Path | None, *words: str) -> str:
    done = run(home, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def json_of(shape: type[Shape], home: Path | None, *words: str) -> Shape:
    return decoded(shape, text_of(home, *words, "--json"))


def decoded(shape: type[Shape], text: str) -> Shape:
    """One line of JSON with all fields of the shape and no others."""
    value = msgspec.json.decode(text, type=shape)
    assert msgspec.json.encode(value).decode() + "\n" == text
    return value
