"""Decoding less of a line, and looking at fewer of them first, changes nothing of what is read."""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from memex.core.session import Agent
from memex.transcripts.agents import JSON_READERS, LineReader
from memex.transcripts.claude_code.decoding import decode
from memex.transcripts.codex.payloads import TokenCount, UserMessage
from memex.transcripts.fitting import fitted
from memex.transcripts.readers import PROBE_LINES, read_transcript
from memex.transcripts.records import Line, Lines, ProblemLog, decode_lines
from tests.transcripts.lines import CORPUS, MAIN, assistant, calls, jsonl, result, use, user
from tests.transcripts.test_corpus import NO_TRANSCRIPTS, manifest

NAMES = [name for name in manifest() if name.endswith(".jsonl") and name not in NO_TRANSCRIPTS]
READERS = {reader.agent: reader for reader in JSON_READERS if isinstance(reader, LineReader)}


def whole_lines(content: bytes, problems: ProblemLog) -> Iterator[Line]:
    return decode_lines(Lines(io.BytesIO(content)), problems)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_is_read_from_whole_lines(name: str) -> None:
    path = CORPUS / name
    content = path.read_bytes()
    problems = ProblemLog()
    agent = Agent.CODEX if name.startswith("codex") else Agent.CLAUDE_CODE
    whole = READERS[agent].begin(path, problems)
    for line in whole_lines(content, problems):
        whole.take(line)
    assert read_transcript(io.BytesIO(content), path) == whole.session()


def test_the_first_lines_choose_the_reader_that_all_would() -> None:
    for path in CORPUS.rglob("*.jsonl"):
        lines = [line.record for line in whole_lines(path.read_bytes(), ProblemLog())]
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
        decode(b'{"toolUseResult": {"type": 1}, "message": {"usage": 3}}')


@pytest.mark.parametrize("original", ["old\\n", None, 3])
def test_the_file_before_a_write_is_decoded_when_it_is_asked_for(original: object) -> None:
    before = [user(str(number)) for number in range(PROBE_LINES)]
    written = {"type": "update", "content": "new", "originalFile": original, "structuredPatch": []}
    write = assistant(use("Write", {"file_path": "/f", "content": "new"}))
    content = jsonl(*before, write, result("The file /f has been updated", structured=written))
    (call,) = calls(read_transcript(io.BytesIO(content), Path("/x/s.jsonl")))
    lines = call.diffs[0].hunks[0].lines
    assert lines == (("-old\\n", "+new") if isinstance(original, str) else ("+new",))


def test_a_field_of_another_type_counts_as_absent() -> None:
    odd = {"message": 3, "images": [1, "x"], "local_images": {}, "more": 1}
    assert fitted(odd, UserMessage) == UserMessage(images=[1, "x"])
    count = fitted({"info": {"total_token_usage": {"input_tokens": 3.0, "output_tokens": -1}}}, TokenCount)
    assert count.info is not None
    assert msgspec.to_builtins(count.info.total_token_usage) == {
        "input_tokens": 3,
        "cached_input_tokens": None,
        "output_tokens": 0,
    }
