"""Small transcripts written by hand: builders of records, and the reading of them through the public door."""

import io
import json
import os
from pathlib import Path
from typing import Any

from memex.core.session import Session, ToolCall, Turn
from memex.transcripts.readers import read_transcript

CORPUS = Path(os.environ.get("MEMEX_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
MAIN = Path("/projects/p/0e9ab4de-0000-4000-8000-000000000001.jsonl")
ROLLOUT = Path("/sessions/rollout-2026-01-02T03-04-05-019f0000-0000-7000-8000-000000000001.jsonl")

Record = dict[str, Any]


def jsonl(*records: Record | bytes) -> bytes:
    return b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in records)


def read(*records: Record | bytes, path: Path = MAIN) -> Session:
    return read_transcript(io.BytesIO(jsonl(*records)), path)


def calls(session: Session) -> list[ToolCall]:
    return [call for turn in session.turns for call in turn.tool_calls]


def kinds(session: Session) -> list[str]:
    return [turn.kind.value for turn in session.turns]


def only(session: Session) -> Turn:
    (turn,) = session.turns
    return turn


def user(content: Any, **envelope: Any) -> Record:
    return {"type": "user", "message": {"role": "user", "content": content}, **_claude(envelope)}


def assistant(*blocks: Record, id: str = "msg_1", model: str = "claude-opus-4-5", **envelope: Any) -> Record:
    usage = envelope.pop("usage", {"input_tokens": 3, "output_tokens": 5, "cache_read_input_tokens": 7})
    message = {"id": id, "role": "assistant", "model": model, "content": list(blocks), "usage": usage}
    return {"type": "assistant", "message": message, **_claude(envelope)}


def text(words: str) -> Record:
    return {"type": "text", "text": words}


def use(name: str, given: Any, id: str = "t1") -> Record:
    return {"type": "tool_use", "id": id, "name": name, "input": given}


def result(content: Any, id: str = "t1", structured: Any = None, **more: Any) -> Record:
    envelope = {key: more.pop(key) for key in list(more) if key != "is_error"}
    block = {"type": "tool_result", "tool_use_id": id, "content": content, **more}
    return user([block], **envelope) | ({} if structured is None else {"toolUseResult": structured})


def _claude(envelope: Record) -> Record:
    common = {
        "cwd": "/home/me/app",
        "gitBranch": "main",
        "sessionId": MAIN.stem,
        "version": "2.1.9",
        "isSidechain": False,
        "timestamp": "2026-01-02T03:04:05.000Z",
    }
    return {**common, **envelope}


def meta(**payload: Any) -> Record:
    known = {
        "id": ROLLOUT.stem[-36:],
        "cwd": "/home/me/app",
        "cli_version": "0.144.0",
        "git": {"branch": "main"},
    }
    return _codex("session_meta", {**known, **payload})


def item(type: str, time: str = "2026-01-02T03:04:06.000Z", **payload: Any) -> Record:
    return _codex("response_item", {"type": type, **payload}, time)


def event(type: str, time: str = "2026-01-02T03:04:06.000Z", **payload: Any) -> Record:
    return _codex("event_msg", {"type": type, **payload}, time)


def said(role: str, words: str) -> Record:
    part = "output_text" if role == "assistant" else "input_text"
    return item("message", role=role, content=[{"type": part, "text": words}])


def call(name: str, arguments: Any, id: str = "c1") -> Record:
    return item("function_call", name=name, arguments=json.dumps(arguments), call_id=id)


def output(value: Any, id: str = "c1") -> Record:
    return item("function_call_output", call_id=id, output=value)


def _codex(type: str, payload: Record, time: str = "2026-01-02T03:04:05.000Z") -> Record:
    return {"timestamp": time, "type": type, "payload": payload}
