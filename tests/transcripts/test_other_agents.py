"""Every file of the corpus of agents other than Claude Code and Codex: read, or refused with a reason."""

import json
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from memex.core.session import Session
from memex.transcripts.readers import UnknownFormatError, read_transcripts
from tests.transcripts.lines import CORPUS, calls

OTHER = CORPUS / "other"


class Counts(NamedTuple):
    files: int = 0
    sessions: int = 0
    turns: int = 0
    calls: int = 0
    unpaired: int = 0
    refused: int = 0


TABLE = {
    "gemini": Counts(13, 13, 57, 22, 0, refused=2),
    "opencode": Counts(4, 4, 12, 3, 0, refused=24),
    "copilot": Counts(11, 11, 69, 120, 3, refused=3),
    "pi": Counts(9, 9, 1124, 849, 25),
    "ohmypi": Counts(3, 3, 288, 323, 0),
    "openclaw": Counts(3, 3, 10, 4, 0),
    "cursor": Counts(9, 9, 44, 15, 12, refused=4),
    "qwen": Counts(6, 6, 15, 3, 1),
    "cline": Counts(1, 1, 4, 0, 0, refused=4),
    "aider": Counts(2, 1134, 5411, 413, 0, refused=2),
}
"""OpenCode's refusals are the files of messages and parts, which are read with their session's."""

WHY_REFUSED = {
    "gemini/Dicklesworthstone+coding_agent_session_search/html_export": "invented, without messages",
    "gemini/jazzyalex+agent-sessions/schema_drift.json": "the API's history, without an id",
    "opencode/jazzyalex+agent-sessions/storage_legacy/message": "messages of a session",
    "opencode/jazzyalex+agent-sessions/storage_legacy/part": "parts of a message",
    "opencode/jazzyalex+agent-sessions/storage_v2/message": "messages of a session",
    "opencode/jazzyalex+agent-sessions/storage_v2/part": "parts of a message",
    "copilot/Dicklesworthstone+coding_agent_session_search": "events of no version of Copilot",
    "cursor/Dicklesworthstone+coding_agent_session_search": "headers of Cursor's editor, without messages",
    "cursor/Dicklesworthstone+cross_agent_session_resumer/state.vscdb": "the database of Cursor's editor",
    "cline/Dicklesworthstone+coding_agent_session_search": "invented messages of no version of Cline",
    "cline/Dicklesworthstone+cross_agent_session_resumer/state": "the list of tasks",
    "aider/Aider-AI+aider/chat-history-search-replace-gold.txt": "blocks cut out of a history",
    "aider/Dicklesworthstone+coding_agent_session_search": "a history without a beginning",
}
NO_READER = (
    "amp", "antigravity", "chatgpt", "clawdbot", "copilot-vs", "copilot-vscode", "droid", "factory", "grok",
    "hermes", "kimi", "kiro", "misc", "specstory-md", "vibe", "windsurf",
)  # fmt: skip


def files_of(agent: str) -> list[Path]:
    return sorted(path for path in (OTHER / agent).rglob("*") if path.is_file())


def sessions_in(path: Path) -> list[Session]:
    with path.open("rb") as stream:
        return list(read_transcripts(stream, path))


@pytest.fixture(scope="module")
def sessions() -> dict[Path, list[Session]]:
    """By file; empty where it was refused."""
    found = {}
    for path in (path for agent in TABLE for path in files_of(agent)):
        try:
            found[path] = sessions_in(path)
        except UnknownFormatError:
            found[path] = []
    return found


def test_the_table_is_of_every_agent_in_the_corpus() -> None:
    assert {folder.name for folder in OTHER.iterdir()} == {*TABLE, *NO_READER}


@pytest.mark.parametrize("agent", TABLE)
def test_what_is_read_of_each_agent(agent: str, sessions: dict[Path, list[Session]]) -> None:
    files = {path: sessions[path] for path in files_of(agent)}
    every = [session for some in files.values() for session in some]
    made = [call for session in every for call in calls(session)]
    counts = Counts(
        files=sum(bool(some) for some in files.values()),
        sessions=len(every),
        turns=sum(len(session.turns) for session in every),
        calls=len(made),
        unpaired=sum(call.result is None for call in made),
        refused=sum(not some for some in files.values()),
    )
    assert counts == TABLE[agent]


def test_every_refusal_is_known(sessions: dict[Path, list[Session]]) -> None:
    refused = {path.relative_to(OTHER).as_posix() for path, some in sessions.items() if not some}
    unexplained = {name for name in refused if not name.startswith(tuple(WHY_REFUSED))}
    assert unexplained == set()


@pytest.mark.parametrize("agent", NO_READER)
def test_agents_without_a_reader_are_refused(agent: str) -> None:
    for path in files_of(agent):
        with pytest.raises(UnknownFormatError, match=r"is not a |holds no session"):
            sessions_in(path)


def test_sessions_are_whole(sessions: dict[Path, list[Session]]) -> None:
    for some in sessions.values():
        assert len({session.id for session in some}) == len(some)
        for session in some:
            assert session.id
            assert [turn.index for turn in session.turns] == list(range(len(session.turns)))
            starts = [turn.span.byte for turn in session.turns if turn.span]
            assert starts == sorted(starts)
            assert all(turn.time is None or turn.time.tzinfo is not None for turn in session.turns)
            assert msgspec.json.decode(msgspec.json.encode(session), type=Session) == session


def test_unpaired_calls_of_pi_were_cut_off() -> None:
    for path in files_of("pi/badlogic+pi-mono"):
        (session,) = sessions_in(path)
        for turn, after in zip(session.turns, session.turns[1:], strict=False):
            if any(call.result is None for call in turn.tool_calls):
                assert after.kind in ("interrupt", "error", "summary")


def raw_counts(path: Path) -> tuple[int, int, int, int]:
    """Prompts, calls, failed results and output tokens of a file of Pi, counted without the reader."""
    records = map(json.loads, path.read_bytes().splitlines())
    messages = [record["message"] for record in records if record["type"] == "message"]
    replies = [message for message in messages if message["role"] == "assistant"]
    return (
        sum(message["role"] == "user" for message in messages),
        sum(block["type"] == "toolCall" for message in replies for block in message["content"]),
        sum(message["role"] == "toolResult" and message["isError"] for message in messages),
        sum(message["usage"]["output"] for message in replies),
    )


@pytest.mark.parametrize(
    "path", files_of("pi/badlogic+pi-mono") + files_of("ohmypi"), ids=lambda path: path.name
)
def test_counts_agree_with_the_raw_json(path: Path) -> None:
    (session,) = sessions_in(path)
    read = (session.prompt_count, len(calls(session)), session.error_count, session.tokens.output)
    assert read == raw_counts(path)


def test_real_files_hold_no_unknown_records(sessions: dict[Path, list[Session]]) -> None:
    for name in ("gemini/entireio+cli", "copilot/JeffreyCA+azure-dev", "pi/badlogic+pi-mono", "ohmypi"):
        for path in files_of(name):
            assert [session.skipped_records for session in sessions[path]] == [{}]
            assert [session.problems for session in sessions[path]] == [()]
