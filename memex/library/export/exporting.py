"""From an order to a file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from memex.catalog.catalog import Catalog
from memex.core.replay import Exported, ExportFormat, ExportOrder, Redaction
from memex.core.turn_range import within
from memex.library.export.document import ExportDocument, without_secrets
from memex.library.export.html_export import to_html
from memex.library.export.json_export import to_json
from memex.library.export.markdown_export import to_markdown
from memex.library.export.writing import check_place, write_whole
from memex.library.replay.outline import outline
from memex.library.replay.reading import Reading, read_session
from memex.library.replay.records import images_of
from memex.transcripts.redaction import redacted

PAINTERS: dict[ExportFormat, Callable[[ExportDocument], bytes]] = {
    ExportFormat.HTML: to_html,
    ExportFormat.MARKDOWN: to_markdown,
    ExportFormat.JSON: to_json,
}


def prepare_export(catalog: Catalog, order: ExportOrder) -> Callable[[], Exported]:
    """Reads what the catalog is needed for; what it gives back does the long work, in any thread."""
    with catalog.errors():
        if order.path is not None:
            check_place(catalog, Path(order.path), overwrite=order.overwrite)
        reading = read_session(catalog, catalog.sessions.resolve(order.session))
        chosen = within(order.first, order.last, len(reading.session.turns))
        document = _document(catalog, reading, order, chosen)
    return lambda: _export(document, order)


def _document(catalog: Catalog, reading: Reading, order: ExportOrder, chosen: range) -> ExportDocument:
    """Secrets are listed for the chosen turns."""
    about = replace(outline(catalog, reading, reading.session), turns=())
    selected = replace(reading.session, turns=reading.session.turns[chosen.start : chosen.stop])
    redactions: tuple[Redaction, ...] = ()
    if order.redact:
        selected, redactions = without_secrets(selected)
        about = replace(about, card=replace(about.card, title=redacted(about.card.title)[0]))
    pictures = order.format is ExportFormat.HTML
    return ExportDocument(
        outline=about,
        turns=selected.turns,
        turn_count=len(reading.session.turns),
        is_redacted=order.redact,
        redactions=redactions,
        images=images_of(catalog, reading, selected.turns) if pictures else {},
        exported_at=datetime.now(UTC),
    )


def _export(document: ExportDocument, order: ExportOrder) -> Exported:
    content = PAINTERS[order.format](document)
    told = Exported(len(document.turns), len(content), document.redactions)
    if order.path is None:
        return replace(told, content=content)
    write_whole(Path(order.path), content, overwrite=order.overwrite)
    return replace(told, path=order.path)
