"""The demo: a library of its own, over transcripts that were written for this project."""

from datetime import datetime
from pathlib import Path

from memex.core.paths import LibraryPaths
from memex.core.settings import Settings, load_settings, save_settings
from memex.demo.generate import write_demo


def prepare_demo(home: Path, now: datetime) -> Path:
    """The demo library's home, below the user's own; its transcripts are written when it is first opened."""
    paths = LibraryPaths(home / "demo")
    if not paths.demo.exists():
        write_demo(paths.demo, now)
    settings = load_settings(paths.settings)
    if str(paths.demo) not in settings.folders:
        save_settings(paths.settings, Settings(folders=(str(paths.demo),), agent_folders=False))
    return paths.home
