"""The user's terminal, on each platform."""

import os
from pathlib import Path

import pytest

from memex.core.errors import MemexError
from memex.window.terminal import run_in_terminal, terminal_command

COMMAND = "cd '/tmp/a b' && claude --resume abc"
STAYS = ["/bin/zsh", "-c", f"{COMMAND}; exec /bin/zsh"]


def words(*installed: str, platform: str = "linux", terminal: str = "") -> list[str]:
    environment = {"SHELL": "/bin/zsh", "TERMINAL": terminal}
    return terminal_command(COMMAND, platform, environment, lambda name: name if name in installed else None)


def test_the_one_that_the_user_chose_comes_first() -> None:
    assert words("xterm", "kitty", "xdg-terminal-exec") == ["xdg-terminal-exec", *STAYS]
    assert words("xterm", "st", "xdg-terminal-exec", terminal="st -f mono") == [
        "st",
        "-f",
        "mono",
        "-e",
        *STAYS,
    ]
    assert words("xterm", terminal="gone") == ["xterm", "-e", *STAYS]


def test_windows_and_macos_have_their_own() -> None:
    assert words("wt.exe", platform="win32") == ["wt.exe", "cmd.exe", "/k", COMMAND]
    assert words(platform="win32")[:4] == ["cmd.exe", "/c", "start", ""]
    mac = words(platform="darwin")
    assert (mac[0], mac[-1]) == ("osascript", COMMAND)


def test_none_is_one_sentence() -> None:
    with pytest.raises(MemexError, match="No terminal was found"):
        words()


def test_it_runs_the_command_and_then_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that only runs what it is given."""
    terminal, shell, said = tmp_path / "term", tmp_path / "shell", tmp_path / "said"
    os.mkfifo(said)
    terminal.write_text('#!/bin/sh\nshift\nexec "$@"\n')
    shell.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exec /bin/sh -c "$2"\necho shell > {said}\n')
    for file in (terminal, shell):
        file.chmod(0o755)
    monkeypatch.setenv("TERMINAL", str(terminal))
    monkeypatch.setenv("SHELL", str(shell))
    run_in_terminal(f"cd '{tmp_path}' && pwd > here")
    assert said.read_text() == "shell\n"
    assert (tmp_path / "here").read_text().strip() == str(tmp_path.resolve())
