"""Any field of any record may hold anything: a reader gives a session or refuses the file, nothing else."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memex.core.errors import TranscriptError
from memex.core.session import Session
from tests.transcripts.lines import (
    MAIN,
    ROLLOUT,
    Record,
    assistant,
    call,
    event,
    item,
    meta,
    output,
    read,
    result,
    said,
    text,
    use,
    user,
)

WRONG = (
    None,
    True,
    -1,
    1e300,
    10**30,
    "",
    "x",
    [],
    {},
    [[]],
    [None, 1, "x", {}],
    {"type": []},
    {"a": {"b": [1]}},
)
PATCH = [{"oldStart": 1, "newStart": 1, "lines": [" a", "-b"]}]
USAGE = {"total_token_usage": {"input_tokens": 3, "cached_input_tokens": 1, "output_tokens": 1}}
CHANGES = {
    "/a": {"type": "update", "unified_diff": "@@ -1 +1 @@\n-a\n+b"},
    "/b": {"type": "add", "content": "x"},
}

CLAUDE: list[Record] = [
    {"type": "summary", "summary": "S", "leafUuid": "u1"},
    {"type": "ai-title", "aiTitle": "T", "sessionId": "s"},
    user([text("hi"), {"type": "image", "source": {}}], uuid="u1", origin={"kind": "human"}, isMeta=False),
    assistant(
        {"type": "thinking", "thinking": "hm"},
        use("Bash", {"command": "ls", "cwd": {"x": [1]}}, "a"),
        uuid="u2",
    ),
    assistant(use("Edit", {"file_path": "/f", "old_string": "a", "new_string": "b", "edits": [{}]}, "b")),
    assistant(use("Write", {"file_path": "/g", "content": "x"}, "c"), use("Task", {"prompt": "p"}, "d")),
    result("Exit code 1", "a", is_error=True, structured="Error", sourceToolAssistantUUID="u2"),
    result(
        "ok", "b", structured={"filePath": "/f", "structuredPatch": PATCH, "oldString": "a", "newString": "b"}
    ),
    result([text("ok")], "c", structured={"type": "create", "content": "x", "originalFile": None}),
    result("ok", "d", structured={"agentId": "z", "totalDurationMs": 3}),
    assistant(text("API Error"), model="<synthetic>", isApiErrorMessage=True),
    {
        **user(""),
        "type": "system",
        "subtype": "api_error",
        "error": {"status": 5, "error": {"error": {"message": "m"}}},
    },
    {**user(""), "type": "attachment", "attachment": {"type": "queued_command", "prompt": [text("q")]}},
]
CODEX: list[Record] = [
    meta(source={"subagent": {"thread_spawn": {"parent_thread_id": "p"}}}, forked_from_id="p"),
    meta(id="other"),
    {"timestamp": "2026-01-02T03:04:06Z", "type": "turn_context", "payload": {"model": "m", "turn_id": "t"}},
    said("user", "hi"),
    event("user_message", message="hi", images=["x"], local_images=[]),
    item("reasoning", summary=[{"text": "hm"}], content=[{"text": "raw"}]),
    call("shell", {"command": ["bash", "-lc", "ls"]}, "1"),
    event("exec_command_end", call_id="1", exit_code=1, duration={"secs": 1, "nanos": 1}, command=["ls"]),
    output({"output": "x", "metadata": {"exit_code": 1, "duration_seconds": 1}}, "1"),
    item("custom_tool_call", name="exec", input="tools.exec_command({cmd:'ls'})", call_id="2"),
    event("patch_apply_end", call_id="2", success=True, changes=CHANGES),
    output([{"type": "input_text", "text": "Script completed\nOutput:\n"}, {"text": '{"chunk_id":1}'}], "2"),
    item("web_search_call", id="3", status="completed", action={"type": "search", "query": "q"}),
    item("local_shell_call", call_id="4", action={"command": ["ls"]}),
    event("token_count", info=USAGE),
    event("turn_aborted", reason="interrupted"),
    event("thread_rolled_back", num_turns=1),
    {"timestamp": "2026-01-02T03:04:06Z", "type": "compacted", "payload": {"message": "m"}},
    item("agent_message", content=[{"text": "x"}]),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a record, the record itself left out."""
    fields = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in fields:
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(records: list[Record], path: tuple[Any, ...], value: Any) -> list[Record]:
    changed = copy.deepcopy(records)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def survives(records: list[Any], path: Path) -> None:
    try:
        session = read(*records, path=path)
    except TranscriptError:
        return
    assert msgspec.json.decode(msgspec.json.encode(session), type=Session)


@pytest.mark.parametrize(("records", "path"), [(CLAUDE, MAIN), (CODEX, ROLLOUT)], ids=["claude", "codex"])
def test_every_field_may_hold_every_type(records: list[Record], path: Path) -> None:
    where = [place for place in places(records) if len(place) > 1]
    assert len(where) > 150
    for place in where:
        for value in WRONG:
            survives(replaced(records, place, value), path)


@given(st.data())
def test_bytes_may_be_cut_and_changed_anywhere(data: st.DataObject) -> None:
    records, path = data.draw(st.sampled_from([(CLAUDE, MAIN), (CODEX, ROLLOUT)]))
    lines = [msgspec.json.encode(record) for record in records]
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        start = data.draw(st.integers(0, len(lines[index])))
        end = start + data.draw(st.integers(0, 20))
        lines[index] = lines[index][:start] + data.draw(st.binary(max_size=8)) + lines[index][end:]
    survives(lines, path)
