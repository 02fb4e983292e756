"""What a command printed keeps its colours beside its plain text, and standard error is told apart."""

import json
from pathlib import Path

from memex.core.session import Agent, Role, Session, ToolCall, Turn, TurnKind
from memex.transcripts.readers import read_transcript
from memex.transcripts.redaction import redact_session

COLOURED = "\x1b[31merror\x1b[0m: no linker"


def call_of(tmp_path: Path, output: str, structured: object) -> ToolCall:
    lines = [
        {
            "type": "assistant",
            "uuid": "a",
            "parentUuid": None,
            "sessionId": "s",
            "isSidechain": False,
            "message": {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "make"}}],
            },
        },
        {
            "type": "user",
            "uuid": "b",
            "parentUuid": "a",
            "sessionId": "s",
            "isSidechain": False,
            "message": {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t", "content": output}],
            },
            "toolUseResult": structured,
        },
    ]
    path = tmp_path / "s.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    with path.open("rb") as file:
        (turn,) = read_transcript(file, path).turns
    return turn.tool_calls[0]


def test_colours_stand_beside_the_plain_text(tmp_path: Path) -> None:
    call = call_of(tmp_path, COLOURED, {"stdout": COLOURED, "stderr": ""})
    assert (call.result, call.coloured) == ("error: no linker", COLOURED)


def test_a_text_without_colours_is_kept_once(tmp_path: Path) -> None:
    call = call_of(tmp_path, "\x1b[2Kdone", {"stdout": "done", "stderr": ""})
    assert (call.result, call.coloured) == ("done", "")


def test_standard_error_is_known_apart(tmp_path: Path) -> None:
    call = call_of(tmp_path, "built\nwarning: slow", {"stdout": "built", "stderr": "warning: slow"})
    assert (call.result, call.stderr) == ("built\nwarning: slow", "warning: slow")


def test_colours_hide_no_secret(tmp_path: Path) -> None:
    key = "ghp_" + "a1B2c3D4" * 4 + "e5F6"
    shown = f"token {key[:9]}\x1b[31m{key[9:]}\x1b[0m"
    call = call_of(tmp_path, shown, {"stdout": "", "stderr": shown})
    session = Session(
        Agent.CLAUDE_CODE, "s", turns=(Turn(0, Role.ASSISTANT, TurnKind.REPLY, tool_calls=(call,)),)
    )
    clean, found = redact_session(session)
    assert sum(found.values()) == 1
    assert clean.turns[0].tool_calls[0].coloured == clean.turns[0].tool_calls[0].stderr == ""
    assert key[9:] not in repr(clean)
