"""Small Claude Code transcripts on disk, written record by record."""

import json
from collections.abc import Iterable
from pathlib import Path

CWD = "/home/ann/infra"


class TranscriptFile:
    """A session's file; every method appends one exchange."""

    def __init__(self, folder: Path, session_id: str, *, cwd: str = CWD) -> None:
        self.path = folder / f"{session_id}.jsonl"
        self._session_id = session_id
        self._cwd = cwd
        self._count = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.path.touch()

    def prompt(self, text: str) -> "TranscriptFile":
        return self._append({"type": "user", "message": {"role": "user", "content": text}})

    def say(self, text: str) -> "TranscriptFile":
        return self._append(self._assistant([{"type": "text", "text": text}]))

    def run(self, command: str, output: str, *, fails: bool = False) -> "TranscriptFile":
        call_id = f"toolu_{self._session_id}_{self._count}"
        use = {"type": "tool_use", "id": call_id, "name": "Bash", "input": {"command": command}}
        result = {"type": "tool_result", "tool_use_id": call_id, "content": output, "is_error": fails}
        self._append(self._assistant([use]))
        return self._append({"type": "user", "message": {"role": "user", "content": [result]}})

    def _assistant(self, content: Iterable[dict[str, object]]) -> dict[str, object]:
        message_id = f"msg_{self._session_id}_{self._count}"
        return {
            "type": "assistant",
            "message": {"id": message_id, "role": "assistant", "model": "claude-x", "content": list(content)},
        }

    def _append(self, record: dict[str, object]) -> "TranscriptFile":
        self._count += 1
        record |= {
            "uuid": f"{self._session_id}-{self._count}",
            "parentUuid": f"{self._session_id}-{self._count - 1}" if self._count > 1 else None,
            "sessionId": self._session_id,
            "timestamp": f"2026-11-01T12:{self._count // 60:02}:{self._count % 60:02}.000Z",
            "cwd": self._cwd,
            "gitBranch": "main",
            "version": "2.1.200",
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        return self


def session_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"
