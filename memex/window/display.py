"""Whether there is a screen to open a window on."""

import os
import sys

from memex.core.errors import MemexError

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def require_display() -> None:
    """Where there is none, Qt would abort the process with a page of its own."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not any(os.environ.get(name) for name in DISPLAYS):
        raise MemexError(
            "There is no screen here to open a window on: run Memex on a desktop or through `ssh -X`, "
            "or use its commands, as in `memex search`."
        )
