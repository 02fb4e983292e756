"""Bad input, item by item: a session with what could be read, or a refusal that names file and reason.

What a single line may hold (NUL bytes, wrong encodings, two records, odd numbers) is in `test_records`.
"""

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memex.core.errors import TranscriptError
from memex.core.session import Session
from memex.transcripts.readers import open_transcript, read_transcript
from tests.transcripts.lines import (
    MAIN,
    Record,
    assistant,
    calls,
    item,
    jsonl,
    kinds,
    meta,
    read,
    result,
    said,
    text,
    use,
    user,
)

WHOLE = jsonl(user("one"), assistant(text("two")), user("three"))
DEPTH = 10_000


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """Where a transcript may be put; that nothing else came to stand beside it is checked afterwards."""
    yield tmp_path / "x.jsonl"
    assert [entry.name for entry in tmp_path.iterdir()] in ([], ["x.jsonl"])


def refusal(path: Path) -> str:
    with pytest.raises(TranscriptError) as refused:
        open_transcript(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_empty(path: Path) -> None:
    path.touch()
    assert "empty" in refusal(path)


def test_metadata_only() -> None:
    session = read(
        {"type": "ai-title", "aiTitle": "T"}, {"type": "last-prompt"}, {"type": "summary", "summary": "S"}
    )
    assert (session.title, session.turns, session.problems) == ("T", (), ())
    assert read(meta()).turns == ()


@pytest.mark.parametrize("lost", [1, 40, 200])
def test_a_truncated_last_line_costs_that_line(lost: int) -> None:
    session = read_transcript(io.BytesIO(WHOLE[: -1 - lost]), MAIN)
    assert kinds(session) == ["prompt", "reply"]
    assert [problem.line for problem in session.problems] == [3]


def test_lines_that_are_no_objects() -> None:
    session = read(b"[1, 2]", user("one"), b"17", b'"x"', b"null", b"{", b"}", user("two"))
    assert kinds(session) == ["prompt", "prompt"]
    assert [problem.line for problem in session.problems] == [1, 3, 4, 5, 6, 7]
    assert all(problem.what and problem.why for problem in session.problems)


def test_pretty_printed_records_are_refused_and_one_document_is_read(path: Path) -> None:
    pretty = "\n".join(json.dumps(record, indent=2) for record in (user("one"), user("two")))
    path.write_text(pretty)
    assert "JSON" in refusal(path)
    old = {
        "session": {"id": "a", "timestamp": "2025-05-01T00:00:00Z"},
        "items": [said("user", "hi")["payload"]],
    }
    path.write_text(json.dumps(old, indent=2))
    assert kinds(open_transcript(path)) == ["prompt"]


def nested(depth: int, open_: str, close: str) -> str:
    return open_ * depth + "1" + close * depth


@pytest.mark.parametrize(("open_", "close"), [("[", "]"), ('{"a":', "}")])
def test_nesting_ten_thousand_deep_costs_that_line(open_: str, close: str) -> None:
    deep = nested(DEPTH, open_, close)
    whole = deep.encode()
    inside = json.dumps(assistant(use("X", {"deep": "HERE"}))).replace('"HERE"', deep).encode()
    session = read(user("one"), whole, inside, user("two"))
    assert [turn.text for turn in session.turns if turn.kind == "prompt"] == ["one", "two"]
    assert {problem.line for problem in session.problems} >= {2}


def test_cycles_and_missing_parents_in_the_tree() -> None:
    def at(words: str, uuid: str, parent: str) -> Record:
        return user(words, uuid=uuid, parentUuid=parent)

    session = read(
        at("a", "1", "3"), at("b", "2", "1"), at("c", "3", "2"), at("d", "4", "gone"), at("e", "5", "5")
    )
    assert [turn.text for turn in session.turns] == ["a", "b", "c", "d", "e"]
    long = [at(str(number), str(number), str(number - 1)) for number in range(DEPTH)]
    assert len(read(*long, at("again", "x", "5")).turns) == DEPTH + 1


def test_a_pipe_is_refused_at_once(path: Path) -> None:
    os.mkfifo(path)
    assert "is not a file" in refusal(path)


def test_a_loop_of_links_is_refused(path: Path) -> None:
    path.symlink_to(path)
    assert "could not be read" in refusal(path)


def test_a_folder_named_like_a_transcript_is_refused(path: Path) -> None:
    path.mkdir()
    assert "is not a file" in refusal(path)


def test_no_permission(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(WHOLE)

    def closed(self: Path, *arguments: object, **more: object) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)  # root may read every file
    assert "Permission denied" in refusal(path)


class Interfered(io.RawIOBase):
    """A file that something happens to once its first bytes were read."""

    def __init__(self, path: Path, interfere: Callable[[], object]) -> None:
        self._file = path.open("rb", buffering=0)
        self._interfere: Callable[[], object] | None = interfere

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        read = self._file.readinto(memoryview(buffer)[:4096])
        if self._interfere is not None:
            self._interfere()
            self._interfere = None
        return read

    def close(self) -> None:
        self._file.close()
        super().close()


def read_while(path: Path, interfere: Callable[[], object]) -> Session:
    with io.BufferedReader(Interfered(path, interfere), 4096) as stream:
        return read_transcript(stream, path)


def test_a_file_that_shrinks_while_it_is_read(path: Path) -> None:
    path.write_bytes(WHOLE * 100)
    session = read_while(path, lambda: os.truncate(path, 1000))
    assert 0 < len(session.turns) < 30
    assert len(session.problems) == 1


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(path: Path, tmp_path: Path) -> None:
    lines = jsonl(*(user(f"prompt {number}") for number in range(100)))
    path.write_bytes(lines)

    def replace() -> None:
        other = tmp_path / "other"
        other.write_bytes(b"something else\n")
        other.replace(path)

    assert len(read_while(path, replace).turns) == 100


def test_a_disk_that_fails_while_it_is_read(path: Path) -> None:
    path.write_bytes(WHOLE * 100)

    class Failing(Interfered):
        def readinto(self, buffer: Any, /) -> int | None:
            if self._interfere is None:
                raise OSError(5, "Input/output error")
            return super().readinto(buffer)

    with (
        io.BufferedReader(Failing(path, lambda: None), 4096) as stream,
        pytest.raises(TranscriptError) as refused,
    ):
        read_transcript(stream, path)
    assert str(path) in str(refused.value)
    assert "Input/output error" in str(refused.value)


def test_a_line_of_64_megabytes_is_read() -> None:
    large = "x" * (64 << 20)
    session = read(assistant(use("Bash", {"command": "cat big"})), result(large), user("after"))
    (call,) = calls(session)
    assert call.result is not None
    assert len(call.result) == len(large)
    assert session.turns[-1].text == "after"


def test_ten_thousand_sub_agents() -> None:
    started: list[Record] = []
    for number in range(DEPTH):
        started.append(assistant(use("Task", {"prompt": "p"}, f"t{number}"), id=f"m{number}"))
        started.append(result("done", f"t{number}", structured={"agentId": f"a{number}"}))
    session = read(*started)
    assert [call.child_session for call in calls(session)] == [f"agent-a{number}" for number in range(DEPTH)]


@pytest.mark.parametrize("field", ["type", "message", "payload", "timestamp", "uuid", "content"])
@pytest.mark.parametrize("value", [None, 1, [], {}, "x", True])
def test_a_wrong_type_at_the_top_of_a_record(field: str, value: Any) -> None:
    assert kinds(read(user("one"), {**user("two"), field: value}))[0] == "prompt"
    assert read(meta(), {**item("message", role="user"), field: value}, path=MAIN).agent == "codex"
