"""What a program printed, line by line, in the colours that it gave."""

from collections.abc import Iterator

from rich.ansi import AnsiDecoder
from rich.color import Color, ColorType
from rich.style import Style

from memex.core.safe_text import MAX_LINE, terminal_line, visible
from memex.core.steps.rows import Run

ESCAPE = "\x1b"
CARRIED = 4_000
"""Characters before a line in which the colour that it begins in is looked for."""


def printed_line(raw: str, before: str = "") -> tuple[Run, ...]:
    """`before`: what was printed just before the line, whose colour may still hold."""
    if ESCAPE not in raw and ESCAPE not in before:
        text = visible(terminal_line(raw))
        return (Run(_cut(text)),) if text else ()
    decoder = AnsiDecoder()
    if ESCAPE in before:
        decoder.decode_line(terminal_line(before[-CARRIED:].replace("\n", " ")))
    decoded = decoder.decode_line(terminal_line(raw))
    styles: list[Style | None] = [None] * len(decoded.plain)
    for span in decoded.spans:
        if isinstance(span.style, Style):
            styles[span.start : span.end] = [span.style] * (span.end - span.start)
    return tuple(_runs(decoded.plain[:MAX_LINE], styles))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}…"


def _runs(text: str, styles: list[Style | None]) -> Iterator[Run]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or styles[end] is not styles[start]:
            yield _run(text[start:end], styles[start])
            start = end


def _run(text: str, style: Style | None) -> Run:
    if style is None:
        return Run(visible(text))
    colour, surface = _colour(style.color), _colour(style.bgcolor)
    if style.reverse:
        colour, surface = (0 if surface is None else surface), (7 if colour is None else colour)
    return Run(
        visible(text),
        colour=colour,
        surface=surface,
        is_bold=bool(style.bold),
        is_italic=bool(style.italic),
        is_underlined=bool(style.underline),
    )


def _colour(colour: Color | None) -> int | str | None:
    if colour is None or colour.type is ColorType.DEFAULT:
        return None
    if colour.number is not None and colour.number < 16:
        return colour.number
    return colour.get_truecolor().hex
