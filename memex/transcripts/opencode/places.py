"""Where OpenCode keeps its store: the same on every platform, Windows included."""

import os
from pathlib import Path


def roots() -> tuple[Path, ...]:
    """The sessions' own files; those of messages and parts are read with them."""
    return (_data() / "storage" / "session",)


def database_roots() -> tuple[Path, ...]:
    """Files, not folders. Builds of other channels than the released one have a name of their own."""
    named = os.environ.get("OPENCODE_DB")
    if named:
        return (_data() / Path(named).expanduser(),)
    return tuple(sorted(_data().glob("opencode*.db"))) or (_data() / "opencode.db",)


def _data() -> Path:
    named = os.environ.get("XDG_DATA_HOME")
    return (Path(named) if named else Path.home() / ".local" / "share") / "opencode"
