"""Where a library's engine listens: a socket (a pipe on Windows) that only its user can open, and a key."""

import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec
from msgspec import Struct


class Address(Struct, frozen=True):
    """`folder` holds the socket and goes with it; on Windows there is none."""

    family: str
    name: str
    key: bytes
    pid: int
    folder: str | None = None


def new_address() -> Address:
    key, pid = secrets.token_bytes(32), os.getpid()
    if sys.platform == "win32":
        return Address("AF_PIPE", rf"\\.\pipe\memex-{secrets.token_hex(16)}", key, pid)
    # Not below the library's home: a socket's path has at most about 100 characters. mkdtemp makes it 0700.
    folder = tempfile.mkdtemp(prefix="memex-")
    return Address("AF_UNIX", f"{folder}/engine", key, pid, folder)


def publish(address: Address, file: Path) -> None:
    """Readable by the user alone from its first byte on; replaces what a dead engine left."""
    draft = file.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(msgspec.json.encode(address))
    draft.replace(file)


def withdraw(address: Address, file: Path) -> None:
    file.unlink(missing_ok=True)
    if address.folder:
        shutil.rmtree(address.folder, ignore_errors=True)


def published(file: Path) -> Address | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Address)
    except (OSError, msgspec.MsgspecError):
        return None
