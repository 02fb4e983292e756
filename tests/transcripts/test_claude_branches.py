"""Claude Code: rewinds, work in the background, sub-agents within a file, outputs kept beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from memex.core.session import Session, Turn
from memex.transcripts.claude_code.shapes import is_noise
from memex.transcripts.readers import open_transcript
from tests.transcripts.lines import (
    MAIN,
    Record,
    assistant,
    calls,
    jsonl,
    kinds,
    read,
    result,
    text,
    use,
    user,
)


def prompt(words: str, uuid: str, parent: str | None) -> Record:
    return user(words, uuid=uuid, parentUuid=parent)


def reply(words: str, uuid: str, parent: str) -> Record:
    return assistant(text(words), id=uuid, uuid=uuid, parentUuid=parent)


def branches(session: Session) -> list[tuple[str, int]]:
    return [(turn.text, turn.branch) for turn in session.turns]


def test_what_a_rewind_withdrew_is_marked_and_the_rest_goes_on() -> None:
    session = read(
        prompt("go", "1", None),
        reply("ok", "2", "1"),
        prompt("left", "3", "2"),
        reply("going left", "4", "3"),
        prompt("further left", "5", "4"),
        prompt("right", "6", "2"),
        reply("going right", "7", "6"),
        prompt("more", "8", "7"),
        prompt("less", "9", "7"),
    )
    assert branches(session) == [
        ("go", 0),
        ("ok", 0),
        ("left", 1),
        ("going left", 1),
        ("further left", 1),
        ("right", 0),
        ("going right", 0),
        ("more", 2),
        ("less", 0),
    ]
    assert [turn.is_withdrawn for turn in session.turns[:3]] == [False, False, True]


def test_a_chain_through_lines_that_were_passed_over_is_mended() -> None:
    session = read(
        prompt("go", "1", None),
        prompt("left", "2", "1"),
        reply("going left", "3", "2"),
        reply("still left", "4", "a progress line"),
        prompt("right", "5", "1"),
        reply("going right", "6", "another"),
    )
    assert branches(session)[1:] == [
        ("left", 1),
        ("going left", 1),
        ("still left", 1),
        ("right", 0),
        ("going right", 0),
    ]


def test_parallel_calls_and_results_are_no_fork_and_a_cycle_ends() -> None:
    session = read(
        prompt("go", "1", "3"),
        assistant(use("Read", {}, "a"), uuid="2", parentUuid="1"),
        assistant(use("Read", {}, "b"), uuid="3", parentUuid="2"),
        result("x", "a", uuid="4", parentUuid="2"),
        result("y", "b", uuid="5", parentUuid="3"),
    )
    assert {turn.branch for turn in session.turns} == {0}
    session = read(prompt("a", "1", "2"), prompt("b", "2", "1"), prompt("c", "3", "1"), prompt("d", "4", "1"))
    assert [turn.branch for turn in session.turns] == [0, 0, 1, 0]  # 2 is above itself


def test_work_in_the_background_is_joined_to_its_call() -> None:
    note = (
        "<task-notification>\n<task-id>b1</task-id>\n<tool-use-id>t1</tool-use-id>\n<status>failed</status>\n"
        '<summary>Background command "make" failed with exit code 2</summary>\n</task-notification>'
    )
    session = read(
        assistant(use("Bash", {"command": "make", "run_in_background": True})),
        result("running in the background with ID: b1", structured={"backgroundTaskId": "b1"}),
        assistant(use("TaskOutput", {"task_id": "b1"}, "t2"), id="m2"),
        user(note),
    )
    make, output = calls(session)
    assert (make.exit_status, output.continues) == (2, "t1")
    assert (session.turns[-1].kind, session.turns[-1].reports) == ("notification", "t1")


def progress(said: Record, number: int) -> Record:
    return {
        **user(""),
        "type": "progress",
        "data": {"message": {**said, "uuid": f"agent-{number}"}, "type": "agent_progress", "agentId": "abc"},
        "parentToolUseID": "t1",
        "uuid": f"progress-{number}",
    }


AGENT_AT_WORK = (
    user("explore it"),
    assistant(use("Task", {"prompt": "Look for x", "description": "d"})),
    progress(user("Look for x"), 1),
    progress(assistant(text("Looking."), use("Grep", {"pattern": "x"}, "g1"), id="inner"), 2),
    progress(result("found", "g1"), 3),
    result("It is in y."),
)


def agents_turns(session: Session) -> list[Turn]:
    return [turn for turn in session.turns if turn.subagent]


def test_what_only_progress_lines_hold_of_a_sub_agent_stands_in_the_session() -> None:
    session = read(*AGENT_AT_WORK)
    assert kinds(session) == ["prompt", "reply", "injected", "reply"]
    assert [turn.subagent for turn in session.turns] == [None, None, "agent-abc", "agent-abc"]
    task, grep = calls(session)
    assert (task.child_session, task.result, grep.result) == ("agent-abc", "It is in y.", "found")


def test_a_sub_agent_with_a_file_of_its_own_is_not_read_twice(tmp_path: Path) -> None:
    main = tmp_path / MAIN.name
    main.write_bytes(jsonl(*AGENT_AT_WORK))
    assert len(agents_turns(open_transcript(main))) == 2
    own = main.with_suffix("") / "subagents" / "agent-abc.jsonl"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"")
    assert agents_turns(open_transcript(main)) == []


@pytest.mark.parametrize(("kind", "noise"), [("hook_progress", True), ("agent_progress", False)])
def test_progress_is_passed_over_undecoded_unless_an_agent_speaks(kind: str, noise: bool) -> None:
    data = {"type": kind, "agentId": "abc", "message": {}}
    line = {
        "parentUuid": "1",
        "isSidechain": False,
        "version": "2",
        "type": "progress",
        "data": data,
        "uuid": "2",
    }
    assert is_noise(json.dumps(line, separators=(",", ":")).encode()) is noise


def test_inline_sub_agents_of_1_0_are_linked_by_their_prompt() -> None:
    def aside(record: Record, uuid: str, parent: str | None) -> Record:
        return {**record, "isSidechain": True, "uuid": uuid, "parentUuid": parent}

    session = read(
        user("go"),
        assistant(use("Task", {"prompt": "Look"}, "a"), use("Task", {"prompt": "Write"}, "b")),
        aside(user("Write"), "w1234567-1", None),
        aside(user("Look"), "l1234567-1", None),
        aside(assistant(text("written"), id="m2"), "w2", "w1234567-1"),
        aside(assistant(text("looked"), id="m3"), "l2", "l1234567-1"),
    )
    assert [call.child_session for call in calls(session)] == ["inline-l1234567", "inline-w1234567"]
    assert {turn.text: turn.subagent for turn in agents_turns(session)} == {
        "Write": "inline-w1234567",
        "Look": "inline-l1234567",
        "written": "inline-w1234567",
        "looked": "inline-l1234567",
    }


def persisted(path: str) -> str:
    note = f"Output too large (44KB). Full output saved to: {path}"
    return f"<persisted-output>\n{note}\n\nPreview (first 2KB):\nabc"


@pytest.mark.parametrize("name", ["t1.txt", "../../secret.txt", ".hidden", "pipe.txt"])
def test_a_large_output_comes_from_its_side_file_by_name_alone(tmp_path: Path, name: str) -> None:
    main = tmp_path / MAIN.name
    kept = main.with_suffix("") / "tool-results"
    kept.mkdir(parents=True)
    (kept / "t1.txt").write_text("the whole output")
    (kept / ".hidden").write_text("not this")
    (tmp_path / "secret.txt").write_text("nor this")
    (kept / "pipe.txt").mkdir()
    note = persisted(f"/home/me/.claude/projects/p/{name}")
    main.write_bytes(jsonl(assistant(use("Bash", {"command": "x"})), result(note)))
    (call,) = calls(open_transcript(main))
    assert call.result == ("the whole output" if name == "t1.txt" else note)


def test_a_side_file_is_read_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memex.transcripts.claude_code.side_files.MAX_OUTPUT_BYTES", 10)
    main = tmp_path / MAIN.name
    agent = main.with_suffix("") / "subagents" / "agent-1.jsonl"
    kept = main.with_suffix("") / "tool-results"
    for folder in (kept, agent.parent):
        folder.mkdir(parents=True)
    (kept / "t1.txt").write_text("x" * 11)
    told: list[Any] = [assistant(use("Bash", {"command": "x"})), result(persisted("/p/t1.txt"))]
    for path in (main, agent):
        path.write_bytes(jsonl(*told))
        (call,) = calls(open_transcript(path))
        assert call.result == "x" * 10 + "\n[cut: the output is larger]"
