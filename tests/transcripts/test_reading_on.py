"""A file that grew is read on from where it stood, and gives what reading all of it gives."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memex.core.errors import TranscriptError
from memex.core.session import Session
from memex.transcripts.readers import FileReading, read_transcript
from tests.transcripts.lines import (
    CORPUS,
    MAIN,
    ROLLOUT,
    assistant,
    event,
    item,
    jsonl,
    meta,
    said,
    text,
    user,
)
from tests.transcripts.test_corpus import NO_TRANSCRIPTS, manifest

SMALL, LARGE = 30_000, 600_000


def real_files(agent: str) -> list[Path]:
    """Of a size that lets each be read a hundred times; enough lines to be read on."""
    paths = [CORPUS / name for name in manifest(agent=agent, kind="real") if name not in NO_TRANSCRIPTS]
    fitting = [path for path in paths if path.suffix == ".jsonl" and SMALL < path.stat().st_size < LARGE]
    return [path for path in sorted(fitting) if path.read_bytes().count(b"\n") > 105][:4]


FILES = [*real_files("claude"), *real_files("codex")]


def whole(content: bytes, path: Path) -> Session | None:
    try:
        return read_transcript(io.BytesIO(content), path)
    except TranscriptError:
        return None


def grown(content: bytes, cuts: list[int], path: Path) -> tuple[Session | None, int]:
    """The session after the file has grown from cut to cut, each compared; and how often it was read on."""
    reading, gone_on, session = FileReading(path), 0, None
    for cut in [*sorted(cuts), len(content)]:
        now = content[:cut]
        if reading.can_go_on:
            session = reading.read_on(io.BufferedReader(io.BytesIO(now[reading.byte :])))  # type: ignore[arg-type]
            gone_on += 1
        else:
            reading = FileReading(path)
            try:
                (session,) = reading.read(io.BytesIO(now))
            except TranscriptError:
                session = None
        assert session == whole(now, path)
    return session, gone_on


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:24])
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_wherever_it_was_cut(path: Path, data: st.DataObject) -> None:
    content = path.read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=4))
    grown(content, cuts, path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:24])
def test_after_each_of_its_last_lines(path: Path) -> None:
    content = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(content) if byte == ord("\n")]
    _, gone_on = grown(content, ends[-20:], path)
    assert gone_on >= 19


def long_start() -> bytes:
    return jsonl(*[user(f"prompt {number}", uuid=f"u{number}") for number in range(120)])


def test_a_line_that_has_not_ended_is_read_when_it_has() -> None:
    line = json.dumps(assistant(text("done"), uuid="a1")).encode()
    reading = FileReading(MAIN)
    start = long_start()
    (before,) = reading.read(io.BytesIO(start + line[:50]))
    assert [problem.line for problem in before.problems] == [121]
    assert reading.can_go_on
    assert reading.byte == len(start)
    after = reading.read_on(io.BytesIO(line + b"\n"))
    assert after == whole(start + line + b"\n", MAIN)
    assert not after.problems


def test_what_was_told_without_its_end_cannot_be_read_on() -> None:
    reading = FileReading(MAIN)
    list(reading.read(io.BytesIO(long_start() + json.dumps(user("last")).encode())))
    assert not reading.can_go_on


def test_few_lines_do_not_say_whose_they_are() -> None:
    reading = FileReading(MAIN)
    list(reading.read(io.BytesIO(jsonl(user("hi")))))
    assert not reading.can_go_on


def test_a_subagent_file_that_has_come_since_ends_it(tmp_path: Path) -> None:
    progress = {
        **user(""),
        "type": "progress",
        "data": {"type": "agent_progress", "agentId": "abc", "message": user("look", uuid="x1")},
    }
    path = tmp_path / "s.jsonl"
    reading = FileReading(path)
    (session,) = reading.read(io.BytesIO(long_start() + jsonl(progress)))
    assert session.turns[-1].subagent == "agent-abc"
    assert reading.can_go_on
    (tmp_path / "agent-abc.jsonl").touch()
    assert not reading.can_go_on


def test_an_injected_message_that_turns_out_to_be_typed() -> None:
    """Asking for the session changes nothing of what comes after."""
    first = [event("user_message", message="one"), *[item("reasoning", summary=[]) for _ in range(120)]]
    start = jsonl(meta(), *first, said("user", "two"))
    rest = jsonl(event("user_message", message="two"), said("assistant", "yes"))
    session, gone_on = grown(start + rest, [len(start)], ROLLOUT)
    assert session is not None
    assert [turn.text for turn in session.turns if turn.kind == "prompt"] == ["one", "two"]
    assert gone_on == 1
