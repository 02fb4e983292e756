"""Rows of monospaced text as HTML. What stands beside the text is in attributes, so that it is not copied."""

from collections.abc import Iterator
from html import escape

from memex.core.steps.blocks import Tone
from memex.core.steps.rows import Line, Row, Rows, Run

SHOWN = 40
"""Rows before the fold."""
MAX_ROWS = 10_000
COLOURED = 2_000
LONG_GUTTER = 9


class Colours:
    """The colours that programs gave their output, as classes: the page's policy allows no inline styles."""

    def __init__(self) -> None:
        self._classes: dict[tuple[str, int | str], str] = {}

    def name(self, kind: str, colour: int | str) -> str:
        """`kind`: `f` for the text, `b` for what is behind it."""
        if isinstance(colour, int):
            return f"{kind}{colour % 16}"
        return self._classes.setdefault((kind, colour), f"{kind}x{len(self._classes)}")

    def rules(self) -> str:
        properties = {"f": "color", "b": "background"}
        return "".join(
            f".{name}{{{properties[kind]}:{colour}}}" for (kind, colour), name in self._classes.items()
        )


def rows_html(rows: Rows, colours: Colours, *, label: str = "", kind: str = "") -> str:
    """The first rows, and the others behind a fold; `kind` is a class of the block."""
    count = min(len(rows), MAX_ROWS)
    while rows.colour(min(count, COLOURED) - 1):
        pass
    gutter = f" g{min(rows.gutter, LONG_GUTTER)}" if rows.gutter else ""
    head = f'<pre class="{kind}{gutter}" tabindex="0" aria-label="{escape(label or "Text")}">'
    shown = count if count <= SHOWN * 3 // 2 else SHOWN
    html = f"{head}{''.join(_lines(rows, 0, shown, colours))}</pre>"
    if shown == count:
        return html
    left_out = len(rows) - count
    note = f'<p class="note">{left_out:,} more lines are left out here.</p>' if left_out else ""
    rest = "".join(_lines(rows, shown, count, colours))
    summary = f"Show all: {count - shown:,} more lines"
    return f'{html}<details class="more"><summary>{summary}</summary>{head}{rest}</pre>{note}</details>'


def _lines(rows: Rows, first: int, end: int, colours: Colours) -> Iterator[str]:
    for number in range(first, end):
        yield _row(rows.row(number), colours)
        yield "\n"


def _row(row: Row, colours: Colours) -> str:
    return "".join(_line(line, colours) for line in row if line is not None)


def _line(line: Line, colours: Colours) -> str:
    text = "".join(_run(run, colours) for run in line.runs)
    tone = f' class="{line.tone}"' if line.tone is not Tone.PLAIN else ""
    if line.gutter:
        return f'<span{tone} data-n="{escape(line.gutter)}">{text}</span>'
    return f"<span{tone}>{text}</span>" if tone else text


def _run(run: Run, colours: Colours) -> str:
    text = escape(run.text, quote=False)
    names = _classes(run, colours)
    return f'<i class="{names}">{text}</i>' if names else text


def _classes(run: Run, colours: Colours) -> str:
    names = [
        run.ink.value,
        "" if run.colour is None else colours.name("f", run.colour),
        "" if run.surface is None else colours.name("b", run.surface),
        "bold" * run.is_bold,
        "italic" * run.is_italic,
        "under" * run.is_underlined,
        "word" * run.is_changed,
    ]
    return " ".join(name for name in names if name)
