"""One family in three sizes, and one fixed-width family for code."""

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

UI_FAMILIES = (
    "Inter",
    "Segoe UI Variable Text",
    "Segoe UI",
    "SF Pro Text",
    "Helvetica Neue",
    "Noto Sans",
    "Ubuntu",
    "Cantarell",
    "DejaVu Sans",
)
CODE_FAMILIES = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono")
LEAST_BODY = 12
TABULAR = "tnum"


@cache
def body_size() -> int:
    """Pixels; as large as the system's own text, so that a user's choice of size counts."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    return max(LEAST_BODY, QFontInfo(system).pixelSize())


def small_size() -> int:
    return body_size() - 1


def title_size() -> int:
    return body_size() + 2


@cache
def ui_family() -> str:
    return _first_installed(UI_FAMILIES, QFontDatabase.SystemFont.GeneralFont)


@cache
def code_family() -> str:
    return _first_installed(CODE_FAMILIES, QFontDatabase.SystemFont.FixedFont)


def ui_font(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Digits are of one width, so that numbers line up."""
    font = QFont(ui_family())
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag(TABULAR), 1)
    return font


def code_font(size: int) -> QFont:
    font = QFont(code_family())
    font.setPixelSize(size)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


@cache
def tile_font(side: int) -> QFont:
    """For one letter in a square of that side."""
    return ui_font(max(8, side - 5), QFont.Weight.DemiBold)


def _first_installed(families: tuple[str, ...], otherwise: QFontDatabase.SystemFont) -> str:
    installed = set(QFontDatabase.families())
    known = (family for family in families if family in installed)
    return next(known, QFontInfo(QFontDatabase.systemFont(otherwise)).family())
