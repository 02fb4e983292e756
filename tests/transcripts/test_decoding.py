"""Decoding less of a line, and looking at fewer of them first, changes nothing of what is read."""

import io
from pathlib import Path

import msgspec
import pytest

from memex.transcripts import claude_code
from memex.transcripts.readers import JSON_READERS, PROBE_LINES, read_transcript
from memex.transcripts.records import ProblemLog, decode_lines, split_lines
from tests.transcripts.lines import CORPUS, MAIN, assistant, calls, jsonl, result, use, user
from tests.transcripts.test_corpus import NO_TRANSCRIPTS, manifest

CLAUDE = [name for name in manifest(agent="claude") if name.endswith(".jsonl") and name not in NO_TRANSCRIPTS]


@pytest.mark.parametrize("name", CLAUDE)
def test_the_same_is_read_from_whole_lines(name: str) -> None:
    path = CORPUS / name
    content = path.read_bytes()
    problems = ProblemLog()
    whole = claude_code.read(decode_lines(split_lines(io.BytesIO(content)), problems), path, problems)
    assert read_transcript(io.BytesIO(content), path) == whole


def test_the_first_lines_choose_the_reader_that_all_would() -> None:
    for path in CORPUS.rglob("*.jsonl"):
        lines = [
            line.record for line in decode_lines(split_lines(io.BytesIO(path.read_bytes())), ProblemLog())
        ]
        first = [reader.agent for reader in JSON_READERS if reader.recognises(lines[:PROBE_LINES])]
        if len(first) == 1:
            assert first[0] == next(reader.agent for reader in JSON_READERS if reader.recognises(lines[:100]))


def test_fields_of_other_types_are_decoded_whole() -> None:
    odd = {**user("two"), "data": {"message": 1}, "toolUseResult": 10**30}
    before = [user(str(number)) for number in range(PROBE_LINES)]
    session = read_transcript(io.BytesIO(jsonl(*before, odd, {**odd, "message": 17})), MAIN)
    assert [turn.text for turn in session.turns][-1] == "two"
    assert [problem.what for problem in session.problems] == ["message skipped"]
    with pytest.raises(msgspec.ValidationError):
        claude_code.decode(b'{"toolUseResult": {"type": 1}, "message": {"usage": 3}}')


@pytest.mark.parametrize("original", ["old\\n", None, 3])
def test_the_file_before_a_write_is_decoded_when_it_is_asked_for(original: object) -> None:
    before = [user(str(number)) for number in range(PROBE_LINES)]
    written = {"type": "update", "content": "new", "originalFile": original, "structuredPatch": []}
    write = assistant(use("Write", {"file_path": "/f", "content": "new"}))
    content = jsonl(*before, write, result("The file /f has been updated", structured=written))
    (call,) = calls(read_transcript(io.BytesIO(content), Path("/x/s.jsonl")))
    lines = call.diffs[0].hunks[0].lines
    assert lines == (("-old\\n", "+new") if isinstance(original, str) else ("+new",))
