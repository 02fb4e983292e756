"""How a palette becomes the look of the application: one style sheet, one Qt palette."""

from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from memex.core.settings import Theme
from memex.window import fonts
from memex.window.theme import DARK, LIGHT, Palette


def palette_for(theme: Theme) -> Palette:
    """The system's scheme decides for `Theme.SYSTEM`; light when the system does not say."""
    if theme is Theme.SYSTEM:
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if theme is Theme.DARK else LIGHT


def style_sheet(palette: Palette) -> str:
    """A token that the sheet names and the palette lacks is a KeyError at start, not a blank."""
    sheet = files("memex.resources").joinpath("memex.qss").read_text("utf-8")
    colours = {part.name: getattr(palette, part.name) for part in fields(palette) if part.type is str}
    sizes = {"small": fonts.small_size(), "body": fonts.body_size(), "title": fonts.title_size()}
    families = {"family": fonts.ui_family(), "mono": fonts.code_family()}
    icons = Path(str(files("memex.resources"))).joinpath("icons").as_posix()
    return Template(sheet).substitute(colours, **sizes, **families, icons=icons)


def dress(application: QApplication, palette: Palette) -> None:
    application.setFont(fonts.ui_font(fonts.body_size()))
    application.setPalette(_qt_palette(palette))
    application.setStyleSheet(style_sheet(palette))


def _qt_palette(palette: Palette) -> QPalette:
    """For what a style sheet cannot reach: native dialogs' fallbacks, text cursors, links."""
    role = QPalette.ColorRole
    colours = {
        role.Window: palette.window,
        role.WindowText: palette.text,
        role.Base: palette.surface,
        role.AlternateBase: palette.raised,
        role.Text: palette.text,
        role.PlaceholderText: palette.muted,
        role.Button: palette.raised,
        role.ButtonText: palette.text,
        role.ToolTipBase: palette.raised,
        role.ToolTipText: palette.text,
        role.Highlight: palette.selection,
        role.HighlightedText: palette.text,
        role.Link: palette.accent,
    }
    dressed = QPalette()
    for of, colour in colours.items():
        dressed.setColor(of, QColor(colour))
    dressed.setColor(QPalette.ColorGroup.Disabled, role.Text, QColor(palette.muted))
    dressed.setColor(QPalette.ColorGroup.Disabled, role.ButtonText, QColor(palette.muted))
    return dressed
