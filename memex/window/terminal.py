"""A command run in the user's own terminal, in a window of its own that stays open when it ends."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

from memex.core.errors import MemexError

# How each terminal is told what to run. `xdg-terminal-exec` is freedesktop's way to the one that the user
# chose, `x-terminal-emulator` Debian's.
LINUX: tuple[tuple[str, ...], ...] = (
    ("xdg-terminal-exec",),
    ("x-terminal-emulator", "-e"),
    ("gnome-terminal", "--"),
    ("kgx", "--"),
    ("konsole", "-e"),
    ("xfce4-terminal", "-x"),
    ("kitty",),
    ("alacritty", "-e"),
    ("foot",),
    ("wezterm", "start", "--"),
    ("xterm", "-e"),
)
MAC = ("osascript", "-e", "on run argv", "-e", 'tell application "Terminal" to do script (item 1 of argv)',
       "-e", 'tell application "Terminal" to activate', "-e", "end run")  # fmt: skip

Find = Callable[[str], str | None]


class NoTerminalError(MemexError):
    """No terminal was found, or it did not start."""


def run_in_terminal(command: str) -> None:
    """`command` is a line for the user's shell."""
    words = terminal_command(command, sys.platform, os.environ, shutil.which)
    try:
        subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as cause:
        raise NoTerminalError(
            f"{words[0]} did not start ({cause.strerror}): copy the command, and run it in a terminal."
        ) from cause


def terminal_command(command: str, platform: str, environment: Mapping[str, str], find: Find) -> list[str]:
    if platform == "win32":
        return [
            *(("wt.exe",) if find("wt.exe") else ("cmd.exe", "/c", "start", "")),
            "cmd.exe",
            "/k",
            command,
        ]
    if platform == "darwin":
        return [*MAC, command]
    shell = environment.get("SHELL") or "/bin/sh"
    stays = [shell, "-c", f"{command}; exec {shlex.quote(shell)}"]
    chosen = tuple(shlex.split(environment.get("TERMINAL", "")))
    for words in (*(((*chosen, "-e"),) if chosen else ()), *LINUX):
        if find(words[0]):
            return [*words, *stays]
    raise NoTerminalError(
        "No terminal was found: name one in TERMINAL, or copy the command and run it yourself."
    )
