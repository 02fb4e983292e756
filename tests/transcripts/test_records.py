"""Damaged files: each bad line costs that line only, and is named."""

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from memex.core.errors import TranscriptError
from memex.core.session import Session
from memex.transcripts.readers import UnknownFormatError, open_transcript, read_transcript
from tests.transcripts.lines import MAIN, assistant, calls, jsonl, only, read, text, use, user

GOOD = jsonl(user("before")), jsonl(user("after"))


def around(bad: bytes) -> Session:
    return read_transcript(io.BytesIO(GOOD[0] + bad + GOOD[1]), MAIN)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"not json\n", "not JSON"),
        (b'{"type": "user", "message"\n', "not JSON"),
        (b'"a string"\n', "not an object"),
        (b"[1, 2]\n", "not an object"),
        (b"\0\0\0\0\n", "NUL"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"\n", "not JSON"),
    ],
)
def test_a_bad_line_costs_that_line_only(bad: bytes, why: str) -> None:
    session = around(bad)
    assert [turn.text for turn in session.turns] == ["before", "after"]
    (problem,) = session.problems
    assert problem.line == 2
    assert why in problem.why


@pytest.mark.parametrize("blank", [b"\n", b"  \r\n", b"\n\n\n"])
def test_blank_lines_are_nothing(blank: bytes) -> None:
    session = around(blank)
    assert len(session.turns) == 2
    assert session.problems == ()


def test_the_last_line_may_be_cut_off() -> None:
    data = jsonl(user("whole")) + jsonl(user("cut"))[:-20]
    session = read_transcript(io.BytesIO(data), MAIN)
    assert only(session).text == "whole"
    assert [problem.line for problem in session.problems] == [2]


def test_byte_order_mark_and_windows_line_ends() -> None:
    data = b"\xef\xbb\xbf" + jsonl(user("one"), user("two")).replace(b"\n", b"\r\n")
    session = read_transcript(io.BytesIO(data), MAIN)
    assert [turn.text for turn in session.turns] == ["one", "two"]
    assert session.problems == ()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [(b"\\ud83d", "�"), (b"\xff", "�"), (b"\\udc00x", "�x"), (b"\\ud83d\\ude00", "😀")],
)
def test_damaged_text_is_replaced_and_encodes(written: bytes, read_as: str) -> None:
    line = jsonl(user("HERE")).replace(b"HERE", b"a " + written)
    session = read_transcript(io.BytesIO(line), MAIN)
    assert only(session).text == "a " + read_as
    msgspec.json.encode(session)


def test_numbers_that_json_does_not_know() -> None:
    given = b'{"a": NaN, "b": -Infinity, "c": 1e999, "d": ' + b"9" * 5000 + b"}"
    line = jsonl(assistant(use("X", "HERE"))).replace(b'"HERE"', given)
    session = read_transcript(io.BytesIO(line), MAIN)
    assert set(calls(session)[0].input) == {"a", "b", "c", "d"}
    msgspec.json.encode(session)


def test_two_records_on_one_line_are_both_read() -> None:
    glued = jsonl(user("one")).rstrip() + jsonl(user("two"))
    assert [turn.text for turn in read_transcript(io.BytesIO(glued), MAIN).turns] == ["one", "two"]


def test_deep_input_is_kept_out_of_the_session() -> None:
    deep: object = 1
    for _ in range(300):
        deep = [deep]
    session = read(assistant(use("X", {"deep": deep})))
    assert calls(session)[0].input == "(nested too deep to show)"


def test_the_places_of_turns() -> None:
    long = user("x" * 3_000_000)
    data = jsonl(user("a"), long, user("é"), user("last"))
    session = read_transcript(io.BytesIO(data), MAIN)
    assert [turn.span.line for turn in session.turns if turn.span] == [1, 2, 3, 4]
    for turn in session.turns:
        assert turn.span
        line = data[turn.span.byte :].split(b"\n", 1)[0]
        assert json.loads(line)["message"]["content"] == turn.text


def test_a_stream_may_come_in_small_pieces() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._left = data

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any, /) -> int:
            piece, self._left = self._left[:7], self._left[7:]
            buffer[: len(piece)] = piece
            return len(piece)

    data = jsonl(user("one"), assistant(text("two")))
    pieces = io.BufferedReader(Trickle(data), 16)
    assert read_transcript(pieces, MAIN) == read_transcript(io.BytesIO(data), MAIN)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\n\0\n", "is empty"),
        (b"hello\nworld\n", "not a file of JSON lines"),
        (b'{"a": 1}\n', "not a transcript of an agent"),
        (b'{\n  "loglines": [\n  ]\n}\n', "not a transcript of"),
    ],
)
def test_what_is_no_transcript_is_refused_by_name(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(UnknownFormatError, match=why) as refusal:
        open_transcript(path)
    assert str(path) in str(refusal.value)


def test_what_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="could not be read"):
        open_transcript(tmp_path / "missing.jsonl")
    with pytest.raises(UnknownFormatError, match="is not a file"):
        open_transcript(tmp_path)


def test_a_file_of_noise_lists_its_first_problems_and_counts_the_rest() -> None:
    session = read_transcript(io.BytesIO(GOOD[0] + b"junk\n" * 1500), MAIN)
    assert len(session.problems) == 1001
    assert "500 more" in session.problems[-1].why
