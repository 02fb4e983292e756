"""Where a library keeps its files. Everything that Memex writes is below its home."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs


def default_home() -> Path:
    """`MEMEX_HOME`, or the platform's place for an application's data."""
    named = os.environ.get("MEMEX_HOME")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("memex", appauthor=False))


@dataclass(frozen=True, slots=True)
class LibraryPaths:
    home: Path

    @property
    def catalog(self) -> Path:
        return self.home / "catalog.db"

    @property
    def before_import(self) -> Path:
        """The catalog as it was, while a snapshot is taken in."""
        return self.home / "catalog-before-import.db"

    def all_before(self) -> list[Path]:
        """Copies of the catalog as it once was."""
        return sorted(self.home.glob("catalog-before-*"))

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def generations(self) -> Path:
        return self.home / "generations"

    @property
    def settings(self) -> Path:
        return self.home / "settings.json"

    @property
    def window_state(self) -> Path:
        return self.home / "window.ini"

    @property
    def lock(self) -> Path:
        return self.home / "engine.lock"

    @property
    def engine_address(self) -> Path:
        return self.home / "engine.json"

    @property
    def log(self) -> Path:
        return self.home / "memex.log"

    @property
    def demo(self) -> Path:
        """Where the demo transcripts are written, outside of any agent's own folders."""
        return self.home / "demo-transcripts"
