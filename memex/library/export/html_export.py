"""One HTML page that holds all it needs: no script, no font, no request, and a policy that forbids them."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files

from memex.core.names import redaction_in_words
from memex.core.session import Turn, TurnKind
from memex.core.steps.context import step_context
from memex.core.steps.turn import render_turn
from memex.library.export.document import ExportDocument
from memex.library.export.facts import (
    LISTED_FILES,
    clock,
    facts,
    redaction_note,
    speaker,
    title,
    touched,
)
from memex.library.export.html_blocks import BlockPainter, text
from memex.library.export.html_rows import Colours
from memex.library.replay.outline import gist

POLICY = "default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"


def to_html(document: ExportDocument) -> bytes:
    colours = Colours()
    body = "".join(_body(document, colours))
    style = files("memex.resources").joinpath("export.css").read_text("utf-8") + colours.rules()
    policy = POLICY.format(style=b64encode(sha256(style.encode()).digest()).decode())
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta http-equiv="x-dns-prefetch-control" content="off">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(title(document))}</title>\n<style>{style}</style></head>\n<body>{body}</body></html>\n"
    )
    return page.encode("utf-8", "replace")


def _body(document: ExportDocument, colours: Colours) -> Iterator[str]:
    context = step_context(document.turns)
    turns = range(document.turns[0].index, document.turns[-1].index + 1) if document.turns else range(0)
    painter = BlockPainter(colours, turns)
    yield "".join(_header(document))
    yield "<main>\n"
    for turn in document.turns:
        pictures = document.images.get(turn.index, ())
        yield _turn(document, turn, painter.turn(render_turn(turn, context), pictures))
    yield f"</main><footer>Written by Memex on {clock(document.exported_at)}</footer>"


def _turn(document: ExportDocument, turn: Turn, body: str) -> str:
    names = [turn.role, turn.kind, "withdrawn" * turn.is_withdrawn, "failed" * turn.has_error]
    when = f"<time>{clock(turn.time)}</time>" if turn.time else ""
    model = f'<span class="muted">{text(turn.model)}</span>' if turn.model else ""
    return (
        f'<article id="t{turn.index}" class="{" ".join(filter(None, names))}">'
        f'<h2><a href="#t{turn.index}">{turn.index}</a> {text(speaker(document, turn))} {model} {when}</h2>'
        f"{body}</article>\n"
    )


def _header(document: ExportDocument) -> Iterator[str]:
    yield f"<header><h1>{text(title(document))}</h1><dl>"
    yield from (f"<dt>{name}</dt><dd>{text(value)}</dd>" for name, value in facts(document))
    yield f'</dl><p class="note">{redaction_note(document)}</p>'
    yield _folded_list("Redacted", [text(redaction_in_words(one)) for one in document.redactions])
    listed = document.outline.files
    rows = [f"<code>{text(file.path)}</code> {touched(file)}" for file in listed[:LISTED_FILES]]
    if len(listed) > LISTED_FILES:
        rows.append(f"{len(listed) - LISTED_FILES:,} more")
    yield _folded_list(f"Files touched: {len(listed):,}", rows)
    prompts = [turn for turn in document.turns if turn.kind is TurnKind.PROMPT]
    links = [f'<a href="#t{turn.index}">{turn.index}</a> {text(gist(turn))}' for turn in prompts]
    yield _folded_list(f"Prompts: {len(links):,}", links)
    yield "</header>"


def _folded_list(label: str, rows: list[str]) -> str:
    if not rows:
        return ""
    items = "".join(f"<li>{row}</li>" for row in rows)
    return f"<details><summary>{label}</summary><ul>{items}</ul></details>"
