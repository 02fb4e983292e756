"""The libraries that Qt expects of a Linux system: missed before a window fails to open, and installed.

What each of Qt's platforms needs was measured in a bare Debian 12 with PySide6-Essentials 6.12.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable

QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
}
"""Library → the Debian package that brings it; enough to draw offscreen."""

SCREEN_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What a window on an X screen needs besides."""


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
INSTALL = ("install", "-y", "--no-install-recommends")


class SetupError(Exception):
    """Its text tells the user what to do."""


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def require_qt_libraries(*, screen: bool, probe: Callable[[str], bool] = loads) -> None:
    """Nothing to do off Linux: there, Qt's wheels bring all they need."""
    if sys.platform != "linux":
        return
    wanted = QT_LIBRARIES | SCREEN_LIBRARIES if screen else QT_LIBRARIES
    if absent := missing(wanted, probe):
        install_or_explain(lack_of(absent), packages_of(absent))
        if absent := missing(wanted, probe):
            raise SetupError(f"{lack_of(absent)}, even now that their packages are installed.")


def require_browser() -> None:
    """The pages that Memex writes are tested in a real one."""
    if sys.platform == "linux" and not any(map(shutil.which, BROWSERS)):
        install_or_explain(
            "The tests open exported pages in a browser, and there is no Chromium", ["chromium"]
        )


def missing(libraries: Iterable[str], probe: Callable[[str], bool]) -> list[str]:
    return [library for library in libraries if not probe(library)]


def lack_of(libraries: Iterable[str]) -> str:
    return f"Qt needs libraries that this system lacks ({', '.join(libraries)})"


def packages_of(libraries: Iterable[str]) -> list[str]:
    known = QT_LIBRARIES | SCREEN_LIBRARIES
    return sorted({known[library] for library in libraries})


def install_or_explain(problem: str, packages: list[str]) -> None:
    """As root on Debian and its kin the packages are installed; else the error holds the command for it."""
    apt = shutil.which("apt-get")
    if apt is None:
        raise SetupError(advice(problem, packages, debian=False))
    if os.geteuid() != 0:
        raise SetupError(advice(problem, packages, debian=True))
    print(f"{problem}; installing {' '.join(packages)}.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # One unreachable source fails the update, though the lists at hand may well do.
    subprocess.run([apt, "-qq", "update"], env=environment, check=False)
    if subprocess.run([apt, "-qq", *INSTALL, *packages], env=environment, check=False).returncode:
        raise SetupError(advice(problem, packages, debian=True))


def advice(problem: str, packages: list[str], *, debian: bool) -> str:
    if not debian:
        return f"{problem}: install what Debian has as {', '.join(packages)}, then try again."
    command = f"sudo apt-get update && sudo apt-get {' '.join(INSTALL)} {' '.join(packages)}"
    return f"{problem}. Install them, then try again:\n\n    {command}\n"
