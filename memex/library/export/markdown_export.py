"""A session as one Markdown file."""

from collections.abc import Iterator

from memex.core.names import redaction_in_words
from memex.core.session import Turn
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
from memex.library.export.markdown_blocks import code, words
from memex.library.export.markdown_blocks import to_markdown as blocks_to_markdown


def to_markdown(document: ExportDocument) -> bytes:
    context = step_context(document.turns)
    parts = list(_header(document))
    for turn in document.turns:
        parts += (_heading(document, turn), blocks_to_markdown(render_turn(turn, context)))
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def _header(document: ExportDocument) -> Iterator[str]:
    yield f"# {words(title(document))}"
    yield "\n".join(f"- {name}: {code(value)}" for name, value in facts(document))
    yield redaction_note(document)
    if document.redactions:
        yield "\n".join(f"- {words(redaction_in_words(one))}" for one in document.redactions)
    if files := document.outline.files:
        yield "## Files touched"
        yield "\n".join(f"- {code(file.path)} {touched(file)}" for file in files[:LISTED_FILES])


def _heading(document: ExportDocument, turn: Turn) -> str:
    parts = (str(turn.index), words(speaker(document, turn)), words(turn.model or ""), clock(turn.time))
    return f"## {' · '.join(filter(None, parts))}"
