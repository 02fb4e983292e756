"""The raw records and images of a turn, from the very bytes that the turn was read from."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from memex.core.errors import TranscriptError
from memex.core.session import Turn
from memex.library.library import Library
from memex.library.replay.opened import OpenedSession, OpenedSessions
from memex.library.replay.records import SHOWN_BYTES, image, images_of, lines_of, raw_records
from memex.transcripts.discovery import find_transcripts
from memex.transcripts.readers import read_transcripts
from tests.library.replay.conftest import take_in
from tests.transcript_files import TranscriptFile, session_id

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def records(library: Library, opened: OpenedSession, turn: int, **wishes: bool) -> list[str]:
    options = {"whole": False, "hide_secrets": False} | wishes
    page = raw_records(library.reader, opened.reading, turn, **options)
    return [record.text for record in page.records]


def test_they_are_the_lines_of_the_file(
    library: Library, opened: OpenedSession, file: TranscriptFile
) -> None:
    lines = file.path.read_text().splitlines()
    assert records(library, opened, 0) == lines[:1]
    assert records(library, opened, 1) == lines[1:3]  # the call and its result
    assert records(library, opened, 2) == lines[3:]


def test_a_rewritten_file_is_not_asked_but_the_copy(
    library: Library, opened: OpenedSession, file: TranscriptFile
) -> None:
    lines = file.path.read_text().splitlines()
    file.path.write_text("{}\n" * 9)
    assert records(library, opened, 2) == lines[3:]


def test_what_only_the_file_held_is_gone_with_it(
    library: Library, sessions: OpenedSessions, file: TranscriptFile
) -> None:
    file.say("This was never indexed.")
    opened = sessions.open(session_id(1))
    assert "never indexed" in records(library, opened, 3)[0]
    file.path.unlink()
    with pytest.raises(TranscriptError, match="no copy of that"):
        records(library, opened, 3)


def test_a_long_record_is_cut_until_all_is_asked_for(
    library: Library, sessions: OpenedSessions, file: TranscriptFile
) -> None:
    file.say("x" * 5_000_000)
    opened = sessions.open(session_id(1))
    page = raw_records(library.reader, opened.reading, 3, whole=False, hide_secrets=False)
    (cut,) = page.records
    assert (len(cut.text), cut.is_cut, cut.size > 5_000_000) == (SHOWN_BYTES, True, True)
    page = raw_records(library.reader, opened.reading, 3, whole=True, hide_secrets=False)
    assert (len(page.records[0].text), page.records[0].is_cut) == (cut.size, False)


def test_secrets_in_them_can_be_hidden(
    library: Library, sessions: OpenedSessions, file: TranscriptFile
) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    file.say(f"It is {secret}")
    opened = sessions.open(session_id(1))
    assert secret in records(library, opened, 3)[0]
    (hidden,) = records(library, opened, 3, hide_secrets=True)
    assert secret not in hidden
    assert json.loads(hidden)


@pytest.mark.parametrize("turn", [-1, 3, 99])
def test_a_turn_that_is_not_there_is_refused(library: Library, opened: OpenedSession, turn: int) -> None:
    with pytest.raises(TranscriptError, match="3 turns"):
        records(library, opened, turn)


def shown(data: str, kind: str = "image/png") -> dict[str, object]:
    return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}


@pytest.fixture
def with_images(library: Library, folder: Path) -> tuple[Library, OpenedSession]:
    """A prompt with a picture, one that is damaged, and one that is none."""
    file = TranscriptFile(folder, session_id(2))
    pictures = [
        shown(base64.b64encode(PNG).decode()),
        shown("not base64 at all!"),
        shown(base64.b64encode(b"<svg onload='alert(1)'/>").decode(), "image/svg+xml"),
    ]
    content = [{"type": "text", "text": "Look"}, *pictures]
    file._append({"type": "user", "message": {"role": "user", "content": content}})
    take_in(library, folder)
    return library, OpenedSessions(library.reader).open(session_id(2))


def test_an_image_is_what_its_bytes_are(with_images: tuple[Library, OpenedSession]) -> None:
    library, opened = with_images
    found = image(library.reader, opened.reading, 0, 0)
    assert (found.media_type, found.data, found.count) == ("image/png", PNG, 3)
    assert [
        picture.data for picture in images_of(library.reader, opened.reading, opened.reading.session.turns)[0]
    ] == [
        PNG,
        b"",
        b"",
    ]


@pytest.mark.parametrize(("number", "why"), [(1, "damaged"), (2, "no picture"), (3, "does not hold it")])
def test_an_image_that_cannot_be_shown_is_a_sentence(
    with_images: tuple[Library, OpenedSession], number: int, why: str
) -> None:
    library, opened = with_images
    with pytest.raises(TranscriptError, match=why):
        image(library.reader, opened.reading, 0, number)


def spans(turns: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn.span is not None]


def test_every_turn_of_the_corpus_has_its_records(corpus: Path) -> None:
    """Of a few files of each agent: what is shown holds the turn's own words."""
    seen: dict[str, int] = {}
    for found in find_transcripts([corpus]):
        first, second, *_ = found.path.relative_to(corpus).parts
        agent = second if first == "other" else first
        if seen.get(agent, 0) >= 2 or found.path.suffix != ".jsonl":
            continue
        seen[agent] = seen.get(agent, 0) + 1
        try:
            with found.path.open("rb") as file:
                session = next(read_transcripts(file, found.path))
        except TranscriptError:
            continue
        for turn in spans(session.turns)[:20]:
            with found.path.open("rb") as file:
                lines = list(lines_of(file, turn))
            assert lines, (found.path, turn.index)
            assert turn.span is not None
            assert {number for number, _ in lines} == set(turn.span.lines), (found.path, turn.index)
    assert len(seen) > 5
