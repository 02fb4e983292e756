"""Every Claude Code and Codex file of the corpus."""

import csv
from pathlib import Path

import msgspec
import pytest

from memex.core.session import Session
from memex.transcripts.readers import UnknownFormatError, open_transcript
from tests.transcripts.counter import Counts, count_claude, count_codex
from tests.transcripts.lines import CORPUS, calls

NO_TRANSCRIPTS = {
    "claude/simonw+claude-code-transcripts/sample_session.json": "a {loglines} document of the web version",
    "claude/slopus+happy/duplicate-assistant-response-2.jsonl": "objects printed over many lines",
    "codex/jazzyalex+agent-sessions/schema_drift.jsonl": "made-up records of no version of Codex",
}


def manifest(**wanted: str) -> list[str]:
    with (CORPUS / "MANIFEST.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["agent"] in ("claude", "codex")]
    rows = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return [row["path"] for row in rows if row["role"] != "aux"]


def real() -> list[str]:
    return [name for name in manifest(kind="real") if name not in NO_TRANSCRIPTS]


@pytest.fixture(scope="module")
def sessions() -> dict[str, Session]:
    return {name: open_transcript(CORPUS / name) for name in manifest() if name not in NO_TRANSCRIPTS}


def test_everything_is_read_and_agrees_with_its_place(sessions: dict[str, Session]) -> None:
    assert len(sessions) > 230
    for name, session in sessions.items():
        assert session.agent.value.startswith(name.split("/")[0])
        msgspec.json.decode(msgspec.json.encode(session), type=Session)


@pytest.mark.parametrize("name", NO_TRANSCRIPTS)
def test_what_is_no_transcript_is_refused(name: str) -> None:
    with pytest.raises(UnknownFormatError):
        open_transcript(CORPUS / name)


def test_turns_are_whole(sessions: dict[str, Session]) -> None:
    for session in sessions.values():
        assert [turn.index for turn in session.turns] == list(range(len(session.turns)))
        starts = [turn.span.byte for turn in session.turns if turn.span]
        assert starts == sorted(starts)
        for turn in session.turns:
            assert turn.text or turn.thinking or turn.tool_calls or turn.images
            assert turn.time is None or turn.time.tzinfo is not None


def test_unpaired_calls_end_a_session_or_are_few(sessions: dict[str, Session]) -> None:
    for name in real():
        unpaired = [call for call in calls(sessions[name]) if call.result is None]
        assert len(unpaired) <= 1, name


def test_real_files_hold_no_unknown_records(sessions: dict[str, Session]) -> None:
    unknown = {key for name in real() for key in sessions[name].skipped_records}
    assert unknown <= {"tool_result without its call"}


@pytest.mark.parametrize("name", real())
def test_counts_agree_with_the_raw_json(name: str, sessions: dict[str, Session]) -> None:
    session = sessions[name]
    count = count_codex if name.startswith("codex/") else count_claude
    errors = session.error_count
    read = Counts(session.prompt_count, len(calls(session)), errors, session.tokens.output)
    assert read == count(CORPUS / Path(name))
