"""A file in the user's own editor, at its line."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from memex.core.errors import MemexError
from memex.window.terminal import run_in_terminal

# How each editor is told the line. An editor that is not here is given the path alone.
AT_PLACE = ("-g", "{path}:{line}")
_COLON = ("{path}:{line}",)
_PLUS = ("+{line}", "{path}")
_LINE = ("--line", "{line}", "{path}")
_ARGUMENTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("code", "code-insiders", "codium", "cursor", "windsurf"), AT_PLACE),
    **dict.fromkeys(("subl", "zed", "zeditor", "hx", "helix"), _COLON),
    **dict.fromkeys(
        ("vi", "vim", "nvim", "gvim", "nano", "micro", "kak", "emacs", "emacsclient", "gedit"), _PLUS
    ),
    **dict.fromkeys(("kate", "idea", "pycharm", "webstorm", "goland", "clion", "rustrover"), _LINE),
}
IN_TERMINAL = frozenset({"vi", "vim", "nvim", "nano", "micro", "kak", "hx", "helix"})
OPENERS: dict[str, tuple[str, ...]] = {"darwin": ("open", "-t", "{path}"), "win32": ("notepad.exe", "{path}")}
"""Of texts alone: the desktop's own opener would run a program there."""

Find = Callable[[str], str | None]


class EditorError(MemexError):
    """The file or its editor is not there."""


def open_in_editor(path: str, line: int | None, chosen: str = "") -> None:
    """`chosen` is the user's setting: a command, with `{path}` and `{line}` or without."""
    file = Path(path).expanduser().absolute()  # so that it is never taken for an option
    if not file.exists():
        raise EditorError(f"{path} is not on this machine any more.")
    words = editor_command(str(file), line, chosen, sys.platform, os.environ, shutil.which)
    if words is None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file))):
            raise EditorError("No editor was found: name yours in VISUAL, or as `editor` in the settings.")
    elif Path(words[0]).stem in IN_TERMINAL:
        run_in_terminal(subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words))
    else:
        _start(words)


def editor_command(
    path: str, line: int | None, chosen: str, platform: str, environment: Mapping[str, str], find: Find
) -> list[str] | None:
    """None: leave it to the desktop."""
    command = chosen or environment.get("VISUAL", "")
    if not command:
        opener = ("code", *AT_PLACE) if find("code") else OPENERS.get(platform)
        return _filled(opener, path, line) if opener else None
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise EditorError(f"“{command}” is no command: mend the setting `editor`, or VISUAL.")
    if any("{path}" in word for word in words):
        return _filled(tuple(words), path, line)
    return [*words, *_filled(_ARGUMENTS.get(Path(words[0]).stem, ("{path}",)), path, line)]


def _filled(words: tuple[str, ...], path: str, line: int | None) -> list[str]:
    return [word.replace("{line}", str(line or 1)).replace("{path}", path) for word in words]


def _start(words: list[str]) -> None:
    try:
        subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as cause:
        raise EditorError(
            f"{words[0]} did not start ({cause.strerror}): name your editor in VISUAL or in the settings."
        ) from cause
