"""Both themes are legible, and every token of the sheet is one of theirs."""

from itertools import product

import pytest
from PySide6.QtGui import QColor

from memex.core.lenses import Lens
from memex.window.style import style_sheet
from memex.window.theme import DARK, LENS_LETTER, LIGHT, Palette


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-relative-luminance"""
    parts = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_text_keeps_its_contrast(palette: Palette) -> None:
    texts = ("text", "muted", "accent", "error", "solved")
    grounds = ("window", "surface", "raised", "selection")
    pairs = [*product(texts, grounds), ("text", "match"), ("text", "error_surface"), ("on_accent", "accent")]
    weak = {
        pair: round(contrast(getattr(palette, pair[0]), getattr(palette, pair[1])), 2)
        for pair in pairs
        if contrast(getattr(palette, pair[0]), getattr(palette, pair[1])) < 4.5
    }
    assert not weak


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_a_lens_s_letter_is_legible_on_its_hue(palette: Palette) -> None:
    weak = {lens: contrast(palette.surface, palette.lens[lens]) for lens in Lens}
    assert not {lens: value for lens, value in weak.items() if value < 4.5}


def test_lenses_differ_by_letter_as_well_as_by_hue() -> None:
    assert len(set(LENS_LETTER.values())) == len(set(LIGHT.lens.values())) == len(Lens)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_every_token_of_the_sheet_is_filled(palette: Palette, qapp) -> None:
    assert "$" not in style_sheet(palette)
