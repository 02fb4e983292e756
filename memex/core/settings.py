"""The user's choices: one frozen value, saved atomically, unknown keys tolerated."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from memex.core.errors import SettingsError


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class QdrantServer(Struct, frozen=True):
    """A server in place of the embedded index. Its API key is in the environment, never in a file."""

    url: str
    """`https://` for TLS; with a path where it stands behind another server."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts besides this machine that may be contacted."""
    collection: str = "memex"
    """Beginning of the names of its collections: one library, one such name."""
    ca_file: str | None = None
    """Certificates to trust in place of the system's."""
    timeout_seconds: int = 10
    shards: int = 1
    replicas: int = 1


class Budgets(Struct, frozen=True):
    """How much of a session the lenses see; the model's window is 256 word pieces, near 1,000 characters.

    What each is worth is measured in docs/evaluation.md.
    """

    passages: Annotated[int, Meta(ge=2, le=256)] = 48
    passage_chars: Annotated[int, Meta(ge=100, le=4_000)] = 500
    lens_chars: Annotated[int, Meta(ge=100, le=20_000)] = 1_000
    error_chars_a_call: Annotated[int, Meta(ge=40, le=4_000)] = 240


class Settings(Struct, frozen=True):
    folders: tuple[str, ...] = ()
    """Transcript folders besides the agents' own."""
    agent_folders: bool = True
    """Whether the agents' own folders are scanned; off in the demo library."""
    model: str | None = None
    """Another sentence-transformers model, by name or folder; needs the extra `models`."""
    model_folder: str | None = None
    """A folder with the weights of all-MiniLM-L6-v2, for machines without the packaged ones."""
    embed_batch: int = 0
    """Texts that are embedded and committed together when a library changes its model; 0: as Memex has it."""
    server: QdrantServer | None = None
    """None: the index is embedded."""
    watch: bool = True
    """Whether sessions are taken in as they are written, while a window is open."""
    redact: bool = True
    """Whether secrets are kept out of what is indexed; replay and archive keep the original."""
    budgets: Budgets = Budgets()
    """For transcripts that are read from now on."""
    archive_months: int | None = None
    """For how long copies of transcripts are kept after a session's end; 0: none are, None: for ever."""
    theme: Theme = Theme.SYSTEM
    animations: bool = True
    editor: str = ""
    """Command that opens a file, with `{path}` and `{line}` or without; empty: `$VISUAL` or what is found."""


def load_settings(path: Path) -> Settings:
    """Missing keys take their default; a file that cannot be read is reported, never overwritten."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, msgspec.MsgspecError) as cause:
        raise SettingsError(f"Settings could not be read: correct or remove {path} ({cause}).") from cause


def save_settings(path: Path, settings: Settings) -> None:
    """Write beside, then rename: a crash leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
    draft.replace(path)


def change_settings(path: Path, **changes: object) -> Settings:
    """What else is in the file stays, whoever wrote it meanwhile."""
    settings = msgspec.structs.replace(load_settings(path), **changes)
    save_settings(path, settings)
    return settings
