"""Make Memex's environment in .venv, with nothing but Python's standard library.

    python3 scripts/bootstrap.py           what the program needs
    python3 scripts/bootstrap.py --test    and what its tests need (torch, too)

Must run under every Python 3: one that is too old hands over to a newer one on the PATH, or says what to do.
"""

import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")


def main() -> int:
    if sys.version_info >= OLDEST:
        from environment import prepare  # does not load under an older Python

        return prepare(sys.argv[1:])
    for name in NEWER:
        python = shutil.which(name)
        if python and is_new_enough(python):
            return subprocess.call([python, *sys.argv])
    sys.stderr.write(
        "Memex needs Python 3.11 or later, and this is {}.{}: install it, or name one with "
        "`make PYTHON=/path/to/python3.13 run`.\n".format(*sys.version_info[:2])
    )
    return 1


def is_new_enough(python: str) -> bool:
    """A name on the PATH may be a shim with nothing behind it, so it is run."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL) == 0


if __name__ == "__main__":
    sys.exit(main())
