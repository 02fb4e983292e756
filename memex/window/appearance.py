"""Theme and animations: what the user chose, what the system says, and the window that wears it."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from memex.core.settings import Theme
from memex.window.clock import Clock
from memex.window.main_window import MainWindow
from memex.window.preferences import Preferences
from memex.window.style import dress, palette_for


class Appearance(QObject):
    def __init__(self, application: QApplication, preferences: Preferences, clock: Clock) -> None:
        super().__init__()
        self._application = application
        self._preferences = preferences
        self.palette = palette_for(preferences.settings.theme)
        dress(application, self.palette)
        self.window = MainWindow(self.palette, clock)
        self.window.results.set_glides(preferences.settings.animations)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._wear)

    def choose_theme(self, theme: Theme) -> None:
        self._preferences.choose_theme(theme)
        self._wear()

    def toggle_animations(self) -> None:
        self._preferences.toggle_animations()
        self.window.results.set_glides(self._preferences.settings.animations)

    @Slot()
    def _wear(self) -> None:
        palette = palette_for(self._preferences.settings.theme)
        if palette is not self.palette:
            self.palette = palette
            dress(self._application, palette)
            self.window.set_palette(palette)
