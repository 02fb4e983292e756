"""Named colours, light and dark; every colour in the window is one of these."""

from dataclasses import dataclass, field

from memex.core.lenses import Lens
from memex.core.steps.rows import Ink


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb. Text tokens keep 4.5 : 1 on `window`, `surface` and `raised`."""

    name: str
    window: str
    surface: str
    raised: str
    hairline: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    focus: str
    match: str
    match_mark: str
    """Of a place with a match, where nothing is written on it."""
    error: str
    error_surface: str
    solved: str
    added: str
    removed: str
    added_surface: str
    removed_surface: str
    terminal: str
    terminal_text: str
    added_word: str
    removed_word: str
    ansi: tuple[str, ...]
    """The sixteen colours of a terminal, each legible on `terminal`."""
    ink: dict[Ink, str] = field(default_factory=dict)
    lens: dict[Lens, str] = field(default_factory=dict)
    projects: tuple[str, ...] = ()
    """The most frequent projects on the map and in the timeline, told apart by colour-blind eyes, too."""
    other_projects: str = "#000000"


# Lens hues follow Okabe & Ito's colour-blind-safe set, darkened for light surfaces:
# https://jfly.uni-koeln.de/color/
LIGHT = Palette(
    name="light",
    window="#f7f7f8",
    surface="#ffffff",
    raised="#f0f1f3",
    hairline="#d9dbe0",
    text="#1c1e22",
    muted="#5c616b",
    accent="#1f5fbf",
    on_accent="#ffffff",
    selection="#dfe9f8",
    focus="#1f5fbf",
    match="#fff1b8",
    match_mark="#b07d00",
    error="#b3261e",
    error_surface="#fdeceb",
    solved="#1b6e3c",
    added="#1b6e3c",
    removed="#b3261e",
    added_surface="#e5f5ea",
    removed_surface="#fdeceb",
    terminal="#f3f4f6",
    terminal_text="#1c1e22",
    added_word="#bfe6cc",
    removed_word="#f8d0cc",
    ansi=(
        "#1c1e22",
        "#b3261e",
        "#1b6e3c",
        "#7a5200",
        "#1f5fbf",
        "#8b3a8b",
        "#0b656f",
        "#5c616b",
        "#5c616b",
        "#b3261e",
        "#1b6e3c",
        "#7a5200",
        "#1f5fbf",
        "#8b3a8b",
        "#0b656f",
        "#1c1e22",
    ),
    ink={
        Ink.KEYWORD: "#6a3d9a",
        Ink.NAME: "#1f5a9e",
        Ink.STRING: "#84480a",
        Ink.NUMBER: "#0b656f",
        Ink.COMMENT: "#5c616b",
        Ink.MUTED: "#5c616b",
        Ink.PATH: "#1f5fbf",
    },
    lens={
        Lens.CONTENT: "#0072b2",
        Lens.TOOL: "#b85c00",
        Lens.PATH: "#00805f",
        Lens.ERROR: "#b3261e",
        Lens.CODE: "#9b4f80",
        Lens.WORDS: "#55606e",
        Lens.LATE: "#1a7ca3",
    },
    projects=("#0072b2", "#d98200", "#00805f", "#a8528a", "#2f9fd6", "#7a6c00", "#5c4fc2"),
    other_projects="#9aa0aa",
)

DARK = Palette(
    name="dark",
    window="#17181b",
    surface="#1e2024",
    raised="#26292e",
    hairline="#34383f",
    text="#e4e6ea",
    muted="#a0a6b1",
    accent="#6ea8ff",
    on_accent="#0d1420",
    selection="#263a57",
    focus="#6ea8ff",
    match="#5c4a10",
    match_mark="#e0b84c",
    error="#ff8a80",
    error_surface="#3a2222",
    solved="#6fce8f",
    added="#6fce8f",
    removed="#ff8a80",
    added_surface="#1d3325",
    removed_surface="#3a2222",
    terminal="#121316",
    terminal_text="#e4e6ea",
    added_word="#2c5a3b",
    removed_word="#663632",
    ansi=(
        "#8f959f",
        "#ff8a80",
        "#6fce8f",
        "#e3bd72",
        "#6ea8ff",
        "#d79be0",
        "#6fcfd8",
        "#cdd1d8",
        "#a0a6b1",
        "#ff9d94",
        "#86dba2",
        "#efcf8f",
        "#8cbaff",
        "#e3b3ea",
        "#8adfe6",
        "#ffffff",
    ),
    ink={
        Ink.KEYWORD: "#c8aaff",
        Ink.NAME: "#8fbcff",
        Ink.STRING: "#e3bd72",
        Ink.NUMBER: "#6fcfd8",
        Ink.COMMENT: "#a0a6b1",
        Ink.MUTED: "#a0a6b1",
        Ink.PATH: "#6ea8ff",
    },
    lens={
        Lens.CONTENT: "#56a8e0",
        Lens.TOOL: "#e69f00",
        Lens.PATH: "#2fbf91",
        Lens.ERROR: "#ff8a80",
        Lens.CODE: "#d28fb8",
        Lens.WORDS: "#a9b4c2",
        Lens.LATE: "#7fd0ec",
    },
    projects=("#4a9fe0", "#e69f00", "#2fbf91", "#d28fb8", "#9fdcf5", "#e6d95a", "#a9a0ff"),
    other_projects="#7b828d",
)


def palette_named(name: str) -> Palette:
    return DARK if name == DARK.name else LIGHT


LENS_LETTER = {
    Lens.CONTENT: "C",
    Lens.TOOL: "T",
    Lens.PATH: "P",
    Lens.ERROR: "E",
    Lens.CODE: "K",
    Lens.WORDS: "W",
    Lens.LATE: "L",
}
"""Tells the lenses apart where hue alone would not."""
