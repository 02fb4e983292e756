"""The pane's style sheet, filled with a palette."""

from dataclasses import fields
from importlib.resources import files
from string import Template

from memex.window import fonts
from memex.window.theme import Palette


def style_sheet(palette: Palette) -> str:
    """A colour that the sheet names and the palette lacks is a KeyError, not a blank."""
    sheet = files("memex.window.replay").joinpath("replay.qss").read_text("utf-8")
    tokens = {field.name: getattr(palette, field.name) for field in fields(palette) if field.type is str}
    sizes = {"small": fonts.small_size(), "body": fonts.body_size(), "title": fonts.title_size()}
    return Template(sheet).substitute(tokens, **sizes, mono=fonts.code_family())
