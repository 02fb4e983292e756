"""Colours that a program or a page chose, made legible on the surface they come to stand on."""

from functools import lru_cache

from PySide6.QtGui import QColor

LEAST = 4.5
"""Of text: https://www.w3.org/TR/WCAG22/#contrast-minimum"""
STEPS = 12


def luminance(colour: QColor) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(1_024)
def legible(colour: str, surface: str) -> str:
    """The colour itself where it can be read, else the nearest towards white or black that can."""
    ground, found = QColor(surface), QColor(colour)
    end = (
        QColor("white")
        if contrast(QColor("white"), ground) > contrast(QColor("black"), ground)
        else QColor("black")
    )
    for step in range(1, STEPS + 1):
        if contrast(found, ground) >= LEAST:
            break
        found = mixed(QColor(colour), end, step / STEPS)
    return found.name()


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`share` of the other."""
    return QColor(
        round(one.red() + (other.red() - one.red()) * share),
        round(one.green() + (other.green() - one.green()) * share),
        round(one.blue() + (other.blue() - one.blue()) * share),
    )
