"""The user's choices: one frozen value, saved atomically, unknown keys tolerated."""

from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from memex.core.errors import SettingsError


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Settings(Struct, frozen=True):
    folders: tuple[str, ...] = ()
    """Transcript folders besides the agents' own."""
    agent_folders: bool = True
    """Whether the agents' own folders are scanned; off in the demo library."""
    model: str | None = None
    """Another sentence-transformers model, by name or folder; needs the extra `models`."""
    model_folder: str | None = None
    """A folder with the weights of all-MiniLM-L6-v2, for machines without the packaged ones."""
    redact: bool = True
    """Whether secrets are kept out of what is indexed; replay and archive keep the original."""
    theme: Theme = Theme.SYSTEM
    animations: bool = True


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
