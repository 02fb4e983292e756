"""As test_wrong_types, for the agents whose readers are one module each."""

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memex.core.errors import TranscriptError
from memex.core.session import Session
from memex.transcripts.readers import read_transcript, read_transcripts
from tests.transcripts import test_aider as aider
from tests.transcripts import test_cline as cline
from tests.transcripts import test_copilot as copilot
from tests.transcripts import test_cursor as cursor
from tests.transcripts import test_gemini as gemini
from tests.transcripts import test_opencode as opencode
from tests.transcripts import test_pi as pi
from tests.transcripts import test_qwen as qwen
from tests.transcripts.lines import Record
from tests.transcripts.test_wrong_types import WRONG, places, replaced, survives

LINES: dict[str, tuple[list[Record], Path]] = {
    "gemini": (gemini.SAMPLE, gemini.PATH.with_suffix(".jsonl")),
    "opencode": ([opencode.SAMPLE], opencode.PATH),
    "copilot": (copilot.SAMPLE, copilot.PATH),
    "pi": (pi.SAMPLE, pi.PATH),
    "cursor": (cursor.SAMPLE, cursor.PATH),
    "qwen": (qwen.SAMPLE, qwen.PATH),
}
FILES: dict[str, tuple[bytes, Path]] = {
    **{
        name: (b"\n".join(json.dumps(record).encode() for record in records), path)
        for name, (records, path) in LINES.items()
    },
    "cline": (json.dumps(cline.SAMPLE).encode(), cline.PATH),
    "aider": ((aider.START + aider.HEAD + aider.EDIT).encode(), aider.PATH),
}


@pytest.mark.parametrize(("records", "path"), LINES.values(), ids=LINES)
def test_every_field_may_hold_every_type(records: list[Record], path: Path) -> None:
    where = [place for place in places(records) if len(place) > 1]
    assert len(where) > 20
    for place in where:
        for value in WRONG:
            survives(replaced(records, place, value), path)


def test_every_field_of_an_array_may_hold_every_type() -> None:
    for place in places(cline.SAMPLE):
        for value in WRONG:
            changed: Any = replaced(cline.SAMPLE, place, value)
            whole_or_refused(json.dumps(changed).encode(), cline.PATH)


@pytest.mark.parametrize(("whole", "path"), FILES.values(), ids=FILES)
def test_the_sample_is_read(whole: bytes, path: Path) -> None:
    session = read_transcript(io.BytesIO(whole), path)
    assert len(session.turns) > 2


@pytest.mark.parametrize(("whole", "path"), FILES.values(), ids=FILES)
def test_a_number_may_be_out_of_range(whole: bytes, path: Path) -> None:
    whole_or_refused(whole.replace(b": 1", b": 1e999"), path)
    whole_or_refused(whole.replace(b'"hi"', b"1e999").replace(b'"go"', b"-1e999"), path)


@given(st.data())
def test_bytes_may_be_cut_and_changed_anywhere(data: st.DataObject) -> None:
    whole, path = data.draw(st.sampled_from(list(FILES.values())))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(whole)))
        end = start + data.draw(st.integers(0, 20))
        whole = whole[:start] + data.draw(st.binary(max_size=8)) + whole[end:]
    whole_or_refused(whole, path)


@pytest.mark.parametrize(("whole", "path"), FILES.values(), ids=FILES)
def test_a_file_may_end_anywhere(whole: bytes, path: Path) -> None:
    for size in range(0, len(whole), 7):
        whole_or_refused(whole[:size], path)


def lines_of(*records: Any) -> bytes:
    return b"\n".join(json.dumps(record).encode() for record in records)


MANY = 50_000
HOSTILE = {
    "opened and never closed, Cursor": (
        lines_of(cursor.said("user", cursor.text("<user_query>" * MANY))),
        cursor.PATH,
    ),
    "opened and never closed, Cline": (
        lines_of([cline.TASK, cline.message("assistant", "<read_file>" * MANY)]),
        cline.PATH,
    ),
    "folders without an end, Cline": (
        lines_of([cline.message("user", "# Current Working Directory (" * MANY)]),
        cline.PATH,
    ),
    "a path of line numbers, Pi": (
        lines_of(pi.header(), pi.reply(pi.use("read", {"path": ":1" * MANY + "x"}))),
        pi.PATH,
    ),
    "blocks without an end, Aider": (
        (aider.START + "x\n" + "<<<<<<< SEARCH\n" * MANY + "\n\n" + "> Applied edit to a\n" * 100).encode(),
        aider.PATH,
    ),
    "messages rewound, Gemini": (
        lines_of(
            gemini.HEADER,
            *(gemini.said("x", str(n)) for n in range(1000)),
            *({"$rewindTo": str(n)} for n in range(1000, -1, -1)),
        ),
        gemini.PATH,
    ),
}


@pytest.mark.parametrize(("whole", "path"), HOSTILE.values(), ids=HOSTILE)
def test_time_does_not_grow_as_the_square(whole: bytes, path: Path) -> None:
    """Such a file would be read for minutes."""
    whole_or_refused(whole, path)


def whole_or_refused(whole: bytes, path: Path) -> None:
    try:
        sessions = list(read_transcripts(io.BytesIO(whole), path))
    except TranscriptError:
        return
    assert sessions
    assert msgspec.json.decode(msgspec.json.encode(sessions), type=list[Session])
