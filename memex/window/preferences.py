"""The user's settings while a window is open: one value; what is changed in it is changed in the file."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from memex.core.errors import SettingsError
from memex.core.settings import Settings, Theme, change_settings, load_settings


class Preferences(QObject):
    failed = Signal(object)  # SettingsError

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._error: SettingsError | None = None
        try:
            self.settings = load_settings(path)
        except SettingsError as error:
            self.settings, self._error = Settings(), error

    def report(self) -> None:
        """Say what went wrong before anybody could listen."""
        if self._error:
            self.failed.emit(self._error)

    def choose_theme(self, theme: Theme) -> None:
        self._change(theme=theme)

    def toggle_animations(self) -> None:
        self._change(animations=not self.settings.animations)

    def add_folder(self, folder: str) -> None:
        """A folder once indexed is looked at again by every rescan."""
        if folder not in self.settings.folders:
            self._change(folders=(*self.settings.folders, folder))

    def _change(self, **changes: object) -> None:
        """A file that could not be read is left as it is, for the user to mend."""
        self.settings = msgspec.structs.replace(self.settings, **changes)
        if self._error:
            return
        try:
            self.settings = change_settings(self._path, **changes)
        except SettingsError as error:
            self.failed.emit(error)
        except OSError as cause:
            sentence = (
                f"Settings could not be saved: make room or allow writing at {self._path} ({cause.strerror})."
            )
            self.failed.emit(SettingsError(sentence))
