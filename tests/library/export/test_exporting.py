"""What is exported, and where it is written."""

from pathlib import Path

import msgspec
import pytest

from memex.core.errors import ExportError, QueryError, SessionNotFoundError
from memex.core.replay import Exported, ExportFormat, ExportOrder, Redaction
from memex.library.export.exporting import prepare_export
from memex.library.export.json_export import JsonExport
from memex.library.library import Library
from tests.library.export.conftest import TOKEN, Export
from tests.transcript_files import session_id

KINDS = pytest.mark.parametrize("kind", ExportFormat)


def content(exported: Exported) -> str:
    assert exported.content is not None
    return exported.content.decode()


@KINDS
def test_secrets_are_replaced_and_listed(export: Export, kind: ExportFormat) -> None:
    exported = export(kind)
    text = content(exported)
    assert TOKEN not in text
    assert "redacted: github-token" in text.replace("\\", "")
    assert exported.redactions == (Redaction("github-token", 3, (7, 8)),)


@KINDS
def test_secrets_stay_where_that_was_asked_for_and_it_says_so(export: Export, kind: ExportFormat) -> None:
    exported = export(kind, redact=False)
    assert TOKEN in content(exported)
    assert exported.redactions == ()
    assert ("Not redacted" in content(exported)) or '"is_redacted": false' in content(exported)


@KINDS
def test_chosen_turns_alone(export: Export, kind: ExportFormat) -> None:
    exported = export(kind, first=1, last=2)
    assert exported.turns == 2
    assert "header" in content(exported)
    assert "My token is" not in content(exported)
    assert exported.redactions == ()


@pytest.mark.parametrize(("first", "last"), [(99, None), (None, 99), (3, 99)])
def test_turns_that_are_not_there_are_refused(export: Export, first: int | None, last: int | None) -> None:
    with pytest.raises(QueryError, match="no turn 99"):
        export(ExportFormat.JSON, first=first, last=last)


def test_json_holds_the_turns_as_they_were_read(export: Export) -> None:
    exported = msgspec.json.decode(content(export(ExportFormat.JSON)), type=JsonExport)
    assert exported.session.turn_count == len(exported.turns)
    assert exported.turns[1].tool_calls[0].command == "make"
    assert exported.turns[1].tool_calls[0].is_error
    assert exported.session.resume_command is not None


def test_an_unknown_session_is_a_sentence(library: Library) -> None:
    with pytest.raises(SessionNotFoundError, match="No session"):
        prepare_export(library.reader, ExportOrder("nobody", ExportFormat.JSON))


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "session.md"
    exported = export(ExportFormat.MARKDOWN, path=str(path))
    assert (exported.path, exported.content, exported.size) == (str(path), None, path.stat().st_size)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_exists_is_replaced_only_when_that_is_allowed(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        export(ExportFormat.JSON, path=str(path))
    assert path.read_text() == "mine"
    export(ExportFormat.JSON, path=str(path), overwrite=True)
    assert path.read_text().startswith("{")


def test_a_failed_write_leaves_what_was_there(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "session.json"
    path.write_text("mine")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ExportError, match="No space left"):
        export(ExportFormat.JSON, path=str(path), overwrite=True)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_places_that_will_not_do_are_sentences(export: Export, library: Library, tmp_path: Path) -> None:
    key = library.reader.sessions.resolve(session_id(1))
    source = library.reader.sessions.record(key).card.source_path
    before = Path(source).read_bytes()
    for path, why in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "x.html", "does not exist"),
        (Path(source), "never writes to"),
    ):
        with pytest.raises(ExportError, match=why):
            export(ExportFormat.HTML, path=str(path), overwrite=True)
    assert Path(source).read_bytes() == before
